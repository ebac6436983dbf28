//! What the allocator calls at each event while a window is recorded.
//!
//! The stack is taken before the lock is: it is the longest part, and each thread's own. It begins at the frame of the caller, which
//! is the allocator's. Out of line: within a generic allocator, all of the engine would be compiled again for each bench target.

use super::events::Moving;
use super::process::{stack, tables};
use crate::alloc::state;

/// A block of `size` bytes was allocated, by the stack whose innermost frame record is at `frame`.
#[inline(never)]
pub(in crate::alloc) fn on_alloc(state: u32, frame: u64, block: *mut u8, size: usize) {
    let Some(tables) = tables() else { return };
    let node = stack(tables, frame);
    let mut events = tables.events.hold();
    // The window may have been closed by another thread.
    if state::current() == state {
        events.on_alloc(&tables.tree, node, block.addr() as u64, size);
    }
}

/// A block of `size` bytes is about to be freed; before, because another thread could get the same memory.
#[inline(never)]
pub(in crate::alloc) fn on_dealloc(state: u32, block: *mut u8, size: usize) {
    let Some(tables) = tables() else { return };
    let mut events = tables.events.hold();
    if state::current() == state {
        events.on_dealloc(block.addr() as u64, size);
    }
}

/// A block is about to be reallocated. It is taken out of the table now, because another thread could get its memory
/// before the inner allocator returns; it is counted when that has succeeded.
#[inline(never)]
pub(in crate::alloc) fn before_realloc(block: *mut u8) -> Moving {
    let Some(tables) = tables() else { return Moving::default() };
    tables.events.hold().before_realloc(block.addr() as u64)
}

/// The inner allocator could not reallocate the block, which stays what it was.
pub(in crate::alloc) fn on_realloc_failed(state: u32, block: *mut u8, moving: Moving) {
    let Some(tables) = tables() else { return };
    let mut events = tables.events.hold();
    if state::current() == state {
        events.on_realloc_failed(block.addr() as u64, moving);
    }
}

/// A block went from `old_size` to `new_size` bytes, and may have moved to `block`. It belongs to the calling stack now.
#[inline(never)]
pub(in crate::alloc) fn on_realloc(
    state: u32,
    frame: u64,
    moving: Moving,
    old_size: usize,
    block: *mut u8,
    new_size: usize,
) {
    let Some(tables) = tables() else { return };
    let node = stack(tables, frame);
    let mut events = tables.events.hold();
    if state::current() == state {
        events.on_realloc(&tables.tree, node, moving, old_size, block.addr() as u64, new_size);
    }
}
