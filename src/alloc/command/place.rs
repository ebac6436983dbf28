//! Where the table lies: beside the library that the tool preloads.

use memgate_protocol::process_table::{LIBRARY_FILE, TABLE_FILE};

/// The longest path of a table that is looked for, with the zero byte behind it.
const MOST_PATH: usize = 512;

/// The path of the table with a zero byte behind it, by the value of the variable that names the library. None when the tool's is not among
/// those that are to be preloaded.
pub(super) fn table_path(preloaded: &[u8]) -> Option<[u8; MOST_PATH]> {
    // As the loader takes the value apart.
    let mut paths = preloaded.split(|byte| matches!(byte, b':' | b' '));
    let folder = paths.find_map(|path| {
        let folder = path.strip_suffix(LIBRARY_FILE.as_bytes())?;
        (folder.starts_with(b"/") && folder.ends_with(b"/")).then_some(folder)
    })?;
    let mut whole = [0; MOST_PATH];
    whole.get_mut(..folder.len())?.copy_from_slice(folder);
    // Not to the end: a zero byte stays behind it.
    whole
        .get_mut(folder.len()..MOST_PATH - 1)?
        .get_mut(..TABLE_FILE.len())?
        .copy_from_slice(TABLE_FILE.as_bytes());
    Some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(preloaded: &str) -> Option<String> {
        let path = table_path(preloaded.as_bytes())?;
        Some(String::from_utf8(path.split(|byte| *byte == 0).next().unwrap().to_vec()).unwrap())
    }

    #[test]
    fn the_table_lies_beside_the_library_wherever_that_is_named() {
        let expected = Some("/tmp/memgate-1/processes".to_owned());
        assert_eq!(path("/tmp/memgate-1/libmemgate.so"), expected);
        assert_eq!(path("/tmp/memgate-1/libmemgate.so:/lib/other.so"), expected);
        assert_eq!(path("libm.so /lib/other.so:/tmp/memgate-1/libmemgate.so"), expected);
    }

    #[test]
    fn other_libraries_are_none_of_the_tools() {
        for preloaded in
            ["", ":", "libmemgate.so", "here/libmemgate.so", "/tmp/libmemgate.so.1", "/tmp/mylibmemgate.so"]
        {
            assert_eq!(path(preloaded), None, "{preloaded}");
        }
        let long = |length| format!("/{}/libmemgate.so", "a".repeat(length));
        // Slashes, the name, and the zero byte.
        let most = MOST_PATH - 2 - TABLE_FILE.len() - 1;
        assert_eq!(path(&long(most)).unwrap().len(), MOST_PATH - 1);
        assert_eq!(path(&long(most + 1)), None);
        assert_eq!(path(&long(2_000)), None);
    }
}
