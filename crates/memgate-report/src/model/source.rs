//! Which source was measured.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The commit that was measured, and whether tracked files differed from it: `3f2a…`, or `3f2a…-dirty`.
///
/// # Example
/// ```
/// use memgate_report::model::SourceRevision;
/// let revision: SourceRevision = "0123456789abcdef0123456789abcdef01234567-dirty".parse().unwrap();
/// assert!(revision.is_dirty());
/// assert!("main".parse::<SourceRevision>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SourceRevision {
    commit: String,
    is_dirty: bool,
}

/// A text that is no commit's id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a revision is a commit's whole id, with `-dirty` behind it or not")]
pub struct InvalidRevision;

const DIRTY: &str = "-dirty";

impl SourceRevision {
    /// The whole id of the commit.
    #[must_use]
    pub fn commit(&self) -> &str {
        &self.commit
    }

    /// Whether tracked files differed from the commit.
    #[must_use]
    pub fn is_dirty(&self) -> bool {
        self.is_dirty
    }

    /// Marks it as one from which tracked files differ, or not.
    #[must_use]
    pub fn with_dirty(self, is_dirty: bool) -> Self {
        Self { is_dirty, ..self }
    }
}

impl fmt::Display for SourceRevision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.commit, if self.is_dirty { DIRTY } else { "" })
    }
}

impl FromStr for SourceRevision {
    type Err = InvalidRevision;

    fn from_str(text: &str) -> Result<Self, InvalidRevision> {
        let (commit, is_dirty) = match text.strip_suffix(DIRTY) {
            Some(commit) => (commit, true),
            None => (text, false),
        };
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        // SHA-1 or SHA-256.
        let is_commit = matches!(commit.len(), 40 | 64) && commit.bytes().all(is_digit);
        if is_commit { Ok(Self { commit: commit.to_owned(), is_dirty }) } else { Err(InvalidRevision) }
    }
}

impl TryFrom<String> for SourceRevision {
    type Error = InvalidRevision;

    fn try_from(text: String) -> Result<Self, InvalidRevision> {
        text.parse()
    }
}

impl From<SourceRevision> for String {
    fn from(revision: SourceRevision) -> Self {
        revision.to_string()
    }
}
