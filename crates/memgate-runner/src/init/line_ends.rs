//! Edits of files whose lines end as Windows has it, or that begin with a byte order mark.

use similar::{ChangeTag, TextDiff};

const BYTE_ORDER_MARK: char = '\u{feff}';

/// A text as it is edited: its lines end with LF alone, and no byte order mark is there.
pub(super) fn plain(text: &str) -> String {
    text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text).replace("\r\n", "\n")
}

/// Puts an edited text back into the clothes of the old one. Lines that were not edited keep their bytes, also in a file
/// that mixes its line ends; new ones get those of most lines.
pub(super) fn dressed(old: &str, edited: &str) -> String {
    let plain_old = plain(old);
    if plain_old == edited {
        return old.to_owned();
    }
    let mut text = String::new();
    if old.starts_with(BYTE_ORDER_MARK) {
        text.push(BYTE_ORDER_MARK);
    }
    let windows = old.matches("\r\n").count();
    let is_windows = windows * 2 > old.matches('\n').count();
    let mut old_lines = old.strip_prefix(BYTE_ORDER_MARK).unwrap_or(old).split_inclusive('\n');
    for change in TextDiff::from_lines(plain_old.as_str(), edited).iter_all_changes() {
        match change.tag() {
            ChangeTag::Delete => drop(old_lines.next()),
            ChangeTag::Equal => text += old_lines.next().unwrap_or(change.value()),
            ChangeTag::Insert if is_windows => text += &change.value().replace('\n', "\r\n"),
            ChangeTag::Insert => text += change.value(),
        }
    }
    text
}

/// Whether two texts are the same but for their line ends.
pub(super) fn same(left: &str, right: &str) -> bool {
    plain(left) == plain(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_are_not_edited_keep_their_bytes() {
        assert_eq!(dressed("\u{feff}a\r\nb\r\nc", "a\nx\nc"), "\u{feff}a\r\nx\r\nc");
        assert_eq!(dressed("a\nb\r\nc\n", "a\nb\nc\nd\n"), "a\nb\r\nc\nd\n");
        assert_eq!(dressed("a\r\nb\n", "a\nb\n"), "a\r\nb\n");
        assert_eq!(dressed("a\r\n\r\nb\r\n", "\nb\nc\n"), "\r\nb\r\nc\r\n");
    }
}
