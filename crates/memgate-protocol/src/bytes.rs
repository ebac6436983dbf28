//! A search for bytes in executables.

/// The first place of `needle` in `haystack`, or none; an empty needle is nowhere.
///
/// By Horspool's algorithm ("Practical fast searching in strings", 1980): executables are many megabytes, the tool is often
/// built without optimisation, and most bytes need not be looked at. Not the crate memchr, since what is linked into
/// benchmarks depends on nothing.
///
/// # Example
/// ```
/// use memgate_protocol::find_bytes;
/// assert_eq!(find_bytes(b"\x7fELF.. needle", b"needle"), Some(7));
/// assert_eq!(find_bytes(b"\x7fELF..", b"needle"), None);
/// ```
#[must_use]
pub fn find_bytes(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let (_, but_the_last) = needle.split_last()?;
    // How far a needle that ends at a byte may move: until its own last one of these lies there.
    let mut steps = [needle.len(); 256];
    for (at, &byte) in but_the_last.iter().enumerate() {
        steps[usize::from(byte)] = needle.len() - 1 - at;
    }
    let mut at = 0;
    while let Some(window) = haystack.get(at..at + needle.len()) {
        if window == needle {
            return Some(at);
        }
        at += steps[usize::from(window[needle.len() - 1])];
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_where_a_search_byte_by_byte_finds_it(
            haystack in proptest::collection::vec(0_u8..3, 0..64),
            needle in proptest::collection::vec(0_u8..3, 1..6),
        ) {
            let slow = haystack.windows(needle.len()).position(|window| window == needle);
            prop_assert_eq!(find_bytes(&haystack, &needle), slow);
        }
    }

    #[test]
    fn nothing_is_nowhere() {
        assert_eq!(find_bytes(b"abc", b""), None);
        assert_eq!(find_bytes(b"", b"abc"), None);
    }
}
