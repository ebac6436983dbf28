//! Whether this thread is already doing what no call of the allocator may interrupt.

use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::atomic::{Ordering, compiler_fence};

thread_local! {
    // Constant and without a destructor: no initialisation, no registration, usable until the thread's last moment.
    static IS_BUSY: Cell<bool> = const { Cell::new(false) };
}

/// This thread is busy until this is dropped.
///
/// Whoever takes a lock of this room has one, so that a signal that lands there and allocates finds out, and waits for no lock
/// that the thread it interrupted holds.
#[derive(Debug)]
pub(super) struct Busy {
    /// Neither sent nor shared.
    _is_of_this_thread: PhantomData<*mut ()>,
}

impl Busy {
    /// None when the thread is busy already, which only a signal handler can see.
    #[inline]
    pub(super) fn enter() -> Option<Self> {
        if IS_BUSY.replace(true) {
            return None;
        }
        // Signals come to this very thread, so the compiler alone could put the two in another order.
        compiler_fence(Ordering::SeqCst);
        Some(Self { _is_of_this_thread: PhantomData })
    }

    /// Stays busy beyond this function, until [`leave`](Self::leave).
    #[cfg(unix)]
    pub(super) fn stay(self) {
        std::mem::forget(self);
    }

    /// As if a busy one that was to [`stay`](Self::stay) were dropped.
    pub(super) fn leave() {
        compiler_fence(Ordering::SeqCst);
        IS_BUSY.set(false);
    }
}

impl Drop for Busy {
    #[inline]
    fn drop(&mut self) {
        Self::leave();
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_thread_is_busy_once() {
        let busy = Busy::enter();
        assert!(busy.is_some() && Busy::enter().is_none());
        drop(busy);
        Busy::enter().unwrap().stay();
        assert!(Busy::enter().is_none());
        Busy::leave();
        assert!(Busy::enter().is_some());
    }
}
