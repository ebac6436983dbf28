//! The revision that a change is based on.

use git2::{Commit, Oid};

use super::suggestion::suggestion;
use super::{GitError, Repository};

/// Where to look for what a change is based on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BaseRevision {
    /// A revision as git knows it: a branch, a tag, a commit. The change is based on the best common ancestor.
    Named(String),
    /// A pull request, as a CI system describes it.
    PullRequest {
        /// The commit at the end of its own branch.
        head: String,
        /// The commit at the end of the branch that it is to be merged into, as far as the event knew.
        base: String,
    },
}

/// The commit that the checked-out change is based on.
///
/// A CI system may have checked out a merge of the pull request made for the occasion. Its first parent is what the change is
/// based on, and two commits of history are enough to see that.
///
/// # Errors
/// When the revision is not in the clone, or shares no history with the change.
pub(crate) fn find_base(repository: &Repository, wanted: &BaseRevision) -> Result<Oid, GitError> {
    let git = &repository.inner;
    let head = git
        .head()
        .and_then(|head| head.peel_to_commit())
        .map_err(GitError::git("read the commit that is checked out"))?;
    let revision = match wanted {
        BaseRevision::Named(revision) => revision,
        BaseRevision::PullRequest { head: own, base } => {
            if let Some(first) = first_parent_of_merge(&head, own) {
                return there(repository, first, &first.to_string());
            }
            base
        }
    };
    let not_there = |suggestion| GitError::NotThere {
        revision: revision.clone(),
        suggestion,
        is_shallow: git.is_shallow(),
    };
    let other = git.revparse_single(revision).and_then(|object| object.peel_to_commit());
    let other = other.map_err(|_| not_there(suggestion(repository, revision)))?;
    let base = git.merge_base(head.id(), other.id()).map_err(|_| not_there(None))?;
    there(repository, base, revision)
}

fn first_parent_of_merge(head: &Commit<'_>, own: &str) -> Option<Oid> {
    let is_merge_of_it = head.parent_ids().nth(1).is_some_and(|second| second.to_string() == own);
    head.parent_ids().next().filter(|_| is_merge_of_it)
}

/// A shallow clone knows the ids of parents that it does not have.
fn there(repository: &Repository, commit: Oid, revision: &str) -> Result<Oid, GitError> {
    let git = &repository.inner;
    match git.find_commit(commit) {
        Ok(found) => Ok(found.id()),
        Err(_) => Err(GitError::NotThere {
            revision: revision.to_owned(),
            suggestion: None,
            is_shallow: git.is_shallow(),
        }),
    }
}
