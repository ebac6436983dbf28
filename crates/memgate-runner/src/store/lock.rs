//! One writer of the baselines at a time.

use std::convert::Infallible;
use std::fs::File;

use super::BaselineStore;
use crate::process::{Interrupt, lock_when_free, try_lock_folder};

/// Keeps other tools from writing baselines, sites and renames until it is dropped, or this process ends, however it ends.
///
/// Whoever writes reads again under it, since what was read before may be another's by now. It is held while files are read and
/// written, and never while anything is measured. Readers take none: each file is whole at any time.
#[derive(Debug)]
pub(crate) struct WriteLock {
    /// The folder with the baselines itself: a file for it would be one more in the user's repository, and is where folders have no
    /// locks, but only while it is held. None where the folder can't be made or opened, which the writing says.
    _folder: Option<File>,
}

impl BaselineStore {
    /// Waits until no other tool writes; none when the user pressed Ctrl-C meanwhile. Makes the folder, which two first updates at
    /// once have to share.
    #[must_use]
    pub(crate) fn lock(&self, interrupt: &Interrupt, say: impl FnOnce(&str)) -> Option<WriteLock> {
        // Where it can't be, there is nothing to lock.
        let _ = std::fs::create_dir_all(self.folder());
        let say_waiting = || say("   Waiting for another process that writes the baselines");
        let attempt = || Ok::<_, Infallible>(try_lock_folder(self.folder()));
        let Ok(locked) = lock_when_free(attempt, interrupt, say_waiting);
        locked.map(|folder| WriteLock { _folder: folder })
    }
}

#[cfg(all(test, any(unix, windows)))]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    use super::*;

    #[test]
    fn one_writer_waits_for_the_other_and_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let store = BaselineStore::new(folder.path().join("baselines"));
        let (interrupt, is_released) = (Interrupt::default(), AtomicBool::new(false));
        let first = store.lock(&interrupt, |_| panic!("nobody else has it")).unwrap();
        std::thread::scope(|scope| {
            let second = scope.spawn(|| {
                let mut said = String::new();
                let lock = store.lock(&interrupt, |text| text.clone_into(&mut said));
                assert!(is_released.load(Ordering::SeqCst), "two have it at once");
                (lock.is_some(), said)
            });
            std::thread::sleep(Duration::from_millis(100));
            is_released.store(true, Ordering::SeqCst);
            drop(first);
            let (is_taken, said) = second.join().unwrap();
            assert!(is_taken);
            assert_eq!(said, "   Waiting for another process that writes the baselines");
        });
        assert_eq!(std::fs::read_dir(store.folder()).unwrap().count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn a_writer_that_was_killed_keeps_nobody_waiting() {
        let folder = tempfile::tempdir().unwrap();
        let store = BaselineStore::new(folder.path());
        // A program that has locked it for ever.
        let (_, locked) = try_lock_folder(folder.path());
        let mut holder =
            std::process::Command::new("sleep").arg("600").stdin(locked.unwrap()).spawn().unwrap();
        assert_eq!(try_lock_folder(folder.path()).0, crate::process::Lock::Held);
        holder.kill().unwrap();
        holder.wait().unwrap();
        assert!(store.lock(&Interrupt::default(), |_| panic!("nobody has it any more")).is_some());
    }

    #[test]
    fn where_there_is_no_folder_nothing_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("baselines"), "a file in its place").unwrap();
        let store = BaselineStore::new(folder.path().join("baselines"));
        assert!(store.lock(&Interrupt::default(), |_| ()).is_some());
    }
}
