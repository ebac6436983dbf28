//! A lock for use inside the allocator.

use std::cell::UnsafeCell;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering};

/// What is inside can only be reached by whoever holds the lock.
///
/// Held for some tens of instructions at a time, and never while anything is called that may allocate, and so wait for this
/// very lock: a thread that holds it and takes it again waits for ever.
///
/// Rejected: the locks of std and parking_lot, which may allocate, and which allocate through the very allocator that
/// would be holding them.
pub struct SpinLock<T> {
    is_held: AtomicBool,
    value: UnsafeCell<T>,
}

// SAFETY: `value` is only reached through a `Held`, of which there is one at a time, so sharing the lock gives each thread
// the value in turns, as sending it would.
unsafe impl<T: Send> Sync for SpinLock<T> {}

impl<T> SpinLock<T> {
    /// Puts `value` inside.
    pub const fn new(value: T) -> Self {
        Self { is_held: AtomicBool::new(false), value: UnsafeCell::new(value) }
    }

    /// Takes the lock from a holder that is gone. What it was about to change may be half changed.
    ///
    /// # Safety
    /// Nobody who holds the lock goes on to use what is inside. Its thread is not there any more, as in the child of a fork, which
    /// has none of the other threads; or it has forgotten what it held. And half a change of the value leaves a value.
    pub unsafe fn release_in_fork(&self) {
        self.is_held.store(false, Ordering::Release);
    }

    /// Takes the lock if nobody holds it.
    #[inline(always)]
    pub fn try_hold(&self) -> Option<Held<'_, T>> {
        (!self.is_held.swap(true, Ordering::Acquire)).then(|| Held { lock: self })
    }

    /// Waits for the lock.
    #[inline(always)]
    pub fn hold(&self) -> Held<'_, T> {
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

impl<T> std::fmt::Debug for SpinLock<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Without the value: showing it would take the lock, and format while holding it.
        f.debug_struct("SpinLock").field("is_held", &self.is_held).finish_non_exhaustive()
    }
}

/// The lock is held until this is dropped.
#[derive(Debug)]
pub struct Held<'a, T> {
    lock: &'a SpinLock<T>,
}

// SAFETY: a shared guard gives the value as a shared reference, which `T: Sync` allows. Without this, a guard of a value that
// is not `Sync` would be, since the lock is.
unsafe impl<T: Sync> Sync for Held<'_, T> {}

impl<T> Deref for Held<'_, T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: there is one `Held` of a lock at a time, since `is_held` went from false to true for it. It is lent out
        // shared here, so nobody writes.
        unsafe { &*self.lock.value.get() }
    }
}

impl<T> DerefMut for Held<'_, T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as above, and lent out alone.
        unsafe { &mut *self.lock.value.get() }
    }
}

impl<T> Drop for Held<'_, T> {
    #[inline(always)]
    fn drop(&mut self) {
        self.lock.is_held.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_inside_is_changed_by_one_at_a_time() {
        const THREADS: u64 = 4;
        let rounds: u64 = if cfg!(miri) { 50 } else { 20_000 };
        let lock = SpinLock::new((0_u64, 0_u64));
        std::thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    for _ in 0..rounds {
                        let mut pair = lock.hold();
                        assert_eq!(pair.0, pair.1);
                        pair.0 += 1;
                        pair.1 += 1;
                    }
                });
            }
        });
        assert_eq!(*lock.hold(), (THREADS * rounds, THREADS * rounds));
    }

    #[test]
    fn a_lock_whose_holder_is_gone_can_be_taken_again() {
        let lock = SpinLock::new(1);
        std::mem::forget(lock.hold());
        // SAFETY: the holder has been forgotten, and a number is always whole.
        unsafe { lock.release_in_fork() };
        *lock.hold() += 1;
        assert_eq!(*lock.hold(), 2);
        let held = lock.hold();
        assert!(lock.try_hold().is_none());
        drop(held);
        assert!(lock.try_hold().is_some_and(|held| *held == 2));
    }
}
