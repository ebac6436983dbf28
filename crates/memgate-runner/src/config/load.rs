//! Reads `memgate.toml`.

use std::io::ErrorKind;
use std::path::Path;

use memgate_report::config::{Config, Problem, parse_config};

use super::ConfigError;
use crate::store::read_limited;

/// The name of the configuration file, beside the workspace's `Cargo.toml`.
pub(crate) const CONFIG_FILE: &str = "memgate.toml";

/// Far above what people write.
const MAXIMUM_BYTES: u64 = 1 << 26;

/// Reads the configuration of a workspace; the defaults when there is none.
///
/// # Errors
/// When the file can't be read, or says something that can't be.
pub(crate) fn load_config(workspace_root: &Path) -> Result<Config, ConfigError> {
    let path = workspace_root.join(CONFIG_FILE);
    let bytes = match read_limited(&path, MAXIMUM_BYTES).map_err(std::io::Error::from) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Config::default()),
        Err(problem) => return Err(ConfigError::Read { path, problem }),
    };
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..valid].iter().filter(|&&byte| byte == b'\n').count() + 1;
        let problem = Problem { line, message: "this line is not UTF-8".to_owned() };
        ConfigError::Content { path: path.clone(), problem }
    })?;
    parse_config(&text).map_err(|problem| ConfigError::Content { path, problem })
}
