//! The same toolchain for two revisions.

use std::fs;
use std::path::Path;

use super::RevisionsError;

/// The files in which rustup looks for a folder's toolchain.
const TOOLCHAIN_FILES: [&str; 2] = ["rust-toolchain.toml", "rust-toolchain"];

/// Gives a checkout the toolchain files of another tree, in every folder from the root down to the workspace, and takes away
/// those that the other has not. A toolchain that the environment names (`RUSTUP_TOOLCHAIN`) is above both anyway.
///
/// # Errors
/// When a file can't be read or written.
pub(crate) fn take_toolchain(from: &Path, into: &Path, workspace: &Path) -> Result<(), RevisionsError> {
    for folder in workspace.ancestors() {
        for name in TOOLCHAIN_FILES {
            let (theirs, ours) = (from.join(folder).join(name), into.join(folder).join(name));
            if theirs.is_file() {
                let parent = into.join(folder);
                fs::create_dir_all(&parent).map_err(RevisionsError::file("create", parent))?;
                // Through a link, the copy would be written to where that leads.
                if ours.is_symlink() {
                    fs::remove_file(&ours).map_err(RevisionsError::file("remove", &ours))?;
                }
                fs::copy(&theirs, &ours).map_err(RevisionsError::file("write", ours))?;
            } else if ours.is_file() {
                fs::remove_file(&ours).map_err(RevisionsError::file("remove", ours))?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_toolchain_of_the_other_is_taken_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let (head, base) = (folder.path().join("head"), folder.path().join("base"));
        fs::create_dir_all(head.join("rust")).unwrap();
        fs::create_dir_all(base.join("rust")).unwrap();
        fs::write(head.join("rust-toolchain.toml"), "new").unwrap();
        fs::write(base.join("rust-toolchain.toml"), "old").unwrap();
        fs::write(base.join("rust/rust-toolchain"), "older").unwrap();
        #[cfg(unix)]
        {
            let users = folder.path().join("users.toml");
            fs::rename(base.join("rust-toolchain.toml"), &users).unwrap();
            std::os::unix::fs::symlink(&users, base.join("rust-toolchain.toml")).unwrap();
        }
        take_toolchain(&head, &base, Path::new("rust")).unwrap();
        assert_eq!(fs::read_to_string(base.join("rust-toolchain.toml")).unwrap(), "new");
        assert!(!base.join("rust/rust-toolchain").exists());
        #[cfg(unix)]
        assert_eq!(fs::read_to_string(folder.path().join("users.toml")).unwrap(), "old");
    }
}
