//! The commits between two revisions, one after the other.

use std::collections::HashSet;

use git2::Oid;

use super::{GitError, Repository, Revision};

/// The commits from `good`, without it, to `bad`, with it, following first parents only: what happened on the branch itself,
/// where a merge is one step.
///
/// # Errors
/// When they are one commit, when `good` is no ancestor of `bad`, or when the clone is too shallow to know.
pub(crate) fn first_parent_line(
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
        is_swapped: git.graph_descendant_of(good.commit, bad.commit).unwrap_or(false),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::tests_support::commit;

    #[test]
    fn a_merge_is_one_step() {
        let folder = tempfile::tempdir().unwrap();
        let git = git2::Repository::init(folder.path()).unwrap();
        let mut number = 0;
        let mut make = |parents: &[Oid]| {
            number += 1;
            let mut tree = git.treebuilder(None).unwrap();
            tree.insert("number", git.blob(&[number]).unwrap(), 0o100_644).unwrap();
            commit(&git, tree.write().unwrap(), parents)
        };
        let first = make(&[]);
        let second = make(&[first]);
        let side = make(&[first]);
        let merge = make(&[second, side]);
        let last = make(&[merge]);
        let repository = Repository::of_workspace(folder.path()).unwrap();
        let line = |good: Oid, bad: Oid| {
            let revision = |commit: Oid| Revision { name: commit.to_string(), commit };
            first_parent_line(&repository, &revision(good), &revision(bad))
        };
        assert_eq!(line(first, last).unwrap(), [second, merge, last]);
        // What was merged is before the merge, and not on the line.
        assert_eq!(line(side, last).unwrap(), [second, merge, last]);
        assert!(matches!(
            line(second, side),
            Err(GitError::NotAncestor { is_shallow: false, is_swapped: false, .. })
        ));
        assert!(matches!(line(last, last), Err(GitError::SameCommit { .. })));
    }
}
