//! Forks of the measured process.
//!
//! The child has a copy of all locks and none of the other threads: whoever holds a lock there never lets it go. So nothing is
//! measured in it any more, and the locks are open. Its numbers would be nobody's anyway.
//!
//! A child that shares our memory, as `vfork` and `posix_spawn` make it, is not announced by the system, and rightly so: its
//! locks are our own, and their holders live.

use std::sync::atomic::AtomicBool;
#[cfg(all(unix, not(miri)))]
use std::sync::atomic::Ordering;

/// Something that is to be called in every child that this process forks.
#[derive(Debug)]
pub(super) struct InChild {
    #[cfg_attr(not(all(unix, not(miri))), expect(dead_code, reason = "nobody is told of forks here"))]
    handler: extern "C" fn(),
    #[cfg_attr(not(all(unix, not(miri))), expect(dead_code, reason = "nobody is told of forks here"))]
    is_watched: AtomicBool,
}

impl InChild {
    /// To be called: `handler`, once the system has been told.
    ///
    /// # Safety
    /// The handler may only do what is allowed between fork and exec in a process of several threads, such as to store
    /// atomics: it runs in a copy of the process in which every lock may be held by nobody.
    pub(super) const unsafe fn new(handler: extern "C" fn()) -> Self {
        Self { handler, is_watched: AtomicBool::new(false) }
    }

    /// Has the system tell of forks from now on, unless it does so already.
    #[cfg(all(unix, not(miri)))]
    pub(super) fn watch(&self) {
        unsafe extern "C" {
            fn pthread_atfork(
                prepare: Option<extern "C" fn()>,
                parent: Option<extern "C" fn()>,
                child: Option<extern "C" fn()>,
            ) -> i32;
        }

        if !self.is_watched.swap(true, Ordering::Relaxed) {
            // SAFETY: POSIX's own function, which std's own dependencies link. The handler is a function of this program,
            // which is never unloaded, and does what is allowed between fork and exec, as whoever made `self` promised.
            let _ = unsafe { pthread_atfork(None, None, Some(self.handler)) };
        }
    }

    /// Does nothing: the system tells nobody of forks, or knows none.
    #[cfg(not(all(unix, not(miri))))]
    pub(super) fn watch(&self) {}
}
