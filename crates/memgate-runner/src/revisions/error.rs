//! What can go wrong with measuring a revision.

use std::path::PathBuf;

/// What can go wrong with measuring a revision.
#[derive(Debug, thiserror::Error)]
pub enum RevisionsError {
    /// The revision's workspace can't be used; cargo has said why.
    #[error("failed to use {revision}: {problem}{}", hint.unwrap_or_default())]
    Unusable {
        /// The revision.
        revision: String,
        /// What is wrong.
        problem: String,
        /// What helps.
        hint: Option<&'static str>,
    },
    /// Something that is to be compared with could not be measured.
    #[error("failed to measure `{id}` at {revision}: {problem}")]
    NotMeasured {
        /// The benchmark or bench target.
        id: String,
        /// The revision.
        revision: String,
        /// Why.
        problem: String,
    },
    /// The metric that is searched for did not rise.
    #[error("failed to find a rise of `{id}` between {good} and {bad}: {values}")]
    NoRise {
        /// The benchmark.
        id: String,
        /// The older revision.
        good: String,
        /// The newer revision.
        bad: String,
        /// What was measured at both.
        values: String,
    },
    /// A checkout would not see settings that the working tree sees.
    #[error(
        "failed to find a place for checkouts: they would not see cargo's settings in {path}, which are above the working \
         tree; set CARGO_TARGET_DIR to a folder that is outside of the working tree and below them",
        path = path.display()
    )]
    SettingsAbove {
        /// The settings.
        path: PathBuf,
    },
    /// A manifest can't be given today's benches.
    #[error("failed to put the benches of head into {path}: {problem}", path = path.display())]
    Benches {
        /// The manifest.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
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
}

impl RevisionsError {
    /// A function for `map_err` that says what was attempted, and where.
    pub(super) fn file(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |problem| Self::File { action, path, problem }
    }
}
