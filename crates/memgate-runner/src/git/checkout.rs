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

use super::entry_name::{component, leads_away};
use super::{GitError, Repository};

/// How git stores a file that may be executed, and a symbolic link.
#[cfg(unix)]
const EXECUTABLE: i32 = 0o100_755;
#[cfg(unix)]
const LINK: i32 = 0o120_000;

/// Something of a commit that was not written, since it can't be here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NotWritten {
    /// Where it is, from the root of the commit's files; with escapes for what can't be shown.
    pub path: String,
    /// Why it was not written.
    pub why: String,
}

impl std::fmt::Display for NotWritten {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} was left out of the checkout: {}", self.path, self.why)
    }
}

/// Writes the files of a commit below a folder, which must not be there yet. Submodules are taken from the local
/// repositories of the working tree's submodules.
///
/// Gives what this platform or its file system can't have: names that it does not allow, that are too long, or that it takes
/// for another of the same folder; and submodules that the working tree does not have either.
///
/// # Errors
/// When the commit can't be read, a submodule's commit is not in its local repository, a name would lead out of the folder or
/// into git's own, or a file can't be written.
pub(crate) fn write_files(
    repository: &Repository,
    commit: Oid,
    folder: &Path,
) -> Result<Vec<NotWritten>, GitError> {
    let git = &repository.inner;
    let read = GitError::git(format!("read the files of {commit}"));
    let tree = git.find_commit(commit).and_then(|commit| commit.tree()).map_err(read)?;
    let parent = folder.parent().unwrap_or(folder);
    fs::create_dir_all(parent).map_err(file("create", parent))?;
    let working_tree = git.workdir().ok_or(GitError::Bare)?;
    // Never into what is there: a folder that is a link would lead out of here.
    fs::create_dir(folder).map_err(file("create", folder))?;
    let mut writer = Writer { root: folder, not_written: Vec::new() };
    writer.write_tree(git, &tree, working_tree, folder)?;
    Ok(writer.not_written)
}

/// Makes every file of a folder one that has just been written.
///
/// Cargo takes the packages of a workspace for the same wherever the workspace lies, and rebuilds only what is newer than
/// what it built last. Built in one target folder, a file of one revision must be newer than all that was built of another.
///
/// # Errors
/// When a file can't be touched.
pub(crate) fn freshen(folder: &Path) -> Result<(), GitError> {
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

/// Writes what can be written, and remembers what can't.
struct Writer<'a> {
    root: &'a Path,
    not_written: Vec<NotWritten>,
}

impl Writer<'_> {
    /// Writes a tree into a folder that is there. `place` is where the working tree has it, for the submodules in it.
    fn write_tree(
        &mut self,
        git: &git2::Repository,
        tree: &Tree<'_>,
        place: &Path,
        folder: &Path,
    ) -> Result<(), GitError> {
        for entry in tree {
            let read = |error| GitError::git(format!("read {}", folder.display()))(error);
            let bytes = entry.name_bytes();
            let Some(name) = component(bytes) else {
                let name = String::from_utf8_lossy(bytes).into_owned();
                if cfg!(unix) || leads_away(bytes) {
                    return Err(GitError::Name { folder: folder.to_owned(), name });
                }
                self.leave_out(
                    &folder.join(name.replace('\\', "/")),
                    "this platform does not allow the name",
                );
                continue;
            };
            let (path, place) = (folder.join(&name), place.join(&name));
            match entry.kind() {
                Some(ObjectType::Tree) => {
                    let tree = git.find_tree(entry.id()).map_err(read)?;
                    if self.has_written(fs::create_dir(&path), "create", &path)? {
                        self.write_tree(git, &tree, &place, &path)?;
                    }
                }
                Some(ObjectType::Blob) => {
                    let blob = git.find_blob(entry.id()).map_err(read)?;
                    let written = write_file(blob.content(), entry.filemode(), &path);
                    self.has_written(written, "write", &path)?;
                }
                Some(ObjectType::Commit) if self.has_written(fs::create_dir(&path), "create", &path)? => {
                    self.write_submodule(entry.id(), &place, &path)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The commit of a submodule, from the repository that the working tree has of it. Where that has none, the folder stays
    /// empty, as in a clone without submodules.
    fn write_submodule(&mut self, commit: Oid, place: &Path, path: &Path) -> Result<(), GitError> {
        let Ok(git) = git2::Repository::open(place) else {
            self.leave_out(
                path,
                "the working tree does not have this submodule; `git submodule update --init` brings it",
            );
            return Ok(());
        };
        let not_there = || GitError::Submodule { path: place.to_owned(), commit };
        let tree = git.find_commit(commit).and_then(|commit| commit.tree()).map_err(|_| not_there())?;
        self.write_tree(&git, &tree, place, path)
    }

    /// Whether something was written; where this file system can't have it, that is remembered.
    fn has_written(
        &mut self,
        written: std::io::Result<()>,
        action: &'static str,
        path: &Path,
    ) -> Result<bool, GitError> {
        let Err(problem) = written else { return Ok(true) };
        let Some(why) = impossible_here(&problem) else { return Err(file(action, path)(problem)) };
        self.leave_out(path, why);
        Ok(false)
    }

    fn leave_out(&mut self, path: &Path, why: &str) {
        let path = path.strip_prefix(self.root).unwrap_or(path);
        let path = path.to_string_lossy().escape_debug().to_string();
        self.not_written.push(NotWritten { path, why: why.to_owned() });
    }
}

/// Why a file system can't have a name, when that is what it says.
fn impossible_here(problem: &std::io::Error) -> Option<&'static str> {
    match problem.kind() {
        std::io::ErrorKind::InvalidFilename => Some("its name is too long for this file system"),
        // All was empty before, so this is another entry of the commit.
        std::io::ErrorKind::AlreadyExists => {
            Some("this file system takes its name for that of another file of the same folder")
        }
        _ if is_illegal_sequence(problem) => Some("this file system does not allow the bytes of its name"),
        _ => None,
    }
}

/// What file systems say that only have names in Unicode.
#[cfg(unix)]
fn is_illegal_sequence(problem: &std::io::Error) -> bool {
    problem.raw_os_error() == Some(rustix::io::Errno::ILSEQ.raw_os_error())
}

#[cfg(not(unix))]
fn is_illegal_sequence(_: &std::io::Error) -> bool {
    false
}

#[cfg(unix)]
fn write_file(content: &[u8], mode: i32, path: &Path) -> std::io::Result<()> {
    use std::ffi::OsStr;
    use std::io::Write;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::OpenOptionsExt;

    if mode == LINK {
        return std::os::unix::fs::symlink(OsStr::from_bytes(content), path);
    }
    let permissions = if mode == EXECUTABLE { 0o777 } else { 0o666 };
    let created = fs::File::options().write(true).create_new(true).mode(permissions).open(path);
    created.and_then(|mut file| file.write_all(content))
}

/// Links become files with the path in them, as git does where there are no links.
#[cfg(not(unix))]
fn write_file(content: &[u8], _: i32, path: &Path) -> std::io::Result<()> {
    use std::io::Write;

    let created = fs::File::options().write(true).create_new(true).open(path);
    created.and_then(|mut file| file.write_all(content))
}

pub(super) fn file(
    action: &'static str,
    path: impl Into<PathBuf>,
) -> impl FnOnce(std::io::Error) -> GitError {
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

    #[cfg(unix)]
    #[test]
    fn what_git_allows_is_written_and_what_nobody_needs_is_said() {
        use std::os::unix::ffi::OsStrExt;

        let folder = tempfile::tempdir().unwrap();
        let git = git2::Repository::init(folder.path().join("tree")).unwrap();
        let blob = |text: &str| git.blob(text.as_bytes()).unwrap();
        let long = vec![b'n'; 300];
        let names =
            [&b"a\\b"[..], b"new\nline", b"\x1b[31m", b"-rf", b"NUL", b"case", b"Case", b"\xff\xfe", &long];
        let mut tree = git.treebuilder(None).unwrap();
        for name in names {
            tree.insert(name, blob("text"), 0o100_644).unwrap();
        }
        tree.insert("out", blob("/nowhere/at/all"), LINK).unwrap();
        tree.insert("theme", Oid::from_str("1234567890123456789012345678901234567890").unwrap(), 0o160_000)
            .unwrap();
        let commit = commit(&git, tree.write().unwrap(), &[]);
        let repository = Repository::of_workspace(&folder.path().join("tree")).unwrap();
        let out = folder.path().join("out");
        let left_out: Vec<String> =
            write_files(&repository, commit, &out).unwrap().iter().map(ToString::to_string).collect();
        assert!(
            left_out[left_out.len() - 1].starts_with("theme was left out of the checkout: the working tree")
        );
        assert!(
            left_out
                .iter()
                .any(|line| line.starts_with("nnn") && line.ends_with("too long for this file system"))
        );
        assert!(out.join("theme").is_dir() && out.join("out").is_symlink());
        for name in &names[..5] {
            assert_eq!(fs::read(out.join(std::ffi::OsStr::from_bytes(name))).unwrap(), b"text", "{name:?}");
        }
        if cfg!(target_os = "linux") {
            assert_eq!(left_out.len(), 2, "{left_out:?}");
            assert!(out.join(std::ffi::OsStr::from_bytes(b"\xff\xfe")).is_file());
        }
        freshen(&out).unwrap();
    }

    #[test]
    fn names_that_lead_away_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let git = git2::Repository::init(folder.path().join("tree")).unwrap();
        // Written by hand, since no tool of git's would.
        let mut bytes = b"100644 .git \0".to_vec();
        bytes.extend(git.blob(b"text").unwrap().as_bytes());
        let tree = git.odb().unwrap().write(ObjectType::Tree, &bytes).unwrap();
        let commit = commit(&git, tree, &[]);
        let repository = Repository::of_workspace(&folder.path().join("tree")).unwrap();
        let error = write_files(&repository, commit, &folder.path().join("out")).unwrap_err();
        assert!(matches!(error, GitError::Name { .. }), "{error}");
    }
}
