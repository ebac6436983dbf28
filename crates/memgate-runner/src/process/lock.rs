//! Locks that the system takes back from a process when it ends, however it ends.

use std::fs::File;

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
