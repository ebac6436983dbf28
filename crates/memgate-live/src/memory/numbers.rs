//! Numbers in the kernel's files.

use std::path::Path;

use crate::process::read_bounded;

/// More than any of these files has.
const MAX_FILE: u64 = 256 << 10;

/// The text of one of these files.
pub(super) fn text(path: &Path) -> Option<String> {
    read_bounded(path, MAX_FILE)
}

/// The only number of a file.
pub(super) fn number(path: &Path) -> Option<u64> {
    text(path)?.trim().parse().ok()
}

/// The number behind a word, in lines such as `anon 4096`.
pub(super) fn field(text: &str, name: &str) -> Option<u64> {
    text.lines().find_map(|line| {
        let mut words = line.split_ascii_whitespace();
        (words.next()? == name).then(|| words.next()?.parse().ok())?
    })
}

/// The bytes behind a word, in lines such as `MemTotal:  4 kB`.
pub(super) fn kibibytes(text: &str, name: &str) -> Option<u64> {
    field(text, name)?.checked_mul(1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_behind_its_word_or_none() {
        let text = "anon 4096\nfile garbage\nkernel\nMemTotal:       8 kB\nHuge: 18446744073709551615 kB\n";
        assert_eq!(field(text, "anon"), Some(4_096));
        assert_eq!([field(text, "file"), field(text, "kernel"), field(text, "ano")], [None; 3]);
        assert_eq!(kibibytes(text, "MemTotal:"), Some(8_192));
        assert_eq!(kibibytes(text, "Huge:"), None);
    }
}
