//! Where the table lies: on Linux beside the library that the tool preloads, elsewhere where a variable says.

#[cfg(any(target_os = "linux", test))]
use memgate_protocol::process_table::{LIBRARY_FILE, TABLE_FILE};

/// The longest path of a table that is looked for, with the zero behind it.
pub(super) const PATH_BYTES: usize = 512;

/// The variable that names it.
#[cfg(not(target_os = "linux"))]
pub(super) const TABLE_VARIABLE: &std::ffi::CStr = memgate_protocol::process_table::TABLE_VARIABLE;

/// A path with a zero byte behind it. None when it is too long, or does not begin at the root.
#[cfg(any(target_os = "macos", test))]
pub(super) fn whole_path(path: &[u8]) -> Option<[u8; PATH_BYTES]> {
    let mut whole = [0; PATH_BYTES];
    // Not to the end: a zero byte stays behind it.
    whole.get_mut(..PATH_BYTES - 1)?.get_mut(..path.len())?.copy_from_slice(path);
    path.starts_with(b"/").then_some(whole)
}

/// The path of the table with a zero byte behind it, by the value of the variable that names the library. None when the tool's is not among
/// those that are to be preloaded.
#[cfg(any(target_os = "linux", test))]
pub(super) fn beside_library(preloaded: &[u8]) -> Option<[u8; PATH_BYTES]> {
    // As the loader takes the value apart.
    let mut paths = preloaded.split(|byte| matches!(byte, b':' | b' '));
    let folder = paths.find_map(|path| {
        let folder = path.strip_suffix(LIBRARY_FILE.as_bytes())?;
        (folder.starts_with(b"/") && folder.ends_with(b"/")).then_some(folder)
    })?;
    let mut whole = [0; PATH_BYTES];
    whole.get_mut(..folder.len())?.copy_from_slice(folder);
    // Not to the end: a zero byte stays behind it.
    whole
        .get_mut(folder.len()..PATH_BYTES - 1)?
        .get_mut(..TABLE_FILE.len())?
        .copy_from_slice(TABLE_FILE.as_bytes());
    Some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(preloaded: &str) -> Option<String> {
        let path = beside_library(preloaded.as_bytes())?;
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
    fn a_path_of_its_own_is_taken_whole_or_not_at_all() {
        assert!(whole_path(b"/tmp/table").unwrap().starts_with(b"/tmp/table\0"));
        assert_eq!((whole_path(b"tmp/table"), whole_path(b"")), (None, None));
        let longest = |length: usize| whole_path(format!("/{}", "a".repeat(length - 1)).as_bytes());
        assert_eq!(longest(PATH_BYTES - 1).unwrap()[PATH_BYTES - 1], 0);
        assert_eq!(longest(PATH_BYTES), None);
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
        let most = PATH_BYTES - 2 - TABLE_FILE.len() - 1;
        assert_eq!(path(&long(most)).unwrap().len(), PATH_BYTES - 1);
        assert_eq!(path(&long(most + 1)), None);
        assert_eq!(path(&long(2_000)), None);
    }
}
