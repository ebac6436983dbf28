//! What can be wrong with a file, and the checks that every format begins with.

use serde::Deserialize;

use super::is_invisible;

/// Why a file is not what it should be. Reads as what follows "failed to read FILE: ".
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// The file is empty.
    #[error("it is empty")]
    Empty,
    /// The file begins with a mark that nobody sees, and that JSON does not allow.
    #[error("it begins with a byte order mark; save it as UTF-8 without one")]
    ByteOrderMark,
    /// The file is a text in another encoding, which is known by its first bytes.
    #[error(
        "it is UTF-16, as `>` of Windows PowerShell writes; have it written by --output, or save it as UTF-8"
    )]
    Utf16,
    /// The file has bytes that are not UTF-8.
    #[error("line {line} is not UTF-8")]
    NotUtf8 {
        /// The line with the first such byte, counted from 1.
        line: usize,
    },
    /// The file still has the markers of a merge conflict. What to do about it depends on the file, so whoever knows which it is says it.
    #[error("line {line} is a merge conflict marker")]
    MergeConflict {
        /// The line with the first marker, counted from 1.
        line: usize,
    },
    /// The file ends too early.
    #[error("it is cut short: {}", brief(&.0.to_string()))]
    Truncated(#[source] serde_json::Error),
    /// The file is not JSON, or not of the right shape.
    #[error("{}", brief(&.0.to_string()))]
    Json(#[source] serde_json::Error),
    /// The file is something else.
    #[error("it is not a {expected}")]
    Kind {
        /// What it should be.
        expected: &'static str,
    },
    /// The file was written by a newer memgate.
    #[error(
        "it has schema {found}, written by a newer memgate; this one reads schemas up to {known}: update memgate \
         (nothing was changed)"
    )]
    Newer {
        /// The file's schema version.
        found: u32,
        /// The newest that can be read.
        known: u32,
    },
    /// The file has a schema that no memgate has written.
    #[error("it has schema {found}, which does not exist")]
    Schema {
        /// The file's schema version.
        found: u32,
    },
    /// A value can't be what it says it is.
    #[error("{}", brief(.0))]
    Unsound(String),
}

impl FormatError {
    /// What to do about a file, behind what is wrong with it: one thing about a merge conflict, and another about anything else. Of one
    /// that a newer memgate has written, it is said already.
    #[must_use]
    pub fn advice(&self, of_conflict: &str, of_others: &str) -> String {
        let advice = match self {
            Self::Newer { .. } => "",
            Self::MergeConflict { .. } => of_conflict,
            _ => of_others,
        };
        if advice.is_empty() { String::new() } else { format!("; {advice}") }
    }
}

impl From<serde_json::Error> for FormatError {
    fn from(error: serde_json::Error) -> Self {
        if error.is_eof() { Self::Truncated(error) } else { Self::Json(error) }
    }
}

/// A message that quotes a file: on one line, so that no line of a log is the file's, with what can't be seen escaped, and
/// without its middle when it is long. The place at its end stays.
pub fn brief(message: &str) -> String {
    const LONGEST: usize = 240;
    let escaped = |character: char| match character {
        other if is_invisible(other) => other.escape_unicode().collect(),
        other => String::from(other),
    };
    let count = message.chars().count();
    if count <= LONGEST {
        return message.chars().map(escaped).collect();
    }
    let start = message.chars().take(LONGEST / 2).map(escaped);
    let end = message.chars().skip(count - LONGEST / 2).map(escaped);
    start.chain(std::iter::once(" … ".to_owned())).chain(end).collect()
}

/// The text of a file's bytes, when it is text and no merge is pending in it.
pub(crate) fn text_of(bytes: &[u8]) -> Result<&str, FormatError> {
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Err(FormatError::Utf16);
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return Err(FormatError::NotUtf8 { line: line_of(bytes, error.valid_up_to()) }),
    };
    if text.starts_with('\u{feff}') {
        return Err(FormatError::ByteOrderMark);
    }
    if text.trim().is_empty() {
        return Err(FormatError::Empty);
    }
    // `=======` alone could be part of some other text; with the other two it never comes without them.
    let conflict = |line: &str| line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> ");
    match text.lines().position(conflict) {
        Some(index) => Err(FormatError::MergeConflict { line: index + 1 }),
        None => Ok(text),
    }
}

fn line_of(bytes: &[u8], offset: usize) -> usize {
    bytes[..offset].iter().filter(|&&byte| byte == b'\n').count() + 1
}

/// Checks a file's kind and schema version before its shape, so that a newer file is called newer, not malformed.
///
/// A file without a `kind` is of the kind that is expected.
pub(crate) fn check_envelope(text: &str, kind: &'static str, known: u32) -> Result<(), FormatError> {
    #[derive(Deserialize)]
    struct Envelope {
        kind: Option<String>,
        schema: Option<u32>,
    }

    let envelope: Envelope = serde_json::from_str(text)?;
    if envelope.kind.is_some_and(|found| found != kind) {
        return Err(FormatError::Kind { expected: kind });
    }
    match envelope.schema {
        None => Err(FormatError::Kind { expected: kind }),
        Some(0) => Err(FormatError::Schema { found: 0 }),
        Some(found) if found > known => Err(FormatError::Newer { found, known }),
        Some(_) => Ok(()),
    }
}

/// The error of a file that contradicts itself.
pub(super) fn unsound(problem: String) -> FormatError {
    FormatError::Unsound(problem)
}
