//! Forks.
//!
//! The child has a copy of all tables and locks, and none of the other threads: whoever holds a lock there would never let it go.
//! So whoever forks takes all of them first, and both processes give them back: the child's tables are whole, and right, since it
//! has the blocks as well.
//!
//! A child that shares our memory, as `vfork` and `posix_spawn` make it, is not announced by the system, and rightly so: its locks
//! are our own, and their holders live.

use std::cell::Cell;

use super::busy::Busy;
use super::process::{POOL, SHARED, TABLES, nanoseconds};
use super::slots;

thread_local! {
    /// Whether this thread has taken the locks for a fork.
    static HOLDS: Cell<bool> = const { Cell::new(false) };
}

/// Has the system tell of forks from now on.
///
/// Handlers before a fork are called in the reverse order of their registration. This one is registered at the process's first
/// allocation, so that it is the last: whatever the others allocate, they do while the locks are free.
pub(super) fn watch() {
    #[cfg(all(unix, not(miri)))]
    {
        unsafe extern "C" {
            fn pthread_atfork(
                prepare: Option<extern "C" fn()>,
                parent: Option<extern "C" fn()>,
                child: Option<extern "C" fn()>,
            ) -> i32;
        }
        // SAFETY: POSIX's own function, which std's own dependencies link. The handlers do what is allowed there: they take and
        // release spin locks and write to memory. When a library is unloaded, the C library forgets those of it.
        let _ = unsafe { pthread_atfork(Some(prepare), Some(in_parent), Some(in_child)) };
    }
}

extern "C" fn prepare() {
    // A fork in a signal handler that interrupted us: the locks may be this very thread's, and nobody can wait for them.
    let Some(busy) = Busy::enter() else { return };
    TABLES.hold_all(&busy);
    std::mem::forget(POOL.hold());
    HOLDS.set(true);
    busy.stay();
}

extern "C" fn in_parent() {
    if HOLDS.replace(false) {
        release();
    }
}

extern "C" fn in_child() {
    if HOLDS.replace(false) {
        release();
        take_over();
    }
}

fn release() {
    // SAFETY: `prepare` took them in this thread, which is the one that goes on in the child as well.
    unsafe { TABLES.release_all() };
    // SAFETY: as above; it has forgotten that it holds it, and the pool is whole.
    unsafe { POOL.release_in_fork() };
    Busy::leave();
}

/// The slots of all other threads are free now, and the random numbers are to be others than the parent's.
fn take_over() {
    let Some(busy) = Busy::enter() else { return };
    let own = slots::mine();
    POOL.hold().take_back_all_but(own);
    let seed = nanoseconds() ^ u64::from(std::process::id()).rotate_left(40);
    SHARED.seed(seed);
    if let Some(own) = slots::claim(&busy) {
        own.seed(seed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_before_a_fork_is_given_back_after_it() {
        for after in [in_parent as extern "C" fn(), in_child] {
            prepare();
            assert!(HOLDS.get() && POOL.try_hold().is_none() && Busy::enter().is_none());
            after();
            assert!(!HOLDS.get() && POOL.try_hold().is_some() && Busy::enter().is_some());
        }
        let _busy = Busy::enter().unwrap();
        prepare();
        assert!(!HOLDS.get(), "within a call of the allocator nothing is taken");
        in_parent();
        assert!(Busy::enter().is_none(), "and nothing given back");
    }
}
