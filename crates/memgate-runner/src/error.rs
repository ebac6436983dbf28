//! What can go wrong with the tool itself. A regression is a verdict, not an error, and is not here.

use std::path::PathBuf;

use memgate_report::format::FormatError;
use memgate_report::model::OverlapError;
use memgate_report::update::{RenameError, UpdateError};

use crate::cargo::CargoError;
use crate::command::CommandError;
use crate::comment::{CommentError, Rejected};
use crate::config::ConfigError;
use crate::git::GitError;
use crate::init::{InitError, WriteError};
use crate::revisions::RevisionsError;
use crate::store::StoreError;

/// What can go wrong with the tool itself.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The command line asks for something that can't be.
    #[error("{0}")]
    Usage(String),
    /// `memgate.toml` is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Cargo could not do its part.
    #[error(transparent)]
    Cargo(#[from] CargoError),
    /// A baseline can't be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Runs do not fit together.
    #[error("failed to put the runs together: {0}")]
    Overlap(#[from] OverlapError),
    /// Nothing of memgate is in this project: no benchmark, no baseline, no configuration.
    #[error("this project is not set up for memgate")]
    NotSetUp,
    /// No bench target speaks to memgate.
    #[error("{message}")]
    NoBenchTarget {
        /// What there is instead, and what it lacks.
        message: String,
        /// Whether something is there that was to be measured, and not merely nothing yet.
        is_coverage_gap: bool,
    },
    /// A run or report file can't be used.
    #[error("failed to read {path}: {problem}", path = path.display())]
    Input {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: FormatError,
    },
    /// Reports of a pull request can't be used.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Rejected(Vec<Rejected>),
    /// A file or folder can't be read or written.
    #[error("failed to {action} {path}: {problem}", path = path.display())]
    File {
        /// What was attempted, as in "failed to …".
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        problem: std::io::Error,
    },
    /// Several things failed, and what else was to be done was done.
    #[error("{}", several(.0))]
    Several(Vec<Error>),
    /// A repository can't be read, has not what was asked for, or its notes can't be written.
    #[error(transparent)]
    Git(#[from] GitError),
    /// Benchmarks have to be measured before anything can be said of the gate.
    #[error("failed to measure {0}; fix it, or leave it out with --skip")]
    Unmeasured(String),
    /// Baselines are not updated from this run.
    #[error("failed to update the baselines: {0}")]
    Update(#[from] UpdateError),
    /// A baseline can't be given another name.
    #[error("failed to rename: {0}")]
    Rename(#[from] RenameError),
    /// The project can't be set up.
    #[error(transparent)]
    Init(#[from] InitError),
    /// A file for another tool can't be made.
    #[error("{0}")]
    Export(String),
    /// GitHub can't be reached, or refuses.
    #[error("failed to comment on the pull request: {0}")]
    Comment(#[from] CommentError),
    /// A revision can't be measured.
    #[error(transparent)]
    Revisions(#[from] RevisionsError),
    /// A command can't be measured.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// The user pressed Ctrl-C.
    #[error("{}; nothing was changed", crate::process::Interrupt::ending())]
    Interrupted,
}

impl Error {
    /// A function for `map_err` that says what was attempted, and where.
    pub(crate) fn file(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |problem| Self::File { action, path, problem }
    }

    /// Nothing when nothing failed, else all that did.
    pub(crate) fn of_all(mut failures: Vec<Self>) -> Result<(), Self> {
        match failures.len() {
            0 => Ok(()),
            1 => Err(failures.remove(0)),
            _ => Err(Self::Several(failures)),
        }
    }
}

impl From<WriteError> for Error {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::File { action, path, problem } => Self::File { action, path, problem },
            changed @ WriteError::Changed { .. } => Self::Usage(changed.to_string()),
            WriteError::Interrupted => Self::Interrupted,
        }
    }
}

fn several(errors: &[Error]) -> String {
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    lines.join("\n       ")
}
