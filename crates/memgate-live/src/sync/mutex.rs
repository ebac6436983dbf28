//! A mutex whose waits are put down.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{LockResult, PoisonError, TryLockResult};

use super::results::{or_wait, try_map};
use crate::contention::{Waiters, Waiting, charge, released};

/// [`std::sync::Mutex`] that puts down who waits for it, and who lets others wait.
///
/// # Example
/// ```
/// use memgate_live::sync::Mutex;
///
/// let total = Mutex::new(0);
/// std::thread::scope(|scope| {
///     for _ in 0..4 {
///         scope.spawn(|| *total.lock().unwrap() += 1);
///     }
/// });
/// assert_eq!(total.into_inner().unwrap(), 4);
/// ```
#[derive(Default)]
pub struct Mutex<T: ?Sized> {
    pub(super) waiters: Waiters,
    inner: std::sync::Mutex<T>,
}

/// The mutex is held until this is dropped; as [`std::sync::MutexGuard`].
#[must_use = "if unused the Mutex will immediately unlock"]
pub struct MutexGuard<'a, T: ?Sized> {
    pub(super) mutex: &'a Mutex<T>,
    /// None only while this is dropped.
    inner: Option<std::sync::MutexGuard<'a, T>>,
}

impl<T> Mutex<T> {
    /// Makes one that nobody holds.
    #[inline]
    pub const fn new(value: T) -> Self {
        Self { waiters: Waiters::none(), inner: std::sync::Mutex::new(value) }
    }

    /// Gives what was inside.
    ///
    /// # Errors
    /// With the value, when a holder panicked.
    pub fn into_inner(self) -> LockResult<T> {
        self.inner.into_inner()
    }
}

impl<T: ?Sized> Mutex<T> {
    /// Waits until nobody holds it, and then holds it.
    ///
    /// # Errors
    /// With the guard, when a holder panicked.
    ///
    /// # Panics
    /// As std's, which may panic when the calling thread holds it already.
    #[inline]
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        or_wait(self.inner.try_lock(), || self.wait(), || self.is_poisoned(), |inner| self.guard(inner))
    }

    /// Holds it, if nobody does.
    ///
    /// # Errors
    /// When somebody holds it; with the guard, when a holder panicked.
    #[inline]
    pub fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        try_map(self.inner.try_lock(), |inner| self.guard(inner))
    }

    /// Whether a holder panicked.
    #[inline]
    pub fn is_poisoned(&self) -> bool {
        self.inner.is_poisoned()
    }

    /// Forgets that a holder panicked.
    #[inline]
    pub fn clear_poison(&self) {
        self.inner.clear_poison();
    }

    /// Gives what is inside: whoever has the mutex for itself needs no lock.
    ///
    /// # Errors
    /// With the value, when a holder panicked.
    #[inline]
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        self.inner.get_mut()
    }

    #[cold]
    #[inline(never)]
    fn wait(&self) -> std::sync::MutexGuard<'_, T> {
        Waiting::wait_for(&self.waiters, || self.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }

    #[inline(always)]
    pub(super) fn guard<'a>(&'a self, inner: std::sync::MutexGuard<'a, T>) -> MutexGuard<'a, T> {
        MutexGuard { mutex: self, inner: Some(inner) }
    }
}

impl<'a, T: ?Sized> MutexGuard<'a, T> {
    /// std's guard, for its condition variables. Whoever waits for the mutex is told so far whom it waited for.
    pub(super) fn into_std(mut self) -> (&'a Mutex<T>, Option<std::sync::MutexGuard<'a, T>>) {
        (self.mutex, self.inner.take())
    }
}

impl<T: ?Sized> Drop for MutexGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        let waited = if self.mutex.waiters.are_any() { charge(&self.mutex.waiters) } else { 0 };
        self.inner = None;
        if waited > 0 {
            released(waited);
        }
    }
}

impl<T: ?Sized> Deref for MutexGuard<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        match &self.inner {
            Some(inner) => inner,
            None => unreachable!("a guard that is being dropped is nobody's"),
        }
    }
}

impl<T: ?Sized> DerefMut for MutexGuard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        match &mut self.inner {
            Some(inner) => inner,
            None => unreachable!("a guard that is being dropped is nobody's"),
        }
    }
}

impl<T> From<T> for Mutex<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Display> fmt::Display for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
