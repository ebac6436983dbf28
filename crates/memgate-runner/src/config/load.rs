//! Reads `memgate.toml`.

use std::path::Path;

use memgate_report::config::{Config, Problem, parse_config};

use super::ConfigError;
use crate::store::read_if_there;

/// The name of the configuration file, beside the workspace's `Cargo.toml`.
pub(crate) const CONFIG_FILE: &str = "memgate.toml";

/// Far above what people write.
const MAXIMUM_BYTES: u64 = 1 << 26;

/// Whether a workspace has a configuration, readable or not.
pub(crate) fn has_config(workspace_root: &Path) -> bool {
    workspace_root.join(CONFIG_FILE).symlink_metadata().is_ok()
}

/// Reads the configuration of a workspace; the defaults when there is none.
///
/// # Errors
/// When the file can't be read, or says something that can't be.
pub(crate) fn load_config(workspace_root: &Path) -> Result<Config, ConfigError> {
    let path = workspace_root.join(CONFIG_FILE);
    let bytes = match read_if_there(&path, MAXIMUM_BYTES) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Ok(Config::default()),
        Err(error) => return Err(ConfigError::Read { path, problem: error.into() }),
    };
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..valid].iter().filter(|&&byte| byte == b'\n').count() + 1;
        let problem = Problem { line, message: "this line is not UTF-8".to_owned() };
        ConfigError::Content { path: path.clone(), problem }
    })?;
    parse_config(&text).map_err(|problem| ConfigError::Content { path, problem })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_leads_nowhere_is_not_the_defaults() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(load_config(folder.path()).unwrap(), Config::default());
        std::os::unix::fs::symlink("/nowhere/memgate.toml", folder.path().join(CONFIG_FILE)).unwrap();
        let error = load_config(folder.path()).unwrap_err().to_string();
        assert!(error.ends_with("memgate.toml: it is a link that leads nowhere"), "{error}");
    }
}
