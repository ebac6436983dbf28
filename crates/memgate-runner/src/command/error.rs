//! Why a command can't be measured at all.

use std::path::PathBuf;

use memgate_protocol::process_table::ProcessTableError;

/// Why a command can't be measured at all.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// There is no library for this platform, or this build of the tool has none.
    #[error(
        "failed to measure a command: {0}; benchmarks are measured on every platform: `init` sets a project up for them"
    )]
    NoLibrary(String),
    /// The program can't be started.
    #[error("failed to start {program}: {why}")]
    Start {
        /// Its name.
        program: String,
        /// What is wrong with it.
        why: String,
    },
    /// The system does not let the tool follow the command.
    #[error("failed to follow {program}: {problem}")]
    System {
        /// Its name.
        program: String,
        /// What the system said.
        problem: std::io::Error,
    },
    /// No library can be loaded from the folder for temporary files.
    #[error(
        "failed to measure a command: no library can be loaded from {folder}, {why}; set TMPDIR to another folder",
        folder = folder.display()
    )]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why not.
        why: &'static str,
    },
    /// What the processes said can't be read.
    #[error("failed to read what the processes of the command counted: {0}")]
    Table(#[from] ProcessTableError),
}

impl CommandError {
    /// Whether it is the command line that is wrong.
    pub(crate) fn is_usage(&self) -> bool {
        matches!(self, Self::Start { .. })
    }
}
