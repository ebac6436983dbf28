//! That a lock is held, by a reader or by a writer.

use std::fmt;
use std::ops::{Deref, DerefMut};

use crate::contention::{Waiters, charge, released};

/// The lock is held by a reader until this is dropped; as [`std::sync::RwLockReadGuard`].
#[must_use = "if unused the RwLock will immediately unlock"]
pub struct RwLockReadGuard<'a, T: ?Sized> {
    waiters: &'a Waiters,
    /// None only while this is dropped.
    inner: Option<std::sync::RwLockReadGuard<'a, T>>,
}

/// The lock is held by a writer until this is dropped; as [`std::sync::RwLockWriteGuard`].
#[must_use = "if unused the RwLock will immediately unlock"]
pub struct RwLockWriteGuard<'a, T: ?Sized> {
    waiters: &'a Waiters,
    /// None only while this is dropped.
    inner: Option<std::sync::RwLockWriteGuard<'a, T>>,
}

/// What both have.
macro_rules! guard {
    ($guard:ident) => {
        impl<'a, T: ?Sized> $guard<'a, T> {
            #[inline(always)]
            pub(super) fn new(waiters: &'a Waiters, inner: std::sync::$guard<'a, T>) -> Self {
                Self { waiters, inner: Some(inner) }
            }
        }

        impl<T: ?Sized> Drop for $guard<'_, T> {
            #[inline]
            fn drop(&mut self) {
                let waited = if self.waiters.are_any() { charge(self.waiters) } else { 0 };
                self.inner = None;
                if waited > 0 {
                    released(waited);
                }
            }
        }

        impl<T: ?Sized> Deref for $guard<'_, T> {
            type Target = T;

            #[inline]
            fn deref(&self) -> &T {
                match &self.inner {
                    Some(inner) => inner,
                    None => unreachable!("a guard that is being dropped is nobody's"),
                }
            }
        }

        impl<T: ?Sized + fmt::Debug> fmt::Debug for $guard<'_, T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                (**self).fmt(f)
            }
        }

        impl<T: ?Sized + fmt::Display> fmt::Display for $guard<'_, T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                (**self).fmt(f)
            }
        }
    };
}

guard!(RwLockReadGuard);
guard!(RwLockWriteGuard);

impl<T: ?Sized> DerefMut for RwLockWriteGuard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        match &mut self.inner {
            Some(inner) => inner,
            None => unreachable!("a guard that is being dropped is nobody's"),
        }
    }
}
