//! What the allocator calls at each event, whatever else it measures, where a process may count itself.

use memgate_protocol::process_table::Slot;

use super::{count, process};
use crate::alloc::state;

/// A block of `size` bytes was allocated.
#[inline(always)]
pub(in crate::alloc) fn on_alloc(size: usize) {
    if let Some(slot) = slot() {
        count::add_alloc(slot, size);
    }
}

/// A block of `size` bytes is about to be freed.
#[inline(always)]
pub(in crate::alloc) fn on_dealloc(size: usize) {
    if let Some(slot) = slot() {
        count::add_dealloc(slot, size);
    }
}

/// A block went from `old_size` to `new_size` bytes.
#[inline(always)]
pub(in crate::alloc) fn on_realloc(old_size: usize, new_size: usize) {
    if let Some(slot) = slot() {
        count::add_realloc(slot, old_size, new_size);
    }
}

/// Where this process counts.
#[inline(always)]
fn slot() -> Option<&'static Slot> {
    if state::may_count_command() { process::slot() } else { None }
}
