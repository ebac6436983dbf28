//! Folders of files that another run wrote, such as one folder for each artifact that was downloaded.

use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};

/// Folders are not entered deeper than this, below the one that is given.
const MAXIMUM_DEPTH: usize = 8;

/// More entries than this are not looked at.
const MAXIMUM_ENTRIES: usize = 10_000;

/// The regular files that end in `.json` below a folder, by their paths. Links are not followed.
///
/// # Errors
/// When a folder can't be read, or there are so many entries, or so deep, that nothing that memgate's workflows download
/// looks like it.
pub(crate) fn json_files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let (mut files, mut entries) = (Vec::new(), 0);
    let mut waiting = vec![(folder.to_path_buf(), 0)];
    while let Some((folder, depth)) = waiting.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            entries += 1;
            if entries > MAXIMUM_ENTRIES {
                return Err(Error::new(
                    ErrorKind::InvalidData,
                    format!("it has more than {MAXIMUM_ENTRIES} entries"),
                ));
            }
            // Of what is there itself, not of what a link leads to.
            let kind = entry.file_type()?;
            let path = entry.path();
            if kind.is_dir() && depth == MAXIMUM_DEPTH {
                return Err(Error::new(
                    ErrorKind::InvalidData,
                    format!("it is more than {MAXIMUM_DEPTH} folders deep"),
                ));
            } else if kind.is_dir() {
                waiting.push((path, depth + 1));
            } else if kind.is_file() && path.extension().is_some_and(|extension| extension == "json") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_in_the_folders_of_their_artifacts() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, "").unwrap();
            path
        };
        assert!(json_files_below(folder.path()).unwrap().is_empty());
        let found = [write("a/x.json"), write("b/c/x.json"), write("x.json")];
        write("a/x.txt");
        write("a/json");
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&found[0], folder.path().join("link.json")).unwrap();
            // Into a circle.
            std::os::unix::fs::symlink(folder.path(), folder.path().join("a/circle")).unwrap();
        }
        assert_eq!(json_files_below(folder.path()).unwrap(), found);
        assert!(json_files_below(&folder.path().join("none")).is_err());
        write("1/2/3/4/5/6/7/8/9/x.json");
        assert!(json_files_below(folder.path()).unwrap_err().to_string().contains("folders deep"));
    }
}
