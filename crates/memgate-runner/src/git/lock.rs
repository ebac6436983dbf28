//! Lock files of git's: who has them, and since when. They are never removed here, since git's own processes make them.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use super::{GitError, LockHolder, Repository};

/// How long one and the same lock is waited for that no living process is known to hold. Git needs milliseconds.
const PATIENCE: Duration = Duration::from_secs(3);

/// A lock that others hold, looked at again and again.
#[derive(Debug, Default)]
pub(super) struct LockWatch {
    seen: Option<(PathBuf, SystemTime, Instant)>,
}

impl LockWatch {
    /// Looks at what keeps a reference from being written.
    ///
    /// # Errors
    /// When it is the same lock as before, for long, and no living process has it.
    pub(super) fn look(&mut self, repository: &Repository, reference: &str) -> Result<(), GitError> {
        let Some((path, made)) = lock_of(repository, reference) else {
            self.seen = None;
            return Ok(());
        };
        match &self.seen {
            Some((seen, then, since)) if *seen == path && *then == made => {
                if since.elapsed() < PATIENCE {
                    return Ok(());
                }
                let holder = holder(&path);
                if matches!(holder, LockHolder::Process { .. }) {
                    return Ok(());
                }
                Err(locked(reference, path, made, holder))
            }
            _ => {
                self.seen = Some((path, made, Instant::now()));
                Ok(())
            }
        }
    }

    /// The error of a reference that could not be written in all the time that there is.
    pub(super) fn give_up(self, reference: &str) -> GitError {
        match self.seen {
            Some((path, made, since)) if since.elapsed() >= PATIENCE => {
                let holder = holder(&path);
                locked(reference, path, made, holder)
            }
            _ => GitError::Contended { reference: reference.to_owned() },
        }
    }
}

fn locked(reference: &str, path: PathBuf, made: SystemTime, holder: LockHolder) -> GitError {
    let age = made.elapsed().unwrap_or_default();
    GitError::Locked { reference: reference.to_owned(), path, age, holder }
}

/// The lock that is there, of the reference itself or of all that are packed, and when it was made.
fn lock_of(repository: &Repository, reference: &str) -> Option<(PathBuf, SystemTime)> {
    let folder = repository.inner.commondir();
    let candidates = [folder.join(format!("{reference}.lock")), folder.join("packed-refs.lock")];
    candidates.into_iter().find_map(|path| Some((path.clone(), path.metadata().ok()?.modified().ok()?)))
}

#[cfg(target_os = "linux")]
fn holder(path: &Path) -> LockHolder {
    let Ok(path) = dunce::canonicalize(path) else { return LockHolder::Unknown };
    let Ok(processes) = std::fs::read_dir("/proc") else { return LockHolder::Unknown };
    for process in processes.flatten() {
        let Some(id) = process.file_name().to_str().and_then(|id| id.parse().ok()) else { continue };
        let files = std::fs::read_dir(process.path().join("fd")).into_iter().flatten().flatten();
        if files.into_iter().any(|file| file.path().read_link().is_ok_and(|open| open == path)) {
            let name = std::fs::read_to_string(process.path().join("comm")).unwrap_or_default();
            let name = name.trim().chars().filter(|character| !character.is_control()).collect();
            return LockHolder::Process { id, name };
        }
    }
    LockHolder::Nobody
}

#[cfg(not(target_os = "linux"))]
fn holder(_: &Path) -> LockHolder {
    LockHolder::Unknown
}
