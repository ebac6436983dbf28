//! `memgate.toml`: text to rules.

mod command;
mod duration;
mod exponent;
mod jobs;
mod limits;
mod parse;
mod problem;
mod size;
mod table;
mod time;

pub use command::{CommandDefinition, CommandProgram};
pub use duration::parse_duration;
pub use jobs::Alone;
pub use parse::{Config, MeasureConfig, parse_config};
pub use problem::Problem;
