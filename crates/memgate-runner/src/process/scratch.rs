//! A folder for the files of one run of the tool, gone with it, however it ends.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::lock::{Lock, try_lock_folder};
use super::supervisor::remove_at_the_end;

/// A folder that nobody else uses, removed when this is dropped.
///
/// When the tool is killed, the supervisor removes it, and if that was killed as well, the next run: the folder's lock goes
/// with the process that holds it, so that one whose lock can be had is nobody's.
#[derive(Debug)]
pub(crate) struct Scratch {
    folder: PathBuf,
    /// Whether it is one of its own.
    is_own: bool,
    /// None where folders can't be locked.
    lock: Option<File>,
}

const PREFIX: &str = "run-";
/// How often to begin again when another run takes the new folder for one that a dead one has left.
const ATTEMPTS: usize = 10;

impl Scratch {
    /// Makes a folder in `parent`, and removes those that dead runs have left there. When that is not possible it is `parent`
    /// itself, with which whoever writes there fails with a better message.
    pub(crate) fn open(parent: &Path) -> Self {
        // The supervisor works in another folder.
        let made = std::fs::create_dir_all(parent).and_then(|()| std::path::absolute(parent));
        let Ok(parent) = made else {
            return Self { folder: parent.to_path_buf(), is_own: false, lock: None };
        };
        remove_dead(&parent);
        (0..ATTEMPTS).find_map(|_| Self::make(&parent)).unwrap_or_else(|| Self {
            folder: parent.clone(),
            is_own: false,
            lock: None,
        })
    }

    /// Makes a folder for this user alone among the files of everybody, such as the system's temporary ones. The folders of dead runs stay there: nothing
    /// but a name would tell them from somebody else's.
    ///
    /// # Errors
    /// When none can be made.
    pub(crate) fn among_others(parent: &Path) -> std::io::Result<Self> {
        let parent = std::path::absolute(parent)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix("memgate-").rand_bytes(6);
        // Elsewhere everybody has such a folder of his own.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let folder = builder.tempdir_in(parent)?.keep();
        remove_at_the_end(&folder);
        let lock = if cfg!(unix) { Some(File::open(&folder)?) } else { None };
        Ok(Self { folder, is_own: true, lock })
    }

    fn make(parent: &Path) -> Option<Self> {
        let folder = tempfile::Builder::new().prefix(PREFIX).rand_bytes(12).tempdir_in(parent).ok()?.keep();
        remove_at_the_end(&folder);
        // Where folders can't be locked, nobody removes those of others either.
        let (state, lock) = try_lock_folder(&folder);
        if state == Lock::Held || !folder.exists() {
            return None;
        }
        Some(Self { folder, is_own: true, lock })
    }

    /// The folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if self.is_own {
            // Its lock is a file in it there.
            if cfg!(windows) {
                self.lock = None;
            }
            // What stays is removed by the next run.
            if std::fs::remove_dir_all(&self.folder).is_err() {
                allow_removal(&self.folder);
                let _ = std::fs::remove_dir_all(&self.folder);
            }
        }
    }
}

/// Gives this user the right to remove what is in a folder: some programs leave folders that nobody may write to.
#[cfg(unix)]
fn allow_removal(folder: &Path) {
    let all_rights = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    let _ = std::fs::set_permissions(folder, all_rights);
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            allow_removal(&entry.path());
        }
    }
}

#[cfg(not(unix))]
fn allow_removal(_: &Path) {}

fn remove_dead(parent: &Path) {
    for entry in std::fs::read_dir(parent).into_iter().flatten().flatten() {
        if !entry.file_name().to_string_lossy().starts_with(PREFIX) {
            continue;
        }
        let folder = entry.path();
        // Held while the folder is removed: who has just made it and has no lock yet sees then that it is gone.
        let (state, lock) = try_lock_folder(&folder);
        if state == Lock::Taken {
            let _ = std::fs::remove_dir_all(&folder);
            // On Windows, the lock's own file may stay until it is closed.
            drop(lock);
            let _ = std::fs::remove_dir(&folder);
        }
    }
}

#[cfg(all(test, any(unix, windows)))]
mod tests {
    use super::*;

    #[test]
    fn what_the_dead_left_goes_and_what_the_living_use_stays() {
        let parent = tempfile::tempdir().unwrap();
        let dead = parent.path().join("run-dead");
        std::fs::create_dir_all(dead.join("inner")).unwrap();
        std::fs::write(parent.path().join("other"), "").unwrap();
        let first = Scratch::open(parent.path());
        assert!(!dead.exists() && parent.path().join("other").exists());
        std::fs::write(first.folder().join("file"), "").unwrap();
        let second = Scratch::open(parent.path());
        assert!(first.folder().join("file").exists() && first.folder() != second.folder());
        let folders = [first.folder().to_owned(), second.folder().to_owned()];
        drop((first, second));
        assert!(folders.iter().all(|folder| !folder.exists()));
    }
}
