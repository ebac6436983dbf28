//! The one [`Tables`] of this process, and what each of its threads keeps to find its last stack.
//!
//! What an allocator has to reach from anywhere is a static; all else is in values.

use std::sync::OnceLock;

use super::capacity::{Capacity, ReserveError};
use super::last_stacks::Seat;
use super::tables::Tables;
use crate::alloc::fork::InChild;

static TABLES: OnceLock<Tables> = OnceLock::new();
// SAFETY: the handler stores atomics, and does nothing else.
static IN_CHILD: InChild = unsafe { InChild::new(release_locks_in_fork) };

thread_local! {
    // Constant and without a destructor: no initialisation, no registration, usable until the thread's last moment.
    static SEAT: Seat<'static> = const { Seat::new() };
}

/// The tables, when they have been reserved. Takes no lock.
#[inline(always)]
pub(super) fn tables() -> Option<&'static Tables> {
    TABLES.get()
}

/// The node of the calling thread's stack in the process's tables, from the frame record at `frame` outwards.
#[inline(always)]
pub(super) fn stack(tables: &'static Tables, frame: u64) -> u32 {
    SEAT.with(|seat| tables.stack(seat, frame))
}

/// Reserves the tables, unless that has been done. Not for use inside the allocator.
///
/// # Errors
/// When there is no memory.
pub(super) fn reserve_tables(capacity: Capacity) -> Result<&'static Tables, ReserveError> {
    IN_CHILD.watch();
    if let Some(tables) = TABLES.get() {
        return Ok(tables);
    }
    let tables = Tables::reserve(capacity)?;
    // Where another thread was faster, what was reserved here is given back.
    Ok(TABLES.get_or_init(|| tables))
}

extern "C" fn release_locks_in_fork() {
    if let Some(tables) = TABLES.get() {
        // SAFETY: called in the child of a fork, by the thread that forked. It holds no lock of the tables: nothing that is
        // done while one is held forks. Where a signal handler did so in the middle of an event, that event goes on as the
        // only one there ever is in the child, since nothing is recorded there.
        unsafe { tables.release_locks_in_fork() };
    }
}
