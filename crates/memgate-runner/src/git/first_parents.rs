//! The history of a revision: first parent after first parent.

use std::collections::HashSet;

use git2::Oid;

use super::tree::folder_id;
use super::{CommitSummary, GitError, Repository, resolve, summary};

/// The history of a revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FirstParents {
    /// The commits, oldest first.
    pub commits: Vec<CommitSummary>,
    /// Whether the clone is shallow, so that there is more that is not here.
    pub is_cut: bool,
}

/// The history of a revision, of at most `most` commits.
///
/// # Errors
/// When there is no such revision.
pub(crate) fn first_parents(
    repository: &Repository,
    revision: &str,
    most: usize,
) -> Result<FirstParents, GitError> {
    let git = &repository.inner;
    let mut next = Some(resolve(repository, revision)?.commit);
    let mut commits = Vec::new();
    while let Some(commit) = next.take().filter(|_| commits.len() < most) {
        // The parents of a shallow clone's oldest commits are not there.
        if !commits.is_empty() && git.find_commit(commit).is_err() {
            break;
        }
        let commit = summary(repository, commit)?;
        next = commit.parents.first().copied();
        commits.push(commit);
    }
    commits.reverse();
    Ok(FirstParents { is_cut: git.is_shallow() && commits.len() < most, commits })
}

/// So far back the last change of a folder is looked for.
const MOST_COMMITS: usize = 2_000;

/// The commit of the first parents of what is checked out that last changed a folder; none when it has no such folder, or when that
/// was before all commits that are here. The folder is from the root of the workspace.
///
/// # Errors
/// When the history can't be read.
pub(crate) fn last_change_of(repository: &Repository, folder: &str) -> Result<Option<Oid>, GitError> {
    let history = first_parents(repository, "HEAD", MOST_COMMITS)?;
    let mut newest_first = history.commits.iter().rev();
    let Some(head) = newest_first.next() else { return Ok(None) };
    let Some(wanted) = folder_id(repository, head.commit, folder)? else { return Ok(None) };
    let mut last = head.commit;
    for commit in newest_first {
        if folder_id(repository, commit.commit, folder)? != Some(wanted) {
            return Ok(Some(last));
        }
        last = commit.commit;
    }
    Ok((!history.is_cut && history.commits.len() < MOST_COMMITS).then_some(last))
}

/// Every tag that leads to a commit, with its short name.
///
/// # Errors
/// When the tags can't be read.
pub(crate) fn tags(repository: &Repository) -> Result<Vec<(String, Oid)>, GitError> {
    let git = &repository.inner;
    let names = git.tag_names(None).map_err(GitError::git("read the tags"))?;
    let names = names.iter().filter_map(|name| name.ok().flatten());
    let commit = |name: &str| {
        let object = git.revparse_single(&format!("refs/tags/{name}")).ok()?;
        Some((name.to_owned(), object.peel_to_commit().ok()?.id()))
    };
    Ok(names.filter_map(commit).collect())
}

/// Every commit that a branch, a tag, a remote's branch or what is checked out leads to.
///
/// # Errors
/// When the clone is shallow, or can't be read.
pub(crate) fn reachable(repository: &Repository) -> Result<HashSet<Oid>, GitError> {
    let git = &repository.inner;
    if git.is_shallow() {
        return Err(GitError::Shallow);
    }
    let walk = || -> Result<HashSet<Oid>, git2::Error> {
        let mut walk = git.revwalk()?;
        for references in ["refs/heads/*", "refs/tags/*", "refs/remotes/*"] {
            walk.push_glob(references)?;
        }
        // Nothing is checked out in a repository without commits.
        if git.head().is_ok() {
            walk.push_head()?;
        }
        walk.collect()
    };
    walk().map_err(GitError::git("read which commits are reachable"))
}

/// Every ancestor of a commit, without itself.
///
/// # Errors
/// When the clone is shallow, or can't be read.
pub(crate) fn ancestors(repository: &Repository, commit: Oid) -> Result<HashSet<Oid>, GitError> {
    let git = &repository.inner;
    if git.is_shallow() {
        return Err(GitError::Shallow);
    }
    let walk = || -> Result<HashSet<Oid>, git2::Error> {
        let mut walk = git.revwalk()?;
        walk.push(commit)?;
        walk.filter(|found| !matches!(found, Ok(found) if *found == commit)).collect()
    };
    walk().map_err(GitError::git(format!("read the ancestors of {commit}")))
}

/// The paths of tracked files that differ from what is checked out, a few of them.
///
/// # Errors
/// When the working tree can't be read.
pub(crate) fn changed_files(repository: &Repository) -> Result<Vec<String>, GitError> {
    const MOST: usize = 5;
    let mut options = git2::StatusOptions::new();
    options.include_untracked(false).include_ignored(false).update_index(false);
    let statuses = repository
        .inner
        .statuses(Some(&mut options))
        .map_err(GitError::git("read the state of the working tree"))?;
    Ok(statuses
        .iter()
        .take(MOST)
        .map(|entry| String::from_utf8_lossy(entry.path_bytes()).into_owned())
        .collect())
}

/// The address of a remote; none when there is no such remote.
#[must_use]
pub(crate) fn remote_address(repository: &Repository, remote: &str) -> Option<String> {
    repository.inner.find_remote(remote).ok()?.url().ok().map(str::to_owned)
}
