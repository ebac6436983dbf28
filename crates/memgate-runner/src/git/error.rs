//! What can go wrong with a repository.

use std::path::PathBuf;

/// What can go wrong with a repository.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// Git's library would not.
    #[error("failed to {action}: {problem}", problem = problem.message())]
    Git {
        /// What was attempted.
        action: String,
        /// What it said.
        problem: git2::Error,
    },
    /// The repository has no working tree.
    #[error("failed to use a bare repository, which has no working tree")]
    Bare,
    /// The workspace is not in the working tree.
    #[error("failed to find {path} in the working tree", path = path.display())]
    Outside {
        /// The workspace.
        path: PathBuf,
    },
    /// A commit is not there, as in a shallow clone.
    #[error(
        "failed to find the revision that this change is based on, {revision}: {}",
        if *is_shallow {
            "the clone is shallow; fetch more of it (`git fetch --unshallow`, or `fetch-depth: 2` for actions/checkout)"
        } else {
            "it is not in this clone; fetch it first"
        }
    )]
    NotThere {
        /// The revision.
        revision: String,
        /// Whether more could be fetched.
        is_shallow: bool,
    },
    /// There is no such revision.
    #[error(
        "failed to find the revision {revision}{}",
        if *is_shallow { "; the clone is shallow: fetch more of it (`git fetch --unshallow`)" } else { "" }
    )]
    Unknown {
        /// The revision.
        revision: String,
        /// Whether more could be fetched.
        is_shallow: bool,
    },
    /// What is asked for needs the whole history.
    #[error(
        "failed to follow the whole history: the clone is shallow; fetch the rest (`git fetch --unshallow`)"
    )]
    Shallow,
    /// Others wrote at the same time, again and again.
    #[error("failed to write {reference}: others keep writing to it; nothing was changed, try again")]
    Contended {
        /// The reference.
        reference: String,
    },
}

impl GitError {
    /// Whether the command line asks for what is not there.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::Unknown { .. })
    }

    /// A function for `map_err` that says what was attempted.
    pub(super) fn git(action: impl Into<String>) -> impl FnOnce(git2::Error) -> Self {
        let action = action.into();
        move |problem| Self::Git { action, problem }
    }
}
