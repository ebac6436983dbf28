//! The place for checkouts, and what is built of them.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use super::RevisionsError;
use crate::cargo::Toolchain;
use crate::git::{GitError, NotWritten, Oid, Repository, freshen, write_files, write_working_files};
use crate::process::{Interrupt, Removal, lock_when_free, remove_under_lock, try_lock_at};

/// A place for checkouts, which one process has to itself.
#[derive(Debug)]
pub(crate) struct Room {
    checkouts: PathBuf,
    build: PathBuf,
    /// Of what a killed process leaves.
    _removal: Removal,
    /// Held until the end of the process, however it ends.
    _lock: File,
}

/// The files of a revision. Removed when it is dropped, and when the process is killed.
#[derive(Debug)]
pub(crate) struct Checkout {
    folder: PathBuf,
    not_written: Vec<NotWritten>,
}

/// How long the name of every checkout is, which is how long a commit's is. Paths are allocated, too: with a folder that is longer
/// on one side, the program that has not changed would have.
const NAME_LENGTH: usize = 40;

impl Room {
    /// Takes the place, once no other process has it; none when the user pressed Ctrl-C while waiting.
    ///
    /// `target_folder` is memgate's own in the user's target folder. What is built of checkouts lies in a folder of its own
    /// there: cargo takes their packages for those of the working tree, and would take an executable of the one for one of
    /// the other.
    ///
    /// # Errors
    /// When there is no place where a checkout sees the same settings of cargo as the working tree, or it can't be written.
    pub(crate) fn open(
        target_folder: &Path,
        working_tree: &Path,
        interrupt: &Interrupt,
        say: impl Fn(&str),
    ) -> Result<Option<Self>, RevisionsError> {
        let room = target_folder.join("revisions");
        fs::create_dir_all(&room).map_err(RevisionsError::file("create", &room))?;
        let path = room.join("lock");
        let say_waiting = || say("   Waiting for another process that measures revisions");
        let locked = lock_when_free(|| try_lock_at(&path), interrupt, say_waiting);
        let Some(Some(lock)) = locked.map_err(RevisionsError::file("open", &path))? else { return Ok(None) };
        let checkouts = checkouts_folder(target_folder, working_tree)?;
        remove(&checkouts)?;
        // Their names are the same each time, without which cargo would compile everything again.
        let removal = remove_under_lock(&checkouts, &lock);
        Ok(Some(Self { checkouts, build: room.join("build"), _removal: removal, _lock: lock }))
    }

    /// Where measurements may be kept.
    #[must_use]
    pub(crate) fn memo_folder(&self) -> &Path {
        self.build.parent().unwrap_or(&self.build)
    }

    /// The user's target folder, which memgate's own lies in.
    fn users_target_folder(&self) -> &Path {
        self.memo_folder().ancestors().nth(2).unwrap_or(&self.build)
    }

    /// The target folder of everything that is built of checkouts; with a toolchain that was asked for, its own: cargo tells two
    /// compilers by what they call themselves, and one's own builds of the compiler may all do so alike. All such are equally long.
    #[must_use]
    pub(crate) fn build_folder(&self, toolchain: Option<&Toolchain>) -> PathBuf {
        let Some(toolchain) = toolchain else { return self.build.clone() };
        let mut hasher = DefaultHasher::new();
        toolchain.programs().hash(&mut hasher);
        self.build.with_file_name(format!("build-{:016x}", hasher.finish()))
    }

    /// A folder of the place, which is not made here.
    #[must_use]
    pub(crate) fn folder(&self, name: &str) -> Checkout {
        Checkout { folder: self.checkouts.join(name), not_written: Vec::new() }
    }

    /// Writes the files of a commit. `side` keeps two checkouts of one commit apart; all are equally long.
    ///
    /// # Errors
    /// When the commit can't be read, or the files can't be written.
    pub(crate) fn check_out(
        &self,
        repository: &Repository,
        commit: Oid,
        side: &str,
    ) -> Result<Checkout, GitError> {
        let mut checkout = self.folder(&format!("{side}/{commit}"));
        checkout.not_written = write_files(repository, commit, &checkout.folder)?;
        Ok(checkout)
    }

    /// Writes the files of the working tree as they are, into a folder as long as a commit's.
    ///
    /// Rejected: measuring it where it is, and a commit in a folder that is made as long. There may be no place as short.
    ///
    /// # Errors
    /// When the files can't be read or written.
    pub(crate) fn copy_working_tree(
        &self,
        repository: &Repository,
        side: &str,
    ) -> Result<Checkout, GitError> {
        let mut checkout = self.folder(&format!("{side}/{:-<NAME_LENGTH$}", "working-tree"));
        checkout.not_written = write_working_files(repository, &checkout.folder, self.users_target_folder())?;
        Ok(checkout)
    }

    /// A folder of the place for something that is to be compared with what lies in `other`: equally long, as far as its name can
    /// be made longer.
    #[must_use]
    pub(crate) fn folder_as_long_as(&self, side: &str, name: &str, other: &Path) -> Checkout {
        let length = |path: &Path| path.as_os_str().len();
        let above = self.checkouts.join(side).join("");
        let width = length(other).saturating_sub(length(&above));
        self.folder(&format!("{side}/{name:-<width$}"))
    }
}

impl Checkout {
    /// The root of the files.
    #[must_use]
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// What the revision has and the checkout can't.
    #[must_use]
    pub(crate) fn not_written(&self) -> &[NotWritten] {
        &self.not_written
    }

    /// Makes every file newer than all that was built so far, without which cargo would not build it.
    ///
    /// # Errors
    /// When a file can't be touched.
    pub(crate) fn freshen(&self) -> Result<(), GitError> {
        freshen(&self.folder)
    }
}

impl Drop for Checkout {
    fn drop(&mut self) {
        // What stays is removed by the next.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Where checkouts lie: in the target folder, when that is outside of the working tree. Inside of it, cargo would read the
/// working tree's settings above the checkout's own, and rustflags that stand in both would be given twice; then they lie in
/// cargo's home.
fn checkouts_folder(target_folder: &Path, working_tree: &Path) -> Result<PathBuf, RevisionsError> {
    let canonical = |path: &Path| dunce::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let working_tree = canonical(working_tree);
    if !canonical(target_folder).starts_with(&working_tree) {
        return Ok(target_folder.join("checkouts"));
    }
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    // Without a home of any kind, whatever is there for everyone.
    let home = canonical(&home.unwrap_or_else(std::env::temp_dir));
    for folder in working_tree.ancestors().skip(1).map(|folder| folder.join(".cargo")) {
        let settings = ["config.toml", "config"].map(|name| folder.join(name));
        if let Some(path) = settings.into_iter().find(|path| path.is_file() && canonical(&folder) != home) {
            return Err(RevisionsError::SettingsAbove { path });
        }
    }
    let mut hasher = DefaultHasher::new();
    working_tree.hash(&mut hasher);
    Ok(home.join("memgate").join(format!("{:016x}", hasher.finish())).join("checkouts"))
}

fn remove(folder: &Path) -> Result<(), RevisionsError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(RevisionsError::file("remove", folder)(error))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compared_lies_in_folders_of_one_length() {
        let folder = tempfile::tempdir().unwrap();
        let git = git2::Repository::init(folder.path().join("tree")).unwrap();
        fs::write(folder.path().join("tree/file"), "text").unwrap();
        let tree = git.find_tree(git.treebuilder(None).unwrap().write().unwrap()).unwrap();
        let commit = crate::git::tests_support::commit(&git, tree.id(), &[]);
        let repository = Repository::of_workspace(&folder.path().join("tree")).unwrap();
        let lock = File::create(folder.path().join("lock")).unwrap();
        let checkouts = folder.path().join("checkouts");
        let room = Room {
            _removal: remove_under_lock(&checkouts, &lock),
            checkouts,
            build: folder.path().join("build"),
            _lock: lock,
        };
        let base = room.check_out(&repository, commit, "base").unwrap();
        let head = room.copy_working_tree(&repository, "head").unwrap();
        let length = |checkout: &Checkout| checkout.folder().as_os_str().len();
        assert_eq!(length(&base), length(&head));
        assert_eq!(fs::read(head.folder().join("file")).unwrap(), b"text");
        let other = head.folder().join("crates/p");
        let release = room.folder_as_long_as("base", "p-1.2.3", &other);
        assert_eq!(length(&release), other.as_os_str().len());
        let short = room.folder_as_long_as("base", "p-1.2.3", Path::new("/p"));
        assert!(short.folder().ends_with("base/p-1.2.3"));
    }

    #[test]
    fn checkouts_do_not_lie_in_the_working_tree() {
        let folder = tempfile::tempdir().unwrap();
        let tree = folder.path().join("tree");
        fs::create_dir_all(tree.join("target")).unwrap();
        let outside = folder.path().join("target");
        assert_eq!(checkouts_folder(&outside, &tree).unwrap(), outside.join("checkouts"));
        let inside = checkouts_folder(&tree.join("target"), &tree).unwrap();
        assert!(!inside.starts_with(&tree), "{}", inside.display());
        // What is above the tree is not above cargo's home.
        fs::create_dir(folder.path().join(".cargo")).unwrap();
        fs::write(folder.path().join(".cargo/config.toml"), "").unwrap();
        let error = checkouts_folder(&tree.join("target"), &tree).unwrap_err();
        assert!(matches!(error, RevisionsError::SettingsAbove { .. }), "{error}");
        assert!(checkouts_folder(&outside, &tree).is_ok());
    }
}
