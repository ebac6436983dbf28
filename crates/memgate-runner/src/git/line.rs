//! The commits between two revisions, one after the other.

use std::collections::HashSet;

use git2::Oid;

use super::{GitError, Repository, Revision};

/// The commits from `good`, without it, to `bad`, with it, following first parents only: what happened on the branch itself,
/// where a merge is one step.
///
/// # Errors
/// When they are one commit, when `good` is no ancestor of `bad`, or when the clone is too shallow to know.
pub fn first_parent_line(
    repository: &Repository,
    good: &Revision,
    bad: &Revision,
) -> Result<Vec<Oid>, GitError> {
    let git = &repository.inner;
    if good.commit == bad.commit {
        return Err(GitError::SameCommit { good: good.to_string(), bad: bad.to_string() });
    }
    let walk = |error| GitError::git(format!("walk from {bad} to {good}"))(error);
    let unrelated = || GitError::NotAncestor {
        good: good.to_string(),
        bad: bad.to_string(),
        is_shallow: git.is_shallow(),
    };
    match git.graph_descendant_of(bad.commit, good.commit) {
        Ok(true) => {}
        Ok(false) => return Err(unrelated()),
        // The parents of a shallow clone's oldest commits can't be looked at.
        Err(_) if git.is_shallow() => return Err(unrelated()),
        Err(error) => return Err(walk(error)),
    }
    let mut before_good = HashSet::new();
    let mut ancestors = git.revwalk().map_err(walk)?;
    ancestors.push(good.commit).map_err(walk)?;
    for ancestor in ancestors {
        before_good.insert(ancestor.map_err(walk)?);
    }
    let mut line = Vec::new();
    let mut next = Some(bad.commit);
    while let Some(commit) = next.filter(|commit| !before_good.contains(commit)) {
        line.push(commit);
        next = git.find_commit(commit).map_err(walk)?.parent_ids().next();
    }
    line.reverse();
    Ok(line)
}
