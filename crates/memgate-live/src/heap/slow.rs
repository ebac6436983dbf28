//! The calls of the allocator that can't simply be counted: a thread's first, and those of blocks that are sampled or may be.
//!
//! Functions of their own, so that the methods of the allocator need no stack frame and end in a jump to the inner allocator.

use std::alloc::{GlobalAlloc, Layout};

use memgate_stacks::frame_record;

use super::events;

/// # Safety
/// As [`GlobalAlloc::alloc`].
#[cold]
#[inline(never)]
pub(super) unsafe fn alloc<A: GlobalAlloc>(inner: &A, layout: Layout) -> *mut u8 {
    // SAFETY: our caller keeps `alloc`'s contract.
    let block = unsafe { inner.alloc(layout) };
    if !block.is_null() {
        events::allocated(block, layout.size(), frame_record());
    }
    block
}

/// # Safety
/// As [`GlobalAlloc::alloc_zeroed`].
#[cold]
#[inline(never)]
pub(super) unsafe fn alloc_zeroed<A: GlobalAlloc>(inner: &A, layout: Layout) -> *mut u8 {
    // SAFETY: our caller keeps `alloc_zeroed`'s contract.
    let block = unsafe { inner.alloc_zeroed(layout) };
    if !block.is_null() {
        events::allocated(block, layout.size(), frame_record());
    }
    block
}

/// # Safety
/// As [`GlobalAlloc::dealloc`].
#[cold]
#[inline(never)]
pub(super) unsafe fn dealloc<A: GlobalAlloc>(inner: &A, block: *mut u8, layout: Layout) {
    events::taken_out(block);
    events::freed(layout.size());
    // SAFETY: our caller keeps `dealloc`'s contract, and `block` came from `inner`.
    unsafe { inner.dealloc(block, layout) }
}

/// # Safety
/// As [`GlobalAlloc::realloc`].
#[cold]
#[inline(never)]
pub(super) unsafe fn realloc<A: GlobalAlloc>(
    inner: &A,
    block: *mut u8,
    layout: Layout,
    new_size: usize,
) -> *mut u8 {
    let sample = events::taken_out(block);
    // SAFETY: our caller keeps `realloc`'s contract, and `block` came from `inner`.
    let moved = unsafe { inner.realloc(block, layout, new_size) };
    if !moved.is_null() {
        events::freed(layout.size());
        events::allocated(moved, new_size, frame_record());
    } else if let Some(sample) = sample {
        events::put_back(sample);
    }
    moved
}
