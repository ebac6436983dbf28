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
    /// A file or folder of the measurement's can't be made.
    #[error("failed to {action} {path}: {problem}", path = path.display())]
    File {
        /// What was attempted, as in "failed to …".
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        problem: std::io::Error,
    },
    /// What the processes said can't be read.
    #[error("failed to read what the processes of the command counted: {0}")]
    Table(#[from] ProcessTableError),
}

impl CommandError {
    /// A function for `map_err` that says what was attempted, and where.
    pub(super) fn file(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |problem| Self::File { action, path, problem }
    }

    /// Whether it is the command line that is wrong.
    pub(crate) fn is_usage(&self) -> bool {
        matches!(self, Self::Start { .. })
    }
}
