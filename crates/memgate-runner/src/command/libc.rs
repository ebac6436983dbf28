//! Which C library programs have here.

use std::path::PathBuf;
use std::sync::OnceLock;

/// Far above what the file of a C library takes.
const MAXIMUM_BYTES: u64 = 1 << 26;
/// How what a C library says of itself begins, before its version.
const BEGINNING: &[u8] = b"stable release version ";

/// The C library that the tool itself has, which is that of every program of this system: `glibc 2.36`. As its file says it; where
/// that can't be read, only whose it is.
pub(crate) fn libc_version() -> String {
    static VERSION: OnceLock<String> = OnceLock::new();
    VERSION.get_or_init(read_version).clone()
}

fn read_version() -> String {
    let version = path().and_then(|path| crate::store::read_limited(&path, MAXIMUM_BYTES).ok());
    let version = version.as_deref().and_then(version_in);
    version.map_or_else(|| "glibc".to_owned(), |version| format!("glibc {version}"))
}

/// The file, as it is mapped into the tool.
fn path() -> Option<PathBuf> {
    let maps = std::fs::read_to_string("/proc/self/maps").ok()?;
    let path = |line: &str| line.split_once('/').map(|(_, path)| format!("/{path}"));
    let is_libc = |path: &String| {
        let name = path.rsplit('/').next().unwrap_or_default();
        name == "libc.so.6" || name.starts_with("libc-2")
    };
    maps.lines().filter_map(path).find(is_libc).map(PathBuf::from)
}

fn version_in(bytes: &[u8]) -> Option<String> {
    let start = bytes.windows(BEGINNING.len()).position(|window| window == BEGINNING)? + BEGINNING.len();
    let is_of_version = |byte: &&u8| byte.is_ascii_digit() || **byte == b'.';
    let version: Vec<u8> = bytes.get(start..)?.iter().take_while(is_of_version).copied().collect();
    let version = String::from_utf8(version).ok()?;
    Some(version.trim_end_matches('.').to_owned()).filter(|version| !version.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_that_of_the_file() {
        let text = b"\0GNU C Library (Debian GLIBC 2.36-9) stable release version 2.36.\nCopyright";
        assert_eq!(version_in(text).as_deref(), Some("2.36"));
        assert_eq!(version_in(b"musl"), None);
        let here = libc_version();
        assert!(here.starts_with("glibc 2."), "{here}");
    }
}
