//! The global allocator.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::Ordering::SeqCst;
use std::sync::atomic::compiler_fence;

use super::{slots, slow};

/// A global allocator that counts, and samples, around any other.
///
/// It passes every call through to the inner allocator (`alloc_zeroed` and `realloc` as themselves, never emulated), and begins with
/// the process's first allocation. What it costs is in the repository's `docs/PERFORMANCE.md`.
///
/// A block that is reallocated is counted as freed and allocated anew, whether or not it moves. What the inner allocator
/// refuses is not counted if it has 1 MiB or more; less than that is, which happens where even so little can't be had.
///
/// # Memory
/// Of its own, mapped once and never given back: 0.3 MiB, and what is used of at most 8 MiB for frames, 1 MiB for stacks, 8 MiB for live
/// samples and 128 bytes for each thread that runs at the same time. What does not fit any more is in the profile's row without addresses,
/// and in [`Counters::dropped`](crate::Counters::dropped): what is allocated at further stacks, and what is live beyond 114,688 samples, whose ends are
/// not seen ([`unfollowed_live_bytes`](crate::HeapProfile::unfollowed_live_bytes)).
///
/// # Example
/// ```
/// #[global_allocator]
/// static HEAP: memgate_live::Heap = memgate_live::Heap::system();
/// # fn main() {}
/// ```
#[derive(Debug, Default)]
pub struct Heap<A = System> {
    inner: A,
}

impl Heap<System> {
    /// Around the platform's default allocator.
    #[must_use]
    pub const fn system() -> Self {
        Self::new(System)
    }
}

impl<A> Heap<A> {
    /// Wraps `inner`.
    #[must_use]
    pub const fn new(inner: A) -> Self {
        Self { inner }
    }
}

/// Tells the compiler to lay the code out for the other case.
#[inline(always)]
fn unlikely(condition: bool) -> bool {
    #[cold]
    fn cold() {}

    if condition {
        cold();
    }
    condition
}

// SAFETY: every method hands its arguments unchanged to `inner` and returns what that returns, so blocks, layouts and failure are
// the inner allocator's. Nothing here unwinds: counting is arithmetic that wraps, on atomics and on thread-locals that have no
// destructor, and the tables are reached through checks.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Heap<A> {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let slot = slots::mine();
        let Some(allocated) = slot.allocated_with(layout.size()) else {
            // SAFETY: the caller keeps `alloc`'s contract.
            return unsafe { slow::alloc(&self.inner, layout) };
        };
        // Before it is there, so that this ends in a jump: looking afterwards whether it is takes four times as long as counting.
        slot.count_allocation(allocated);
        // SAFETY: the caller keeps `alloc`'s contract.
        unsafe { self.inner.alloc(layout) }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let slot = slots::mine();
        if unlikely(slot.may_be_sampled(block)) {
            // SAFETY: the caller keeps `dealloc`'s contract.
            unsafe { slow::dealloc(&self.inner, block, layout) };
            // So that this is a call and no jump: otherwise, built with frame pointers, the other case would set one, too.
            compiler_fence(SeqCst);
            return;
        }
        slot.count_free(layout.size());
        // SAFETY: `block` came from a method of `self`, and so from `inner`, with this `layout`; the caller says so.
        unsafe { self.inner.dealloc(block, layout) }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let slot = slots::mine();
        let Some(allocated) = slot.allocated_with(layout.size()) else {
            // SAFETY: the caller keeps `alloc_zeroed`'s contract.
            return unsafe { slow::alloc_zeroed(&self.inner, layout) };
        };
        slot.count_allocation(allocated);
        // SAFETY: the caller keeps `alloc_zeroed`'s contract.
        unsafe { self.inner.alloc_zeroed(layout) }
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        let slot = slots::mine();
        if let Some(allocated) = slot.allocated_with(new_size)
            && !slot.may_be_sampled(block)
        {
            slot.count_free(layout.size());
            slot.count_allocation(allocated);
            // SAFETY: `block` came from a method of `self`, and so from `inner`, with this `layout`; the caller says so, and that
            // `new_size` is above zero and does not overflow when rounded up to the alignment.
            return unsafe { self.inner.realloc(block, layout, new_size) };
        }
        // SAFETY: the caller keeps `realloc`'s contract.
        unsafe { slow::realloc(&self.inner, block, layout, new_size) }
    }
}
