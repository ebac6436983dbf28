//! A lock for many readers or one writer, whose waits are put down.

use std::fmt;
use std::sync::{LockResult, PoisonError, TryLockResult};

use super::results::{or_wait, try_map};
use super::rwlock_guards::{RwLockReadGuard, RwLockWriteGuard};
use crate::contention::{Waiters, Waiting};

/// [`std::sync::RwLock`] that puts down who waits for it, and who lets others wait.
///
/// Of several readers that a writer waits for, each is charged with the time since the one before released.
///
/// # Example
/// ```
/// use memgate_live::sync::RwLock;
///
/// let names = RwLock::new(vec!["a"]);
/// assert_eq!(names.read().unwrap().len(), 1);
/// names.write().unwrap().push("b");
/// assert_eq!(*names.read().unwrap(), ["a", "b"]);
/// ```
#[derive(Default)]
pub struct RwLock<T: ?Sized> {
    pub(super) waiters: Waiters,
    inner: std::sync::RwLock<T>,
}

impl<T> RwLock<T> {
    /// Makes one that nobody holds.
    #[inline]
    pub const fn new(value: T) -> Self {
        Self { waiters: Waiters::none(), inner: std::sync::RwLock::new(value) }
    }

    /// Gives what was inside.
    ///
    /// # Errors
    /// With the value, when a writer panicked.
    pub fn into_inner(self) -> LockResult<T> {
        self.inner.into_inner()
    }
}

impl<T: ?Sized> RwLock<T> {
    /// Waits until no writer holds it, and then holds it beside other readers.
    ///
    /// # Errors
    /// With the guard, when a writer panicked.
    ///
    /// # Panics
    /// As std's, which may panic when the calling thread holds it already.
    #[inline]
    pub fn read(&self) -> LockResult<RwLockReadGuard<'_, T>> {
        let guard = |inner| RwLockReadGuard::new(&self.waiters, inner);
        or_wait(self.inner.try_read(), || self.wait_to_read(), || self.is_poisoned(), guard)
    }

    /// Holds it beside other readers, if no writer does.
    ///
    /// # Errors
    /// When it is not to be had at once; with the guard, when a writer panicked.
    #[inline]
    pub fn try_read(&self) -> TryLockResult<RwLockReadGuard<'_, T>> {
        try_map(self.inner.try_read(), |inner| RwLockReadGuard::new(&self.waiters, inner))
    }

    /// Waits until nobody holds it, and then holds it.
    ///
    /// # Errors
    /// With the guard, when a writer panicked.
    ///
    /// # Panics
    /// As std's, which may panic when the calling thread holds it already.
    #[inline]
    pub fn write(&self) -> LockResult<RwLockWriteGuard<'_, T>> {
        let guard = |inner| RwLockWriteGuard::new(&self.waiters, inner);
        or_wait(self.inner.try_write(), || self.wait_to_write(), || self.is_poisoned(), guard)
    }

    /// Holds it, if nobody does.
    ///
    /// # Errors
    /// When somebody holds it; with the guard, when a writer panicked.
    #[inline]
    pub fn try_write(&self) -> TryLockResult<RwLockWriteGuard<'_, T>> {
        try_map(self.inner.try_write(), |inner| RwLockWriteGuard::new(&self.waiters, inner))
    }

    /// Whether a writer panicked.
    #[inline]
    pub fn is_poisoned(&self) -> bool {
        self.inner.is_poisoned()
    }

    /// Forgets that a writer panicked.
    #[inline]
    pub fn clear_poison(&self) {
        self.inner.clear_poison();
    }

    /// Gives what is inside: whoever has the lock for itself needs not hold it.
    ///
    /// # Errors
    /// With the value, when a writer panicked.
    #[inline]
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        self.inner.get_mut()
    }

    #[cold]
    #[inline(never)]
    fn wait_to_read(&self) -> std::sync::RwLockReadGuard<'_, T> {
        Waiting::wait_for(&self.waiters, || self.inner.read().unwrap_or_else(PoisonError::into_inner))
    }

    #[cold]
    #[inline(never)]
    fn wait_to_write(&self) -> std::sync::RwLockWriteGuard<'_, T> {
        Waiting::wait_for(&self.waiters, || self.inner.write().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<T> From<T> for RwLock<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}
