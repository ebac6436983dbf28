//! Locks that the system takes back from a process when it ends, however it ends.
//!
//! Windows locks parts of files, which the standard library is too new for, and no folders; but a file that is opened there for oneself
//! can't be opened by others until it is closed.

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use super::Interrupt;

/// How long to wait between two looks at a lock that another process has.
const PAUSE: Duration = Duration::from_millis(50);

/// What came of trying to lock a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lock {
    /// It is ours until the file is closed. Nobody else has it, so whoever had it has ended.
    Taken,
    /// Another process has it, or another open file of this one.
    Held,
    /// There are no locks here, so nothing is known.
    Unknown,
}

/// Tries to lock a file or a folder, without waiting.
#[cfg(unix)]
pub(crate) fn try_lock(file: &File) -> Lock {
    use rustix::fs::{FlockOperation, flock};
    use rustix::io::Errno;

    match flock(file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Lock::Taken,
        Err(Errno::WOULDBLOCK | Errno::INTR) => Lock::Held,
        Err(_) => Lock::Unknown,
    }
}

#[cfg(not(unix))]
pub(crate) fn try_lock(_: &File) -> Lock {
    Lock::Unknown
}

/// What came of trying to lock something by its path, and what has the lock until it is closed.
pub(crate) type Attempt = (Lock, Option<File>);

/// Makes or opens a file that is there for nothing but its lock, and tries to lock it, without waiting.
///
/// # Errors
/// When it can't be made or opened.
#[cfg(not(windows))]
pub(crate) fn try_lock_at(path: &Path) -> std::io::Result<Attempt> {
    let file = File::options().create(true).truncate(false).write(true).open(path)?;
    Ok((try_lock(&file), Some(file)))
}

/// Tries to lock a file that is there, without waiting. On Windows, whoever has it open has its lock.
#[cfg(not(windows))]
pub(crate) fn try_lock_there(path: &Path) -> Attempt {
    match File::open(path) {
        Ok(file) => (try_lock(&file), Some(file)),
        Err(_) => (Lock::Unknown, None),
    }
}

/// Tries to lock a folder, without waiting.
#[cfg(not(windows))]
pub(crate) fn try_lock_folder(folder: &Path) -> Attempt {
    try_lock_there(folder)
}

#[cfg(windows)]
pub(crate) use exclusive::{try_lock_at, try_lock_folder, try_lock_there};

#[cfg(windows)]
mod exclusive {
    use std::fs::{File, OpenOptions};
    use std::io::ErrorKind;
    use std::os::windows::fs::OpenOptionsExt;
    use std::path::Path;
    use std::time::Duration;

    use super::{Attempt, Lock};

    const FILE_SHARE_DELETE: u32 = 0x4;
    const FILE_FLAG_DELETE_ON_CLOSE: u32 = 0x0400_0000;
    const ERROR_SHARING_VIOLATION: i32 = 32;
    /// The file of a folder's lock: hidden by its dot from whoever reads the folder, and there only as long as it is locked.
    const FOLDERS_FILE: &str = ".memgate-lock";
    /// A file that is going when it is opened is denied for a moment.
    const ATTEMPTS: usize = 20;
    const PAUSE: Duration = Duration::from_millis(10);

    pub(crate) fn try_lock_at(path: &Path) -> std::io::Result<Attempt> {
        open(path, File::options().create(true).truncate(false).write(true))
    }

    pub(crate) fn try_lock_there(path: &Path) -> Attempt {
        open(path, File::options().read(true)).unwrap_or((Lock::Unknown, None))
    }

    pub(crate) fn try_lock_folder(folder: &Path) -> Attempt {
        let path = folder.join(FOLDERS_FILE);
        for _ in 1..ATTEMPTS {
            let mut options = File::options();
            options.create(true).truncate(false).write(true).custom_flags(FILE_FLAG_DELETE_ON_CLOSE);
            match open(&path, &mut options) {
                Err(error) if error.kind() == ErrorKind::PermissionDenied => std::thread::sleep(PAUSE),
                tried => return tried.unwrap_or((Lock::Unknown, None)),
            }
        }
        (Lock::Unknown, None)
    }

    /// Who shares its removal alone may remove the folder that the file is in.
    fn open(path: &Path, options: &mut OpenOptions) -> std::io::Result<Attempt> {
        match options.share_mode(FILE_SHARE_DELETE).open(path) {
            Err(error) if error.raw_os_error() == Some(ERROR_SHARING_VIOLATION) => Ok((Lock::Held, None)),
            opened => opened.map(|file| (Lock::Taken, Some(file))),
        }
    }
}

/// Tries to lock something until no other process has it; `say_waiting` is called when that takes waiting. None when the user pressed
/// Ctrl-C meanwhile, and otherwise what has the lock. A file system without locks is no reason not to work.
///
/// # Errors
/// Those of `attempt`.
pub(crate) fn lock_when_free<E>(
    mut attempt: impl FnMut() -> Result<Attempt, E>,
    interrupt: &Interrupt,
    say_waiting: impl FnOnce(),
) -> Result<Option<Option<File>>, E> {
    let mut say_waiting = Some(say_waiting);
    loop {
        let (lock, file) = attempt()?;
        if lock != Lock::Held {
            return Ok(Some(file));
        }
        if interrupt.is_pressed() {
            return Ok(None);
        }
        if let Some(say) = say_waiting.take() {
            say();
        }
        std::thread::sleep(PAUSE);
    }
}

#[cfg(all(test, any(unix, windows)))]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_has_a_lock_until_it_is_closed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let attempts: [&dyn Fn() -> Attempt; 2] =
            [&|| try_lock_at(&path).unwrap(), &|| try_lock_folder(folder.path())];
        for attempt in attempts {
            let first = attempt();
            assert_eq!((first.0, attempt().0), (Lock::Taken, Lock::Held));
            drop(first);
            assert_eq!(attempt().0, Lock::Taken);
        }
        try_lock_at(&folder.path().join("absent/lock")).unwrap_err();
        assert_eq!(try_lock_folder(&folder.path().join("absent")).0, Lock::Unknown);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
