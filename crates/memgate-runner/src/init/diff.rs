//! Differences of texts, as people read them.

use similar::TextDiff;

use super::line_ends::plain;

/// The changed lines with three around them, as `diff -u` writes them, without its headings of files. Line ends are not
/// compared.
pub(super) fn difference(old: &str, new: &str) -> String {
    let (old, new) = (plain(old), plain(new));
    TextDiff::from_lines(old.as_str(), new.as_str())
        .unified_diff()
        .context_radius(3)
        .missing_newline_hint(false)
        .to_string()
}
