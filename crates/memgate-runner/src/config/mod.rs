//! `memgate.toml`: text to rules.

mod duration;
mod error;
mod exponent;
mod jobs;
mod load;
mod parse;
mod size;
mod table;
mod time;

pub(crate) use duration::parse_duration;
pub use error::{ConfigError, Problem};
pub use jobs::Alone;
pub use load::{CONFIG_FILE, load_config};
pub use parse::{Config, MeasureConfig, parse_config};
