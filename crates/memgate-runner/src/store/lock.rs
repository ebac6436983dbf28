//! One writer of the baselines at a time.

use std::fs::File;

use super::BaselineStore;
use crate::process::{Interrupt, lock_when_free};

/// Keeps other tools from writing baselines, sites and renames until it is dropped, or this process ends, however it ends.
///
/// Whoever writes reads again under it, since what was read before may be another's by now. It is held while files are read and
/// written, and never while anything is measured. Readers take none: each file is whole at any time.
#[derive(Debug)]
pub(crate) struct WriteLock {
    /// The folder with the baselines itself: a file for it would be one more in the user's repository. None where the folder
    /// can't be made or opened, which the writing says, and where folders have no locks.
    _folder: Option<File>,
}

impl BaselineStore {
    /// Waits until no other tool writes; none when the user pressed Ctrl-C meanwhile. Makes the folder, which two first updates at
    /// once have to share.
    #[must_use]
    pub(crate) fn lock(&self, interrupt: &Interrupt, say: impl FnOnce(&str)) -> Option<WriteLock> {
        let made = std::fs::create_dir_all(self.folder());
        let folder = made.and_then(|()| File::open(self.folder())).ok();
        let is_ours = folder.as_ref().is_none_or(|folder| {
            lock_when_free(folder, interrupt, || {
                say("   Waiting for another process that writes the baselines");
            })
        });
        is_ours.then_some(WriteLock { _folder: folder })
    }
}

#[cfg(all(test, unix))]
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
    }

    #[test]
    fn a_writer_that_was_killed_keeps_nobody_waiting() {
        let folder = tempfile::tempdir().unwrap();
        let store = BaselineStore::new(folder.path());
        // A program that has locked it for ever.
        let locked = File::open(folder.path()).unwrap();
        assert!(lock_when_free(&locked, &Interrupt::default(), || ()));
        let mut holder = std::process::Command::new("sleep").arg("600").stdin(locked).spawn().unwrap();
        let is_held = || crate::process::try_lock(&File::open(folder.path()).unwrap());
        assert_eq!(is_held(), crate::process::Lock::Held);
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
