//! Revisions as people name them, and what to show of a commit.

use git2::Oid;

use super::suggestion::suggestion;
use super::{GitError, Repository};

/// A commit, with the name under which somebody asked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Revision {
    /// What was asked for: a branch, a tag, a commit.
    pub name: String,
    /// The commit that it stands for.
    pub commit: Oid,
}

/// What people know a commit by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CommitSummary {
    /// The commit.
    pub commit: Oid,
    /// The day on which it was written, where its author was: `2026-11-23`.
    pub author_date: String,
    /// The author's name.
    pub author: String,
    /// The first line of its message.
    pub subject: String,
    /// Its parents; two or more make it a merge.
    pub parents: Vec<Oid>,
}

/// How many digits of a commit are shown.
const SHORT_DIGITS: usize = 10;

/// The first digits of a commit.
#[must_use]
pub(crate) fn short(commit: Oid) -> String {
    commit.to_string().chars().take(SHORT_DIGITS).collect()
}

impl std::fmt::Display for Revision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let short = short(self.commit);
        if self.commit.to_string().starts_with(&self.name) {
            return f.write_str(&short);
        }
        write!(f, "{} ({short})", self.name)
    }
}

/// The commit that a name stands for.
///
/// # Errors
/// When the repository knows no such revision, or it is no commit.
pub(crate) fn resolve(repository: &Repository, name: &str) -> Result<Revision, GitError> {
    let git = &repository.inner;
    let found = git.revparse_single(name).and_then(|object| object.peel_to_commit());
    match found {
        Ok(commit) => Ok(Revision { name: name.to_owned(), commit: commit.id() }),
        Err(_) => Err(GitError::UnknownRevision {
            name: name.to_owned(),
            suggestion: suggestion(repository, name),
            is_shallow: git.is_shallow(),
        }),
    }
}

/// What people know a commit by.
///
/// # Errors
/// When the commit can't be read.
pub(crate) fn summary(repository: &Repository, commit: Oid) -> Result<CommitSummary, GitError> {
    let read = GitError::git(format!("read the commit {commit}"));
    let found = repository.inner.find_commit(commit).map_err(read)?;
    let author = found.author();
    let when = author.when();
    let local = when.seconds().saturating_add(i64::from(when.offset_minutes()) * 60);
    let author_date = jiff::Timestamp::from_second(local)
        .map(|time| time.to_zoned(jiff::tz::TimeZone::UTC).date().to_string())
        .unwrap_or_default();
    // A message in another encoding is shown as far as it can be.
    let message = String::from_utf8_lossy(found.message_bytes()).into_owned();
    Ok(CommitSummary {
        commit,
        author_date,
        author: String::from_utf8_lossy(author.name_bytes()).into_owned(),
        subject: message.trim_start().lines().next().unwrap_or_default().to_owned(),
        parents: found.parent_ids().collect(),
    })
}
