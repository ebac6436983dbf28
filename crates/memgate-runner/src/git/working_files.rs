//! The files of the working tree in a folder of their own.
//!
//! What is measured of a commit lies in a checkout, and what is measured of the working tree has to lie beside it: a program may
//! have allocated the path of the folder that it was compiled in, and a longer one would be a regression of nobody's doing.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::checkout::{NotWritten, file};
use super::{GitError, Repository};

/// What git does not track is copied up to this size; what is larger is data that is read, and is found through a link.
const LARGEST_UNTRACKED_BYTES: u64 = 1 << 24;

/// What says that a folder can be made again, as cargo's target folder: <https://bford.info/cachedir/>.
const CACHE_MARK: &str = "CACHEDIR.TAG";

/// Writes the files of the working tree, as they are, below a folder, which must not be there yet: tracked files, and what git
/// does not know. A folder that git ignores is a link to where it is, unless it is a cache, as `built` is: cargo's target folder, which it
/// marks as one only where it has made it itself. A relative link that leaves the working tree leads where it led. Repositories within
/// this one are written in the same way.
///
/// Gives what could not be written.
///
/// # Errors
/// When a folder or a file can't be read or written.
pub(crate) fn write_working_files(
    repository: &Repository,
    folder: &Path,
    built: &Path,
) -> Result<Vec<NotWritten>, GitError> {
    let git = &repository.inner;
    let root = git.workdir().ok_or(GitError::Bare)?;
    fs::create_dir_all(folder).map_err(file("create", folder))?;
    let canonical = |path: &Path| dunce::canonicalize(path).map_err(file("read", path));
    // The place may lie in the working tree, with cargo's home.
    let place = canonical(folder.parent().unwrap_or(folder))?;
    let built = dunce::canonicalize(built).unwrap_or_else(|_| built.to_owned());
    let mut writer = Writer { root: canonical(root)?, place, built, not_written: Vec::new() };
    writer.write_repository(git, Path::new(""), folder)?;
    Ok(writer.not_written)
}

struct Writer {
    /// The working tree, without links.
    root: PathBuf,
    /// Where nothing is copied from.
    place: PathBuf,
    /// A cache, whatever it has in it.
    built: PathBuf,
    not_written: Vec<NotWritten>,
}

/// A repository and what it tracks, and where it lies in the working tree.
struct Inner<'a> {
    git: &'a git2::Repository,
    index: git2::Index,
    below: &'a Path,
}

impl Inner<'_> {
    fn is_tracked(&self, path: &Path, is_folder: bool) -> bool {
        let Ok(path) = path.strip_prefix(self.below) else { return false };
        if is_folder {
            // With its end, or a file that begins with the same letters would do.
            return self.index.find_prefix(path.join("")).is_ok();
        }
        self.index.get_path(path, 0).is_some()
    }

    fn is_ignored(&self, path: &Path) -> bool {
        let path = path.strip_prefix(self.below).unwrap_or(path);
        self.git.is_path_ignored(path).unwrap_or(false)
    }
}

impl Writer {
    fn write_repository(
        &mut self,
        git: &git2::Repository,
        below: &Path,
        into: &Path,
    ) -> Result<(), GitError> {
        let index = git.index().map_err(GitError::git("read the index"))?;
        self.write_folder(&Inner { git, index, below }, below, into)
    }

    /// Writes what is in a folder, named from the root, into one that is there.
    fn write_folder(&mut self, inner: &Inner<'_>, folder: &Path, into: &Path) -> Result<(), GitError> {
        let from = self.root.join(folder);
        for entry in fs::read_dir(&from).map_err(file("read", &from))? {
            let entry = entry.map_err(file("read", &from))?;
            let (name, kind) = (entry.file_name(), entry.file_type().map_err(file("read", &from))?);
            let (path, source, into) = (folder.join(&name), entry.path(), into.join(&name));
            if name == ".git" || source == self.place {
                continue;
            }
            if kind.is_symlink() {
                let target = fs::read_link(&source).map_err(file("read", &source))?;
                self.link(&self.seen_from_elsewhere(&source, target), &into)?;
            } else if kind.is_dir() {
                self.write_inner_folder(inner, &path, &source, &into)?;
            } else if kind.is_file() {
                let length = entry.metadata().map_err(file("read", &source))?.len();
                if length > LARGEST_UNTRACKED_BYTES && !inner.is_tracked(&path, false) {
                    self.link(&source, &into)?;
                } else {
                    self.copy(&source, &into)?;
                }
            }
        }
        Ok(())
    }

    fn write_inner_folder(
        &mut self,
        inner: &Inner<'_>,
        path: &Path,
        source: &Path,
        into: &Path,
    ) -> Result<(), GitError> {
        if !inner.is_tracked(path, true) {
            if source == self.built || source.join(CACHE_MARK).exists() {
                return Ok(());
            }
            // Links do not lead from one side's files to another's.
            if inner.is_ignored(path) && !self.place.starts_with(source) {
                return self.link(source, into);
            }
        }
        fs::create_dir(into).map_err(file("create", into))?;
        match git2::Repository::open(source).ok().filter(|_| source.join(".git").exists()) {
            Some(git) => self.write_repository(&git, path, into),
            None => self.write_folder(inner, path, into),
        }
    }

    /// Where a link leads, as it has to be said from another place.
    fn seen_from_elsewhere(&self, link: &Path, target: PathBuf) -> PathBuf {
        match dunce::canonicalize(link) {
            Ok(end) if target.is_relative() && !end.starts_with(&self.root) => end,
            _ => target,
        }
    }

    fn copy(&mut self, source: &Path, into: &Path) -> Result<(), GitError> {
        match fs::copy(source, into) {
            Ok(_) => {}
            // Somebody else's, and nothing that could have been compiled.
            Err(error) if error.kind() == ErrorKind::PermissionDenied => return self.link(source, into),
            // An editor's, for example.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(file("copy", source)(error)),
        }
        make_writable(into).map_err(file("write", into))
    }

    #[cfg(unix)]
    #[expect(clippy::unused_self, reason = "where there are no links, what is left out is remembered")]
    fn link(&mut self, target: &Path, into: &Path) -> Result<(), GitError> {
        std::os::unix::fs::symlink(target, into).map_err(file("write", into))
    }

    #[cfg(not(unix))]
    fn link(&mut self, target: &Path, _: &Path) -> Result<(), GitError> {
        let path = target.strip_prefix(&self.root).unwrap_or(target);
        let path = path.to_string_lossy().escape_debug().to_string();
        self.not_written.push(NotWritten { path, why: "links are not written on this platform".to_owned() });
        Ok(())
    }
}

/// Lets the owner write, without which the file could not be made new.
#[cfg(unix)]
fn make_writable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    let permissions = fs::metadata(path)?.permissions();
    fs::set_permissions(path, fs::Permissions::from_mode(permissions.mode() | 0o600))
}

#[cfg(not(unix))]
fn make_writable(path: &Path) -> std::io::Result<()> {
    let mut permissions = fs::metadata(path)?.permissions();
    #[expect(clippy::permissions_set_readonly_false, reason = "it is about the platforms without modes")]
    permissions.set_readonly(false);
    fs::set_permissions(path, permissions)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;
    use crate::git::freshen;

    #[test]
    fn the_working_tree_is_written_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let above = folder.path().canonicalize().unwrap();
        let write = |path: &str, text: &str| {
            let path = above.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let git = git2::Repository::init(above.join("tree")).unwrap();
        write("tree/.gitignore", "/ignored\n/target\n/kept\n*.log\n");
        write("tree/src/lib.rs", "changed");
        write("tree/kept/tracked", "tracked");
        let mut index = git.index().unwrap();
        index.add_path(Path::new("src/lib.rs")).unwrap();
        index.add_path(Path::new("kept/tracked")).unwrap();
        index.write().unwrap();
        write("tree/new", "not known to git");
        write("tree/small.log", "ignored");
        write("tree/ignored/data", "data");
        write("tree/kept/other", "other");
        write("tree/target/CACHEDIR.TAG", "");
        write("tree/target/place/old/file", "");
        write("tree/built/file", "without a mark, and known to nobody");
        write("outside", "outside");
        symlink("../outside", above.join("tree/out")).unwrap();
        symlink("src/lib.rs", above.join("tree/in")).unwrap();
        fs::set_permissions(above.join("tree/new"), fs::Permissions::from_mode(0o555)).unwrap();
        fs::File::create(above.join("tree/large")).unwrap().set_len(LARGEST_UNTRACKED_BYTES + 1).unwrap();
        git2::Repository::init(above.join("tree/inner")).unwrap();
        write("tree/inner/.gitignore", "/theirs\n");
        write("tree/inner/theirs/file", "theirs");
        let repository = Repository::of_workspace(&above.join("tree")).unwrap();

        // Within a cache, and within the tree itself.
        for place in ["tree/target/place", "beside", "tree/place"] {
            let into = above.join(place).join("copy");
            assert_eq!(write_working_files(&repository, &into, &above.join("tree/built")).unwrap(), []);
            freshen(&into).unwrap();
            let mut names: Vec<String> = fs::read_dir(&into)
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            names.sort();
            let expected =
                [".gitignore", "ignored", "in", "inner", "kept", "large", "new", "out", "small.log", "src"];
            assert_eq!(names, expected, "{place}");
            let read = |path: &str| fs::read_to_string(into.join(path)).unwrap();
            assert_eq!((read("src/lib.rs"), read("in")), ("changed".to_owned(), "changed".to_owned()));
            assert_eq!((read("out"), read("ignored/data")), ("outside".to_owned(), "data".to_owned()));
            assert_eq!((read("kept/tracked"), read("kept/other")), ("tracked".into(), "other".into()));
            assert_eq!(read("inner/theirs/file"), "theirs");
            let link = |path: &str| fs::read_link(into.join(path)).ok();
            assert_eq!(link("ignored"), Some(above.join("tree/ignored")));
            assert_eq!(link("inner/theirs"), Some(above.join("tree/inner/theirs")));
            assert_eq!(link("large"), Some(above.join("tree/large")));
            assert_eq!(link("in"), Some("src/lib.rs".into()));
            assert_eq!((link("small.log"), link("kept")), (None, None));
            let mode = fs::metadata(into.join("new")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o755);
        }
    }
}
