//! Which names in a commit may be written as files.

use std::path::PathBuf;

/// The name of an entry of a tree as a path of one component; none when it [leads away](leads_away), or this
/// platform does not allow it.
///
/// Whatever the platform, names are refused that some platform takes for `.git`, as git itself does: what is checked out here
/// may be copied there.
pub(super) fn component(name: &[u8]) -> Option<PathBuf> {
    if leads_away(name) { None } else { platform_component(name) }
}

/// Whether a name would lead out of its folder, or into git's own.
pub(super) fn leads_away(name: &[u8]) -> bool {
    let is_plain = !matches!(name, b"" | b"." | b"..") && !name.contains(&b'/') && !name.contains(&0);
    !is_plain || is_like_git_folder(name)
}

#[cfg(unix)]
fn platform_component(name: &[u8]) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt;

    Some(PathBuf::from(std::ffi::OsStr::from_bytes(name)))
}

/// A backslash would lead into another folder, and a colon to another drive or stream.
#[cfg(not(unix))]
fn platform_component(name: &[u8]) -> Option<PathBuf> {
    let name = std::str::from_utf8(name).ok()?;
    let is_device = |name: &str| {
        let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
        let numbered = |prefix: &str| {
            stem.strip_prefix(prefix)
                .is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|b| b.is_ascii_digit()))
        };
        matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL") || numbered("COM") || numbered("LPT")
    };
    let is_possible = !name
        .contains(|character: char| character.is_control() || r#"<>:"|?*\"#.contains(character))
        && !name.ends_with(['.', ' '])
        && !is_device(name);
    is_possible.then(|| PathBuf::from(name))
}

/// Whether some file system takes a name for `.git`: regardless of case, of characters that HFS+ ignores, of what NTFS drops
/// at the end (spaces, periods, the name of a stream), as its short name, or behind a separator of Windows.
fn is_like_git_folder(name: &[u8]) -> bool {
    let text = String::from_utf8_lossy(name);
    let seen: String = text.chars().filter(|character| !is_ignored_by_hfs(*character)).collect();
    seen.split('\\').any(|part| {
        let part = part.split(':').next().unwrap_or_default().trim_end_matches([' ', '.']);
        part.eq_ignore_ascii_case(".git") || part.eq_ignore_ascii_case("git~1")
    })
}

fn is_ignored_by_hfs(character: char) -> bool {
    matches!(character, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_in_their_folder_and_out_of_git() {
        let refused = [
            "",
            ".",
            "..",
            "a/b",
            "a\0b",
            ".git",
            ".GIT",
            ".git.",
            ".git ",
            ".Git . .",
            "git~1",
            "GIT~1",
            ".git::$DATA",
            ".git:stream",
            ".g\u{200c}it",
            "\u{feff}.git",
            "a\\.git",
            ".git\\config",
        ];
        for name in refused {
            assert_eq!(component(name.as_bytes()), None, "{name:?}");
        }
        for name in ["..a", "...", ".gitignore", ".github", "git", "git~2", "ü b", "-rf", "a.git"] {
            let expected = if cfg!(unix) || name != "..." { Some(PathBuf::from(name)) } else { None };
            assert_eq!(component(name.as_bytes()), expected, "{name:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn whatever_else_git_allows_is_a_name() {
        for name in
            [&b"a\\b"[..], b"line\nend", b"\x1b[31m", b"\xff\xfe", b"NUL", b"con.txt", b"a:b", b"end. "]
        {
            assert!(component(name).is_some(), "{name:?}");
        }
    }
}
