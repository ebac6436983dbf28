//! A lock for use inside the allocator.

use std::sync::atomic::{AtomicBool, Ordering};

/// Held for some tens of instructions at a time, and never while waiting for anything.
///
/// Rejected: the locks of std and parking_lot, which may allocate, and which allocate through the very allocator that
/// would be holding them.
#[derive(Debug)]
pub(super) struct SpinLock {
    is_held: AtomicBool,
}

impl SpinLock {
    pub(super) const fn new() -> Self {
        Self { is_held: AtomicBool::new(false) }
    }

    /// Takes the lock from a holder that is gone: after a fork, in the child, which has none of the other threads.
    #[cfg(all(unix, not(miri)))]
    pub(super) fn release_in_fork(&self) {
        self.is_held.store(false, Ordering::Release);
    }

    /// Waits for the lock.
    #[inline(always)]
    pub(super) fn hold(&self) -> Held<'_> {
        if self.is_held.swap(true, Ordering::Acquire) {
            self.wait();
        }
        Held { lock: self }
    }

    #[cold]
    #[inline(never)]
    fn wait(&self) {
        /// The holder needs less time than this takes, unless it has been put to sleep.
        const PATIENCE: u32 = 100;
        let mut tries = 0_u32;
        loop {
            while self.is_held.load(Ordering::Relaxed) {
                tries += 1;
                if tries < PATIENCE {
                    std::hint::spin_loop();
                } else {
                    tries = 0;
                    std::thread::yield_now();
                }
            }
            if !self.is_held.swap(true, Ordering::Acquire) {
                return;
            }
        }
    }
}

/// The lock is held until this is dropped.
#[derive(Debug)]
pub(super) struct Held<'a> {
    lock: &'a SpinLock,
}

impl Drop for Held<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        self.lock.is_held.store(false, Ordering::Release);
    }
}
