//! The files of a commit in a folder of their own.
//!
//! Written blob by blob from the object database, and not through git's own checkout: that looks at the index, at the
//! working tree's attributes and at the configuration, and may write the index. This reads objects and writes files below one
//! folder, and there is nothing in the repository that it could change, however it ends. The price is that files are as git
//! stores them: no conversion of line ends, no filters, and pointers stay pointers where files are kept elsewhere (LFS).

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use git2::{ObjectType, Oid, Tree};

use super::{GitError, Repository};

/// How git stores a file that may be executed, and a symbolic link.
const EXECUTABLE: i32 = 0o100_755;
const LINK: i32 = 0o120_000;

/// Writes the files of a commit below a folder, which must not be there yet. Submodules are taken from the local
/// repositories of the working tree's submodules.
///
/// # Errors
/// When the commit can't be read, a submodule's commit is not in a local repository, or a file can't be written.
pub fn write_files(repository: &Repository, commit: Oid, folder: &Path) -> Result<(), GitError> {
    let git = &repository.inner;
    let read = GitError::git(format!("read the files of {commit}"));
    let tree = git.find_commit(commit).and_then(|commit| commit.tree()).map_err(read)?;
    let parent = folder.parent().unwrap_or(folder);
    fs::create_dir_all(parent).map_err(file("create", parent))?;
    let working_tree = git.workdir().ok_or(GitError::Bare)?;
    write_tree(git, &tree, working_tree, folder)
}

/// Makes every file of a folder one that has just been written.
///
/// Cargo takes the packages of a workspace for the same wherever the workspace lies, and rebuilds only what is newer than
/// what it built last. Built in one target folder, a file of one revision must be newer than all that was built of another.
///
/// # Errors
/// When a file can't be touched.
pub fn freshen(folder: &Path) -> Result<(), GitError> {
    let now = SystemTime::now();
    for entry in fs::read_dir(folder).map_err(file("read", folder))? {
        let entry = entry.map_err(file("read", folder))?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(file("read", folder))?);
        if kind.is_dir() {
            freshen(&path)?;
        } else if kind.is_file() {
            let touched =
                fs::File::options().append(true).open(&path).and_then(|file| file.set_modified(now));
            touched.map_err(file("touch", &path))?;
        }
    }
    Ok(())
}

/// Writes a tree. `place` is where the working tree has it, for the submodules in it.
fn write_tree(git: &git2::Repository, tree: &Tree<'_>, place: &Path, folder: &Path) -> Result<(), GitError> {
    // Never into what is there: a folder that is a link would lead out of here.
    fs::create_dir(folder).map_err(file("create", folder))?;
    for entry in tree {
        let read = |error| GitError::git(format!("read {}", folder.display()))(error);
        let name = entry.name().ok().filter(|name| is_plain(name)).ok_or_else(|| GitError::Name {
            folder: folder.to_owned(),
            name: String::from_utf8_lossy(entry.name_bytes()).into_owned(),
        })?;
        let path = folder.join(name);
        let place = place.join(name);
        match entry.kind() {
            Some(ObjectType::Tree) => {
                let tree = git.find_tree(entry.id()).map_err(read)?;
                write_tree(git, &tree, &place, &path)?;
            }
            Some(ObjectType::Blob) => {
                let blob = git.find_blob(entry.id()).map_err(read)?;
                write_file(blob.content(), entry.filemode(), &path)?;
            }
            Some(ObjectType::Commit) => write_submodule(entry.id(), &place, &path)?,
            _ => {}
        }
    }
    Ok(())
}

/// The commit of a submodule, from the repository that the working tree has of it.
fn write_submodule(commit: Oid, place: &Path, path: &Path) -> Result<(), GitError> {
    let not_there = || GitError::Submodule { path: place.to_owned(), commit };
    let git = git2::Repository::open(place).map_err(|_| not_there())?;
    let tree = git.find_commit(commit).and_then(|commit| commit.tree()).map_err(|_| not_there())?;
    write_tree(&git, &tree, place, path)
}

#[cfg(unix)]
fn write_file(content: &[u8], mode: i32, path: &Path) -> Result<(), GitError> {
    use std::ffi::OsStr;
    use std::io::Write;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::OpenOptionsExt;

    if mode == LINK {
        return std::os::unix::fs::symlink(OsStr::from_bytes(content), path).map_err(file("write", path));
    }
    let permissions = if mode == EXECUTABLE { 0o777 } else { 0o666 };
    let created = fs::File::options().write(true).create_new(true).mode(permissions).open(path);
    created.and_then(|mut file| file.write_all(content)).map_err(file("write", path))
}

/// Links become files with the path in them, as git does where there are no links.
#[cfg(not(unix))]
fn write_file(content: &[u8], _: i32, path: &Path) -> Result<(), GitError> {
    fs::write(path, content).map_err(file("write", path))
}

/// A name that leads to nothing but an entry of its own folder.
fn is_plain(name: &str) -> bool {
    !matches!(name, "" | "." | "..")
        && !name.eq_ignore_ascii_case(".git")
        && !name.contains(['/', '\\', '\0'])
}

fn file(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> GitError {
    let path = path.into();
    move |problem| GitError::File { action, path, problem }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::tests_support::commit;

    #[cfg(unix)]
    #[test]
    fn files_are_written_as_git_has_them() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let git = git2::Repository::init(folder.path().join("tree")).unwrap();
        let blob = |text: &str| git.blob(text.as_bytes()).unwrap();
        let mut inner = git.treebuilder(None).unwrap();
        inner.insert("run", blob("#!\r\n"), EXECUTABLE).unwrap();
        inner.insert("link", blob("../plain"), LINK).unwrap();
        let inner = inner.write().unwrap();
        let mut tree = git.treebuilder(None).unwrap();
        tree.insert("plain", blob("text"), 0o100_644).unwrap();
        tree.insert("inner", inner, 0o040_000).unwrap();
        let commit = commit(&git, tree.write().unwrap(), &[]);
        let repository = Repository::of_workspace(&folder.path().join("tree")).unwrap();
        let out = folder.path().join("a/b");
        write_files(&repository, commit, &out).unwrap();
        assert_eq!(fs::read_to_string(out.join("inner/link")).unwrap(), "text");
        assert_eq!(fs::read(out.join("inner/run")).unwrap(), b"#!\r\n");
        let mode = |path: &str| fs::metadata(out.join(path)).unwrap().permissions().mode() & 0o100;
        assert_eq!((mode("inner/run"), mode("plain")), (0o100, 0));
        let again = write_files(&repository, commit, &out).unwrap_err();
        assert!(matches!(again, GitError::File { .. }), "{again}");
    }

    #[test]
    fn names_stay_in_their_folder() {
        for name in ["", ".", "..", ".git", ".GIT", "a/b", "a\\b", "a\0b"] {
            assert!(!is_plain(name), "{name:?}");
        }
        assert!(is_plain("..a") && is_plain(".gitignore") && is_plain("ü b"));
    }
}
