//! Where a path ends, through links; what is missing may come to be there.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{Error, ErrorKind};
use std::path::{Component, Path, PathBuf};

/// As many links as Linux follows.
const MOST_LINKS: usize = 40;

/// The path without links. Unlike [`Path::canonicalize`], it may end at what does not exist, also behind a link, and stops at a
/// process's open files, which only look like links.
///
/// # Errors
/// When links lead in a circle, or there is no current folder.
pub(crate) fn resolved(path: &Path) -> std::io::Result<PathBuf> {
    let absolute = std::path::absolute(path)?;
    let mut rest: VecDeque<OsString> = parts(&absolute);
    let mut reached = PathBuf::new();
    let mut links = 0;
    while let Some(part) = rest.pop_front() {
        if part == ".." {
            reached.pop();
            continue;
        }
        reached.push(&part);
        // A drive of Windows without its root is the folder that one is in there, which may be a link; all else begins at a root.
        if reached.file_name().is_none() || is_open_file(&reached) {
            continue;
        }
        let Ok(target) = std::fs::read_link(&reached) else { continue };
        links += 1;
        if links > MOST_LINKS {
            return Err(Error::new(ErrorKind::InvalidInput, "its symbolic links lead in a circle"));
        }
        reached.pop();
        // An absolute part replaces what is there when it is pushed.
        for part in parts(&target).into_iter().rev() {
            rest.push_front(part);
        }
    }
    Ok(reached)
}

/// Whether a path is that of a file that some process has open: a link with a text of its own, which need not be a path.
fn is_open_file(path: &Path) -> bool {
    let Some(folder) = path.parent() else { return false };
    folder == Path::new("/dev/fd") && !folder.is_symlink()
        || folder.starts_with("/proc") && folder.file_name().is_some_and(|name| name == "fd")
}

fn parts(path: &Path) -> VecDeque<OsString> {
    path.components()
        .filter(|component| *component != Component::CurDir)
        .map(|component| component.as_os_str().to_owned())
        .collect()
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_path_is_followed_to_its_end_even_where_nothing_is() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        symlink("b", root.join("a")).unwrap();
        symlink(root.join("absent/deep"), root.join("b")).unwrap();
        assert_eq!(resolved(&root.join("./a/x/../file")).unwrap(), root.join("absent/deep/file"));
        symlink("circle", root.join("circle")).unwrap();
        assert!(resolved(&root.join("circle")).unwrap_err().to_string().contains("circle"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn an_open_file_is_no_link() {
        let pid = std::process::id();
        assert_eq!(resolved(Path::new("/dev/stdout")).unwrap(), Path::new(&format!("/proc/{pid}/fd/1")));
    }
}
