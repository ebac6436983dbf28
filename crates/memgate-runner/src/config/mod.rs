//! `memgate.toml` in the workspace's root.

mod error;
mod load;

pub(crate) use error::ConfigError;
pub(crate) use load::{CONFIG_FILE, has_config, load_config};
