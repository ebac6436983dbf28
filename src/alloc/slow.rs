//! The calls of the allocator that can't simply be added to the thread's counters: its first in a span, those of
//! threads without counters of their own, and those in the modes that are never on in the gate's own measurement: scopes, the
//! probe and the cross-checking engines. And all calls of a process that counts itself as a command.

use std::alloc::{GlobalAlloc, Layout};

#[cfg(any(test, feature = "assertions"))]
use super::{all_threads, scope};
use super::{command, counters, probe, sites, state};
use memgate_stacks::frame_record;

/// # Safety
/// As [`GlobalAlloc::alloc`].
#[cold]
#[inline(never)]
pub(super) unsafe fn alloc<A: GlobalAlloc + 'static>(inner: &A, layout: Layout, state: u32) -> *mut u8 {
    match state::mode(state) {
        state::MODE_PROBE => probe::report::<A>(),
        #[cfg(feature = "dhat")]
        state::MODE_DHAT if is_system::<A>() => {
            // SAFETY: our caller keeps `alloc`'s contract.
            return unsafe { super::cross_check::DHAT.alloc(layout) };
        }
        _ => {}
    }
    // SAFETY: our caller keeps `alloc`'s contract.
    let block = unsafe { inner.alloc(layout) };
    if !block.is_null() {
        allocated(state, block, layout);
    }
    block
}

/// # Safety
/// As [`GlobalAlloc::dealloc`].
#[cold]
#[inline(never)]
pub(super) unsafe fn dealloc<A: GlobalAlloc + 'static>(
    inner: &A,
    block: *mut u8,
    layout: Layout,
    state: u32,
) {
    command::on_dealloc(layout.size());
    match state::mode(state) {
        state::MODE_COUNT => counters::on_dealloc_slow(state, layout.size()),
        state::MODE_SITES => sites::on_dealloc(state, block, layout.size()),
        #[cfg(any(test, feature = "assertions"))]
        state::MODE_SCOPES => {
            all_threads::on_dealloc(layout.size());
            scope::on_dealloc(block, layout.size());
        }
        #[cfg(feature = "dhat")]
        state::MODE_DHAT if is_system::<A>() => {
            // SAFETY: our caller keeps `dealloc`'s contract; `block` came from `System`, on which dhat's
            // allocator stands and which `inner` is.
            return unsafe { super::cross_check::DHAT.dealloc(block, layout) };
        }
        #[cfg(feature = "stats_alloc")]
        state::MODE_STATS_ALLOC => super::cross_check::stats_alloc_saw_dealloc(block, layout),
        _ => {}
    }
    // SAFETY: our caller keeps `dealloc`'s contract, and `block` came from `inner`.
    unsafe { inner.dealloc(block, layout) }
}

/// # Safety
/// As [`GlobalAlloc::alloc_zeroed`].
#[cold]
#[inline(never)]
pub(super) unsafe fn alloc_zeroed<A: GlobalAlloc + 'static>(
    inner: &A,
    layout: Layout,
    state: u32,
) -> *mut u8 {
    match state::mode(state) {
        state::MODE_PROBE => probe::report::<A>(),
        #[cfg(feature = "dhat")]
        state::MODE_DHAT if is_system::<A>() => {
            // SAFETY: our caller keeps `alloc_zeroed`'s contract.
            return unsafe { super::cross_check::DHAT.alloc_zeroed(layout) };
        }
        _ => {}
    }
    // SAFETY: our caller keeps `alloc_zeroed`'s contract.
    let block = unsafe { inner.alloc_zeroed(layout) };
    if !block.is_null() {
        allocated(state, block, layout);
    }
    block
}

/// # Safety
/// As [`GlobalAlloc::realloc`].
#[cold]
#[inline(never)]
pub(super) unsafe fn realloc<A: GlobalAlloc + 'static>(
    inner: &A,
    block: *mut u8,
    layout: Layout,
    new_size: usize,
    state: u32,
) -> *mut u8 {
    #[cfg(feature = "dhat")]
    if state::mode(state) == state::MODE_DHAT && is_system::<A>() {
        // SAFETY: our caller keeps `realloc`'s contract; `block` came from `System`, on which dhat's allocator
        // stands and which `inner` is.
        return unsafe { super::cross_check::DHAT.realloc(block, layout, new_size) };
    }
    let moving = (state::mode(state) == state::MODE_SITES).then(|| sites::before_realloc(block));
    // SAFETY: our caller keeps `realloc`'s contract, and `block` came from `inner`.
    let moved = unsafe { inner.realloc(block, layout, new_size) };
    if !moved.is_null() {
        command::on_realloc(layout.size(), new_size);
    }
    if let Some(moving) = moving {
        if moved.is_null() {
            sites::on_realloc_failed(state, block, moving);
        } else {
            sites::on_realloc(state, frame_record(), moving, layout.size(), moved, new_size);
        }
    } else if !moved.is_null() {
        match state::mode(state) {
            state::MODE_COUNT => counters::on_realloc_slow(state, layout.size(), new_size),
            #[cfg(any(test, feature = "assertions"))]
            state::MODE_SCOPES => {
                all_threads::on_realloc(layout.size(), new_size);
                scope::on_realloc(block, layout.size(), moved, new_size);
            }
            #[cfg(feature = "stats_alloc")]
            state::MODE_STATS_ALLOC => {
                super::cross_check::stats_alloc_saw_realloc(moved, layout, new_size);
            }
            _ => {}
        }
    }
    moved
}

/// Says that `inner` gave a block, to the engine of the mode.
#[inline(always)]
fn allocated(state: u32, block: *mut u8, layout: Layout) {
    command::on_alloc(layout.size());
    match state::mode(state) {
        state::MODE_COUNT => counters::on_alloc_slow(state, layout.size()),
        state::MODE_SITES => sites::on_alloc(state, frame_record(), block, layout.size()),
        #[cfg(any(test, feature = "assertions"))]
        state::MODE_SCOPES => {
            all_threads::on_alloc(layout.size());
            scope::on_alloc(block, layout.size());
        }
        #[cfg(feature = "stats_alloc")]
        state::MODE_STATS_ALLOC => super::cross_check::stats_alloc_saw_alloc(block, layout),
        _ => {}
    }
}

/// Whether the inner allocator is the one that dhat stands on.
#[cfg(feature = "dhat")]
fn is_system<A: 'static>() -> bool {
    std::any::TypeId::of::<A>() == std::any::TypeId::of::<std::alloc::System>()
}
