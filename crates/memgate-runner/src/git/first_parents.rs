//! The history of a revision: first parent after first parent.

use std::collections::HashSet;

use git2::{Commit, Oid};

use super::{GitError, Repository};

/// A commit of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitSummary {
    /// Its id.
    pub id: Oid,
    /// The first line of its message. Whoever wrote the commit wrote this.
    pub subject: String,
    /// When its author says it was written, in seconds since 1970. For people alone: clocks are wrong.
    pub author_seconds: i64,
}

/// The history of a revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstParents {
    /// The commits, oldest first.
    pub commits: Vec<CommitSummary>,
    /// Whether the clone is shallow, so that there is more that is not here.
    pub is_cut: bool,
}

/// The history of a revision, of at most `most` commits.
///
/// # Errors
/// When there is no such revision.
pub fn first_parents(repository: &Repository, revision: &str, most: usize) -> Result<FirstParents, GitError> {
    let git = &repository.inner;
    let mut next = Some(commit_of(repository, revision)?);
    let mut commits = Vec::new();
    while let Some(commit) = next.take().filter(|_| commits.len() < most) {
        commits.push(CommitSummary {
            id: commit.id(),
            subject: commit.summary().ok().flatten().unwrap_or_default().to_owned(),
            author_seconds: commit.author().when().seconds(),
        });
        next = commit.parent(0).ok();
    }
    commits.reverse();
    Ok(FirstParents { is_cut: git.is_shallow() && commits.len() < most, commits })
}

/// The commit that a revision names.
///
/// # Errors
/// When there is no such revision.
pub fn resolve_commit(repository: &Repository, revision: &str) -> Result<Oid, GitError> {
    commit_of(repository, revision).map(|commit| commit.id())
}

fn commit_of<'a>(repository: &'a Repository, revision: &str) -> Result<Commit<'a>, GitError> {
    let found = repository.inner.revparse_single(revision).and_then(|object| object.peel_to_commit());
    found.map_err(|_| GitError::Unknown {
        revision: revision.to_owned(),
        is_shallow: repository.inner.is_shallow(),
    })
}

/// Every tag that leads to a commit, with its short name.
///
/// # Errors
/// When the tags can't be read.
pub fn tags(repository: &Repository) -> Result<Vec<(String, Oid)>, GitError> {
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
pub fn reachable(repository: &Repository) -> Result<HashSet<Oid>, GitError> {
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
pub fn ancestors(repository: &Repository, commit: Oid) -> Result<HashSet<Oid>, GitError> {
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
pub fn changed_files(repository: &Repository) -> Result<Vec<String>, GitError> {
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
pub fn remote_address(repository: &Repository, remote: &str) -> Option<String> {
    repository.inner.find_remote(remote).ok()?.url().ok().map(str::to_owned)
}
