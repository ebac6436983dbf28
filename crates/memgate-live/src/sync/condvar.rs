//! A condition variable whose waits are put down.

use std::fmt;
use std::sync::{LockResult, WaitTimeoutResult};
use std::time::Duration;

use super::mutex::{Mutex, MutexGuard};
use super::results::map;
use crate::contention::Waiting;

/// [`std::sync::Condvar`] for [`Mutex`], which puts down who waits for it.
///
/// What is waited for the mutex after somebody has notified is part of the wait.
///
/// # Example
/// ```
/// use memgate_live::sync::{Condvar, Mutex};
///
/// let (is_ready, changed) = (Mutex::new(false), Condvar::new());
/// std::thread::scope(|scope| {
///     scope.spawn(|| {
///         *is_ready.lock().unwrap() = true;
///         changed.notify_one();
///     });
///     let is_ready = changed.wait_while(is_ready.lock().unwrap(), |is_ready| !*is_ready).unwrap();
///     assert!(*is_ready);
/// });
/// ```
#[derive(Default)]
pub struct Condvar {
    inner: std::sync::Condvar,
}

impl Condvar {
    /// Makes one that nobody waits for.
    #[must_use]
    #[inline]
    pub const fn new() -> Self {
        Self { inner: std::sync::Condvar::new() }
    }

    /// Releases the mutex, waits to be notified, and holds the mutex again. It may also return without reason.
    ///
    /// # Errors
    /// With the guard, when a holder of the mutex panicked meanwhile.
    ///
    /// # Panics
    /// As std's, which may panic when it is used with several mutexes.
    pub fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
        let waiting = Waiting::begin();
        let (mutex, inner) = parts(guard);
        let result = self.inner.wait(inner);
        waiting.end();
        map(result, |inner| mutex.guard(inner))
    }

    /// Waits as long as `condition` holds of what is inside of the mutex.
    ///
    /// # Errors
    /// With the guard, when a holder of the mutex panicked meanwhile.
    pub fn wait_while<'a, T, F>(
        &self,
        guard: MutexGuard<'a, T>,
        mut condition: F,
    ) -> LockResult<MutexGuard<'a, T>>
    where
        F: FnMut(&mut T) -> bool,
    {
        let mut waiting = None;
        let (mutex, inner) = parts(guard);
        let result = self.inner.wait_while(inner, |value| begun(&mut waiting, condition(value)));
        if let Some(waiting) = waiting {
            waiting.end();
        }
        map(result, |inner| mutex.guard(inner))
    }

    /// Waits as [`wait`](Self::wait) does, for so long at most.
    ///
    /// # Errors
    /// With the guard, when a holder of the mutex panicked meanwhile.
    pub fn wait_timeout<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        time: Duration,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        let waiting = Waiting::begin();
        let (mutex, inner) = parts(guard);
        let result = self.inner.wait_timeout(inner, time);
        waiting.end();
        map(result, |(inner, timed_out)| (mutex.guard(inner), timed_out))
    }

    /// Waits as [`wait_while`](Self::wait_while) does, for so long at most.
    ///
    /// # Errors
    /// With the guard, when a holder of the mutex panicked meanwhile.
    pub fn wait_timeout_while<'a, T, F>(
        &self,
        guard: MutexGuard<'a, T>,
        time: Duration,
        mut condition: F,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)>
    where
        F: FnMut(&mut T) -> bool,
    {
        let mut waiting = None;
        let (mutex, inner) = parts(guard);
        let result =
            self.inner.wait_timeout_while(inner, time, |value| begun(&mut waiting, condition(value)));
        if let Some(waiting) = waiting {
            waiting.end();
        }
        map(result, |(inner, timed_out)| (mutex.guard(inner), timed_out))
    }

    /// Wakes one that waits, if there is one.
    #[inline]
    pub fn notify_one(&self) {
        self.inner.notify_one();
    }

    /// Wakes all that wait.
    #[inline]
    pub fn notify_all(&self) {
        self.inner.notify_all();
    }
}

impl fmt::Debug for Condvar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

/// Begins a wait when a condition holds for the first time.
fn begun(waiting: &mut Option<Waiting>, holds: bool) -> bool {
    if holds && waiting.is_none() {
        *waiting = Some(Waiting::begin());
    }
    holds
}

fn parts<T>(guard: MutexGuard<'_, T>) -> (&Mutex<T>, std::sync::MutexGuard<'_, T>) {
    match guard.into_std() {
        (mutex, Some(inner)) => (mutex, inner),
        (_, None) => unreachable!("a guard that is being dropped is nobody's"),
    }
}
