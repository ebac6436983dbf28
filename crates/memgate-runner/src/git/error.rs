//! What can go wrong with a repository.

use std::path::PathBuf;
use std::time::Duration;

use super::lock_holder::{LockHolder, advice};

/// What can go wrong with a repository.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// Git's library would not.
    #[error("failed to {action}: {problem}{}", owner_hint(problem), problem = problem.message())]
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
        base_hint(*is_shallow, suggestion.as_deref())
    )]
    NotThere {
        /// The revision.
        revision: String,
        /// What is there and may be meant.
        suggestion: Option<String>,
        /// Whether more could be fetched.
        is_shallow: bool,
    },
    /// No commit has this name.
    #[error(
        "failed to find the revision `{name}`: it is no branch, tag or commit of this clone{}{}",
        suggestion.as_ref().map(|suggestion| format!("; did you mean `{suggestion}`?")).unwrap_or_default(),
        shallow_hint(*is_shallow)
    )]
    UnknownRevision {
        /// What was asked for.
        name: String,
        /// What is there and may be meant.
        suggestion: Option<String>,
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
    /// A commit has a file that must not have this name in a folder.
    #[error(
        "failed to write {name:?} below {folder}: the name leads out of the folder or into git's own, and git would not check \
         it out either",
        folder = folder.display()
    )]
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

fn base_hint(is_shallow: bool, suggestion: Option<&str>) -> String {
    let hint = if is_shallow {
        "the clone is shallow; fetch more of it (`git fetch --unshallow`, or `fetch-depth: 2` for actions/checkout)"
    } else {
        "it is not in this clone; fetch it first"
    };
    match suggestion {
        Some(suggestion) => format!("{hint}; `{suggestion}` is there, did you mean that?"),
        None => hint.to_owned(),
    }
}

fn shallow_hint(is_shallow: bool) -> &'static str {
    if is_shallow {
        "; the clone is shallow, fetch more of it (`git fetch --unshallow`, or `fetch-depth: 0` for actions/checkout)"
    } else {
        ""
    }
}

/// What to do about a repository that belongs to somebody else, as it does in a container where another user cloned it.
fn owner_hint(problem: &git2::Error) -> String {
    if problem.code() != git2::ErrorCode::Owner {
        return String::new();
    }
    let path = problem.message().split('\'').nth(1).unwrap_or("PATH").trim_end_matches('/');
    format!("; if you trust it, say so: git config --global --add safe.directory {path}")
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

#[cfg(test)]
mod tests {
    use git2::{ErrorClass, ErrorCode};

    use super::*;

    #[test]
    fn of_a_foreign_owner_it_is_said_what_to_do() {
        let said = "repository path '/work/it/' is not owned by current user";
        let problem = git2::Error::new(ErrorCode::Owner, ErrorClass::Config, said);
        assert_eq!(
            GitError::git("open the repository")(problem).to_string(),
            "failed to open the repository: repository path '/work/it/' is not owned by current user; if you trust it, say so: \
             git config --global --add safe.directory /work/it"
        );
    }
}
