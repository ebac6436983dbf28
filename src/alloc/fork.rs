//! Forks of the measured process.
//!
//! The child has a copy of all locks and none of the other threads: whoever holds a lock there never lets it go. So nothing is
//! measured in it any more, and the locks are open. Its numbers would be nobody's anyway.
//!
//! A child that shares our memory, as `vfork` and `posix_spawn` make it, is not announced by the system, and rightly so: its
//! locks are our own, and their holders live.

/// Has the system tell of forks from now on.
#[cfg(all(unix, not(miri)))]
pub(super) fn watch() {
    use std::sync::atomic::{AtomicBool, Ordering};

    static IS_WATCHED: AtomicBool = AtomicBool::new(false);

    unsafe extern "C" {
        fn pthread_atfork(
            prepare: Option<extern "C" fn()>,
            parent: Option<extern "C" fn()>,
            child: Option<extern "C" fn()>,
        ) -> i32;
    }

    if !IS_WATCHED.swap(true, Ordering::Relaxed) {
        // SAFETY: POSIX's own function, which std's own dependencies link. `in_child` is a function of this program, which is
        // never unloaded, and does what is allowed between fork and exec: it stores atomics.
        let _ = unsafe { pthread_atfork(None, None, Some(in_child)) };
    }
}

#[cfg(all(unix, not(miri)))]
extern "C" fn in_child() {
    super::state::end_in_fork();
    super::sites::release_locks_in_fork();
}

#[cfg(not(all(unix, not(miri))))]
pub(super) fn watch() {}
