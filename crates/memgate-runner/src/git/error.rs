//! What can go wrong with a repository.

use std::path::PathBuf;
use std::time::Duration;

use super::lock::{LockHolder, advice};

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
    /// No commit has this name.
    #[error(
        "failed to find the revision `{name}`: it is no branch, tag or commit of this clone{}",
        shallow_hint(*is_shallow)
    )]
    UnknownRevision {
        /// What was asked for.
        name: String,
        /// Whether more could be fetched.
        is_shallow: bool,
    },
    /// There is nothing between two revisions.
    #[error("there is nothing to search between {good} and {bad}: they are the same commit")]
    SameCommit {
        /// The older one.
        good: String,
        /// The newer one.
        bad: String,
    },
    /// One revision does not lead to the other.
    #[error(
        "failed to search from {good} to {bad}: the first is no ancestor of the second{}{}",
        if *is_swapped { "; the second is one of the first: swap them" } else { "" },
        shallow_hint(*is_shallow)
    )]
    NotAncestor {
        /// The older one.
        good: String,
        /// The newer one.
        bad: String,
        /// Whether it is the other way around.
        is_swapped: bool,
        /// Whether more could be fetched.
        is_shallow: bool,
    },
    /// The commit that a submodule is at is not there.
    #[error(
        "failed to find the commit {commit} of the submodule {path} in its local repository; `git submodule update --init` \
         or `git fetch` in it brings it",
        path = path.display()
    )]
    Submodule {
        /// The submodule, in the working tree.
        path: PathBuf,
        /// The commit.
        commit: git2::Oid,
    },
    /// A commit has a file that can't have this name in a folder.
    #[error("failed to write {name:?} below {folder}: this is no name of a file", folder = folder.display())]
    Name {
        /// The folder.
        folder: PathBuf,
        /// The name.
        name: String,
    },
    /// A file can't be written.
    #[error("failed to {action} {path}: {problem}", path = path.display())]
    File {
        /// What was attempted, as in "failed to …".
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        problem: std::io::Error,
    },
    /// What is asked for needs the whole history.
    #[error(
        "failed to follow the whole history: the clone is shallow; fetch the rest (`git fetch --unshallow`)"
    )]
    Shallow,
    /// A lock of git's is in the way, and stays.
    #[error("failed to write {reference}, nothing was changed: {path} is in the way; {}", advice(*age, holder), path = path.display())]
    Locked {
        /// The reference.
        reference: String,
        /// The lock file.
        path: PathBuf,
        /// How old the file is.
        age: Duration,
        /// Who has it open.
        holder: LockHolder,
    },
    /// Others wrote at the same time, again and again.
    #[error("failed to write {reference}: others keep writing to it; nothing was changed, try again")]
    Contended {
        /// The reference.
        reference: String,
    },
}

fn shallow_hint(is_shallow: bool) -> &'static str {
    if is_shallow {
        "; the clone is shallow, fetch more of it (`git fetch --unshallow`, or `fetch-depth: 0` for actions/checkout)"
    } else {
        ""
    }
}

impl GitError {
    /// Whether the command line is to blame. A shallow clone is none of its faults.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        match self {
            Self::SameCommit { .. } => true,
            Self::UnknownRevision { is_shallow, .. } | Self::NotAncestor { is_shallow, .. } => !is_shallow,
            _ => false,
        }
    }

    /// A function for `map_err` that says what was attempted.
    pub(super) fn git(action: impl Into<String>) -> impl FnOnce(git2::Error) -> Self {
        let action = action.into();
        move |problem| Self::Git { action, problem }
    }
}
