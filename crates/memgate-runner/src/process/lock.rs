//! Locks that the system takes back from a process when it ends, however it ends.

use std::fs::File;
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

/// Locks a file or a folder as soon as no other process has it; `say_waiting` is called when that takes waiting. False when the
/// user pressed Ctrl-C meanwhile. A file system without locks is no reason not to work.
pub(crate) fn lock_when_free(file: &File, interrupt: &Interrupt, say_waiting: impl FnOnce()) -> bool {
    let mut say_waiting = Some(say_waiting);
    while try_lock(file) == Lock::Held {
        if interrupt.is_pressed() {
            return false;
        }
        if let Some(say) = say_waiting.take() {
            say();
        }
        std::thread::sleep(PAUSE);
    }
    true
}
