//! What can be wrong with the configuration.

use std::path::PathBuf;

use memgate_report::config::Problem;

/// What can be wrong with the configuration file.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file can't be read.
    #[error("failed to read {path}: {problem}", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        problem: std::io::Error,
    },
    /// The file says something that can't be.
    #[error("{path}:{problem}", path = path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What, and on which line.
        problem: Problem,
    },
}
