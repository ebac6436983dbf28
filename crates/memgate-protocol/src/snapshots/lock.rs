//! Lets one process at a time change a file of snapshots: a test that records, or the tool that removes what is stale.
//!
//! A file beside it, which only one can make. `File::lock` would be the system's own, and needs a newer compiler than users may have.

use std::fs::File;
use std::io::{Error, ErrorKind, Result, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Its owner has it for some milliseconds; one that is as old as this was left by a process that was killed.
const ABANDONED: Duration = Duration::from_secs(10);
/// Nobody waits longer than this.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(2);

/// The lock of a file of snapshots, until it is dropped. Whoever changes the file reads it again under it.
#[derive(Debug)]
pub struct SnapshotLock {
    path: PathBuf,
    /// Whose it is. The threads of a process have one after the other.
    owner: String,
}

impl SnapshotLock {
    /// Takes the lock of a file, whose folder is made where there is none. As long as another has it, `waits` is asked.
    ///
    /// # Errors
    /// When the folder can't be written to, others have it for too long, or `waits` says an error.
    pub fn take(file: &Path, mut waits: impl FnMut() -> Result<()>) -> Result<Self> {
        let path = Self::path_of(file);
        let started = Instant::now();
        loop {
            match File::create_new(&path) {
                Ok(mut made) => {
                    let owner = std::process::id().to_string();
                    return match made.write_all(owner.as_bytes()) {
                        Ok(()) => Ok(Self { path, owner }),
                        // Nobody would know whose it is.
                        Err(error) => std::fs::remove_file(&path).and(Err(error)),
                    };
                }
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    std::fs::create_dir_all(file.parent().unwrap_or(Path::new(".")))?;
                }
                // Windows denies it while the last owner's is being removed.
                Err(error)
                    if matches!(error.kind(), ErrorKind::AlreadyExists | ErrorKind::PermissionDenied) =>
                {
                    if started.elapsed() > PATIENCE {
                        let problem = format!("{error}; remove {} if no test is running", path.display());
                        return Err(Error::new(error.kind(), problem));
                    }
                    if !path.exists() && error.kind() == ErrorKind::PermissionDenied && !cfg!(windows) {
                        return Err(error);
                    }
                    let is_abandoned = age(&path).is_some_and(|age| age > ABANDONED);
                    if !is_abandoned || std::fs::remove_file(&path).is_err() {
                        waits()?;
                        std::thread::sleep(PAUSE);
                    }
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Where the lock of a file lies.
    #[must_use]
    pub fn path_of(file: &Path) -> PathBuf {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        file.with_file_name(format!(".{name}.lock"))
    }
}

impl Drop for SnapshotLock {
    fn drop(&mut self) {
        // One that was stopped for so long that another took its lock away is not to take that one's.
        if std::fs::read_to_string(&self.path).is_ok_and(|owner| owner == self.owner) {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

fn age(path: &Path) -> Option<Duration> {
    std::fs::metadata(path).ok()?.modified().ok()?.elapsed().ok()
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn one_at_a_time_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a/b/number");
        drop(SnapshotLock::take(&file, || Ok(())).unwrap());
        std::fs::write(&file, "0").unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..20 {
                        let _lock = SnapshotLock::take(&file, || Ok(())).unwrap();
                        let number: u32 = std::fs::read_to_string(&file).unwrap().parse().unwrap();
                        std::fs::write(&file, (number + 1).to_string()).unwrap();
                    }
                });
            }
        });
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "160");
        assert_eq!(std::fs::read_dir(file.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    #[cfg_attr(miri, ignore = "it knows no times of files")]
    fn what_a_dead_process_has_left_holds_nobody_up() {
        let folder = tempfile::tempdir().unwrap();
        let left = File::create_new(folder.path().join(".number.lock")).unwrap();
        left.set_modified(SystemTime::now() - 2 * ABANDONED).unwrap();
        // As a dead process does; on Windows, an open file is there until it is closed.
        drop(left);
        let path = folder.path().join(".number.lock");
        let taken = SnapshotLock::take(&folder.path().join("number"), || Ok(())).unwrap();
        std::fs::write(&path, "another's").unwrap();
        drop(taken);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "another's");
    }

    #[test]
    fn whoever_waits_may_give_up() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("number");
        let _held = SnapshotLock::take(&file, || Ok(())).unwrap();
        let mut asked = 0;
        let given_up = SnapshotLock::take(&file, || {
            asked += 1;
            if asked < 3 { Ok(()) } else { Err(ErrorKind::Interrupted.into()) }
        });
        assert_eq!((given_up.unwrap_err().kind(), asked), (ErrorKind::Interrupted, 3));
    }
}
