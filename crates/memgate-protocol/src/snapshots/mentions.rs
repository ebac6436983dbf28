//! Where a source says `assert_heap!("id"`.
//!
//! Sources are searched as text, not as tokens: whoever searches is the failing test as well, which has no lexer. What stands
//! in a block comment is taken for code; a line comment is not, unless it is documentation, whose examples are tests, too.

use super::SNAPSHOTS_KIND;
use crate::bytes::find_bytes;

/// An assertion that stands in a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mention<'a> {
    /// The id of its snapshot.
    pub id: &'a str,
    /// The line, counted from 1.
    pub line: usize,
}

const MACRO: &str = "assert_heap!";

/// The assertions of snapshots that stand in a source, in their order.
pub fn mentions(source: &str) -> impl Iterator<Item = Mention<'_>> {
    source.match_indices(MACRO).filter_map(|(start, _)| {
        let (before, rest) = (&source[..start], &source[start + MACRO.len()..]);
        let rest = rest.trim_start().strip_prefix(['(', '{', '['])?.trim_start();
        let (id, _) = rest.strip_prefix('"')?.split_once('"')?;
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        let is_code = !is_in_comment(&before[line_start..]);
        is_code.then(|| Mention { id, line: before.matches('\n').count() + 1 })
    })
}

/// Whether a line so far is in a comment that is no documentation.
fn is_in_comment(before: &str) -> bool {
    let is_documentation = ["///", "//!"].iter().any(|mark| before.trim_start().starts_with(mark));
    !is_documentation && before.contains("//")
}

/// Whether a file says that it is one of snapshots, whatever else is wrong with it. No baseline of a bench target says so.
#[must_use]
pub fn says_snapshots(bytes: &[u8]) -> bool {
    find_bytes(bytes, quoted(SNAPSHOTS_KIND).as_bytes()).is_some()
}

/// An id as it stands in a source: the text that is nowhere in a package any more when its test is gone.
#[must_use]
pub fn quoted(id: &str) -> String {
    format!("\"{id}\"")
}
