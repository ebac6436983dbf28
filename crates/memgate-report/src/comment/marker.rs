//! The hidden first line of a comment, by which it is found again.
//!
//! ```text
//! <!-- memgate key=memgate head=<commit id> run=<workflow run id> attempt=<attempt of that run> -->
//! ```
//!
//! Anybody can write such a line, so it says which of our comments this is, never that it is ours.

use std::fmt;
use std::str::FromStr;

/// The longest marker that is looked at; what [`Marker`] prints is always shorter.
pub const MAXIMUM_MARKER_BYTES: usize = 256;

/// The longest key.
pub const MAXIMUM_KEY_BYTES: usize = 64;

const BEGIN: &str = "<!-- memgate ";
const END: &str = " -->";

/// The hidden first line of a comment.
///
/// ```
/// use memgate_report::comment::{Marker, RunAttempt, parse_marker};
///
/// let marker = Marker {
///     key: "memgate".parse().unwrap(),
///     head: "0123456789abcdef0123456789abcdef01234567".parse().unwrap(),
///     run: RunAttempt { run: 42, attempt: 1 },
/// };
/// assert_eq!(parse_marker(&format!("{marker}\n## memory within limits")), Some(marker));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {
    /// Which of a pull request's comments it is: there is one for each key.
    pub key: CommentKey,
    /// The head commit that it is about.
    pub head: CommitId,
    /// Where it was measured.
    pub run: RunAttempt,
}

/// A run of a workflow and which attempt at it, ordered by age: GitHub gives later runs greater ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunAttempt {
    /// The run's id; zero when there is none, as on somebody's own machine, and older than any.
    pub run: u64,
    /// Which attempt at the run, from 1.
    pub attempt: u32,
}

/// What tells several comments on one pull request apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommentKey(String);

/// The id of a commit: 40 hexadecimal digits, or 64 in a repository that uses SHA-256.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitId(String);

/// Why a text is no key or no commit id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKey {
    /// It is no key.
    #[error("a key is 1 to {MAXIMUM_KEY_BYTES} letters, digits, `.`, `_` and `-`")]
    Key,
    /// It is no commit id.
    #[error("a commit id is 40 or 64 hexadecimal digits in lower case")]
    Commit,
}

impl CommentKey {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for CommentKey {
    fn default() -> Self {
        Self("memgate".into())
    }
}

impl FromStr for CommentKey {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        // Nothing that ends an HTML comment or separates the fields of the marker.
        let is_sound = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        if text.is_empty() || text.len() > MAXIMUM_KEY_BYTES || !text.bytes().all(is_sound) {
            return Err(InvalidKey::Key);
        }
        Ok(Self(text.into()))
    }
}

impl CommitId {
    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first digits, for people.
    #[must_use]
    pub fn short(&self) -> &str {
        self.0.get(..10).unwrap_or(&self.0)
    }
}

impl FromStr for CommitId {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f');
        if !matches!(text.len(), 40 | 64) || !text.bytes().all(is_digit) {
            return Err(InvalidKey::Commit);
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for CommentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, head, run: RunAttempt { run, attempt } } = self;
        write!(f, "{BEGIN}key={key} head={head} run={run} attempt={attempt}{END}")
    }
}

/// The marker at the very beginning of a comment's body, if there is one, to the letter as [`Marker`] prints it.
#[must_use]
pub fn parse_marker(body: &str) -> Option<Marker> {
    // GitHub's editor ends lines with both characters.
    let line = body.split(['\r', '\n']).next()?;
    if line.len() > MAXIMUM_MARKER_BYTES {
        return None;
    }
    let mut fields = line.strip_prefix(BEGIN)?.strip_suffix(END)?.split(' ');
    let mut field = |name: &str| fields.next()?.strip_prefix(name)?.strip_prefix('=');
    let marker = Marker {
        key: field("key")?.parse().ok()?,
        head: field("head")?.parse().ok()?,
        run: RunAttempt { run: field("run")?.parse().ok()?, attempt: field("attempt")?.parse().ok()? },
    };
    // Numbers can be written in several ways, and fields can be left over.
    (marker.to_string() == line).then_some(marker)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "0123456789abcdef0123456789abcdef01234567";

    fn marker() -> Marker {
        Marker {
            key: "linux.x86_64".parse().unwrap(),
            head: HEAD.parse().unwrap(),
            run: RunAttempt { run: 17_000_000_001, attempt: 2 },
        }
    }

    #[test]
    fn a_marker_is_read_as_it_was_written() {
        let line = marker().to_string();
        assert_eq!(line, format!("<!-- memgate key=linux.x86_64 head={HEAD} run=17000000001 attempt=2 -->"));
        for body in [line.clone(), format!("{line}\nmore"), format!("{line}\r\nmore")] {
            assert_eq!(parse_marker(&body), Some(marker()), "{body:?}");
        }
        let longest = Marker {
            key: "k".repeat(MAXIMUM_KEY_BYTES).parse().unwrap(),
            head: "f".repeat(64).parse().unwrap(),
            run: RunAttempt { run: u64::MAX, attempt: u32::MAX },
        };
        assert_eq!(parse_marker(&longest.to_string()), Some(longest));
    }

    #[test]
    fn anything_else_is_no_marker() {
        let line = marker().to_string();
        for body in [
            String::new(),
            format!(" {line}"),
            format!("\n{line}"),
            format!("> {line}"),
            format!("{line} and more"),
            line.replace("attempt=2", "attempt=+2"),
            line.replace("attempt=2", "attempt=02"),
            line.replace("attempt=2", "attempt=2 more=1"),
            line.replace("attempt=2", "attempt=4294967296"),
            line.replace("run=", "run=99999999999"),
            line.replace("key=linux", "key=li>nux"),
            line.replace("key=linux.x86_64 ", ""),
            line.replace("head=0", "head=G"),
            line.replace("head=0", "head="),
            line.replace("memgate key", "memgate  key"),
            line.replace("<!--", "<!-"),
            format!("<!-- memgate key={} -->", "k".repeat(100_000)),
        ] {
            assert_eq!(parse_marker(&body), None, "{}", body.get(..200).unwrap_or(&body));
        }
    }

    #[test]
    fn later_runs_and_attempts_are_newer() {
        let at = |run, attempt| RunAttempt { run, attempt };
        assert!(at(2, 1) > at(1, 9));
        assert!(at(1, 2) > at(1, 1));
        assert!(at(1, 1) > RunAttempt::default());
    }

    #[test]
    fn keys_stay_within_the_marker() {
        for key in ["", "a b", "a>b", "-->", "a\nb", "ключ", &"k".repeat(65)] {
            assert_eq!(key.parse::<CommentKey>(), Err(InvalidKey::Key), "{key}");
        }
    }
}
