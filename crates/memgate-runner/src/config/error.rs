//! What can be wrong with the configuration.

use std::path::PathBuf;

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

/// Something in the text that can't be, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{line}: {message}")]
pub struct Problem {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong, and what would be right.
    pub message: String,
}
