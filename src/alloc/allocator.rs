//! The global allocator.

use std::alloc::{GlobalAlloc, Layout, System};

use super::hint::unlikely;
use super::{counters, slow, state};

/// A global allocator that counts, around any other.
///
/// [`main!`](crate::main!) installs it, and so does [`install!`](crate::install!) for tests. It passes every call through to the inner
/// allocator (`alloc_zeroed` and `realloc` as themselves, never emulated), and counts only while a window is open or a closure is measured.
///
/// # Cost
/// While nothing is measured: one relaxed load and one branch per call. While counting: a few plain loads and stores in
/// memory of the thread's own. The methods are kept out of line on purpose: inlined into user code, the optimiser may
/// remove a pair of inner calls that it proves unneeded, and leave the counting.
///
/// # Example
/// ```
/// #[global_allocator]
/// static ALLOCATOR: memgate::Alloc = memgate::Alloc::system();
/// # fn main() {}
/// ```
#[derive(Debug, Default)]
pub struct Alloc<A = System> {
    inner: A,
}

impl Alloc<System> {
    /// Around the platform's default allocator.
    #[must_use]
    pub const fn system() -> Self {
        Self::new(System)
    }
}

impl<A> Alloc<A> {
    /// Wraps `inner`.
    #[must_use]
    pub const fn new(inner: A) -> Self {
        Self { inner }
    }
}

// SAFETY: every method hands its arguments unchanged to one allocator and returns what that returns: `inner`, or in
// the dhat mode `dhat::Alloc`, which hands on to `System` and is used only where `inner` is `System` too. So blocks,
// layouts and failure are the inner allocator's, whichever mode was on when a block was allocated. Nothing here
// unwinds: counting is arithmetic that wraps, on atomics and a thread-local that has no destructor.
unsafe impl<A: GlobalAlloc + 'static> GlobalAlloc for Alloc<A> {
    #[inline(never)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let state = state::current();
        if unlikely(state != state::MODE_OFF) {
            // SAFETY: the caller keeps `alloc`'s contract: `layout` has a size above zero.
            return unsafe { self.alloc_measured(layout, state) };
        }
        // SAFETY: the caller keeps `alloc`'s contract: `layout` has a size above zero.
        unsafe { self.inner.alloc(layout) }
    }

    #[inline(never)]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let state = state::current();
        if unlikely(state != state::MODE_OFF) {
            // SAFETY: the caller keeps `dealloc`'s contract: `block` is live, from `self`, with this `layout`.
            return unsafe { self.dealloc_measured(block, layout, state) };
        }
        // SAFETY: `block` came from a method of `self`, and so from `inner`, with this `layout`; the caller says so.
        unsafe { self.inner.dealloc(block, layout) }
    }

    #[inline(never)]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let state = state::current();
        if unlikely(state != state::MODE_OFF) {
            // SAFETY: the caller keeps `alloc_zeroed`'s contract: `layout` has a size above zero.
            return unsafe { self.alloc_zeroed_measured(layout, state) };
        }
        // SAFETY: the caller keeps `alloc_zeroed`'s contract: `layout` has a size above zero.
        unsafe { self.inner.alloc_zeroed(layout) }
    }

    #[inline(never)]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        let state = state::current();
        if unlikely(state != state::MODE_OFF) {
            // SAFETY: the caller keeps `realloc`'s contract: `block` is live, from `self`, with this `layout`;
            // `new_size` is above zero and does not overflow when rounded up to the alignment.
            return unsafe { self.realloc_measured(block, layout, new_size, state) };
        }
        // SAFETY: `block` came from a method of `self`, and so from `inner`, with this `layout`; the caller says so,
        // and that `new_size` is above zero and does not overflow when rounded up to the alignment.
        unsafe { self.inner.realloc(block, layout, new_size) }
    }
}

/// What the methods do while a span is open. Each looks first whether this thread has counters that can simply be added
/// to, and leaves everything else to `slow.rs`.
///
/// Functions of their own, so that the methods above need no stack frame and end in a jump to the inner allocator; and
/// with `state` last, so that the other arguments stay in their registers.
impl<A: GlobalAlloc + 'static> Alloc<A> {
    /// # Safety
    /// As [`GlobalAlloc::alloc`].
    #[inline(never)]
    unsafe fn alloc_measured(&self, layout: Layout, state: u32) -> *mut u8 {
        if unlikely(!counters::has_joined(state)) {
            // SAFETY: our caller keeps `alloc`'s contract.
            return unsafe { slow::alloc(&self.inner, layout, state) };
        }
        // SAFETY: our caller keeps `alloc`'s contract.
        let block = unsafe { self.inner.alloc(layout) };
        if !unlikely(block.is_null()) {
            counters::on_alloc(layout.size());
        }
        block
    }

    /// # Safety
    /// As [`GlobalAlloc::dealloc`].
    #[inline(never)]
    unsafe fn dealloc_measured(&self, block: *mut u8, layout: Layout, state: u32) {
        if unlikely(!counters::try_dealloc(state, layout.size())) {
            // SAFETY: our caller keeps `dealloc`'s contract.
            return unsafe { slow::dealloc(&self.inner, block, layout, state) };
        }
        // SAFETY: our caller keeps `dealloc`'s contract, and `block` came from `inner`.
        unsafe { self.inner.dealloc(block, layout) }
    }

    /// # Safety
    /// As [`GlobalAlloc::alloc_zeroed`].
    #[inline(never)]
    unsafe fn alloc_zeroed_measured(&self, layout: Layout, state: u32) -> *mut u8 {
        if unlikely(!counters::has_joined(state)) {
            // SAFETY: our caller keeps `alloc_zeroed`'s contract.
            return unsafe { slow::alloc_zeroed(&self.inner, layout, state) };
        }
        // SAFETY: our caller keeps `alloc_zeroed`'s contract.
        let block = unsafe { self.inner.alloc_zeroed(layout) };
        if !unlikely(block.is_null()) {
            counters::on_alloc(layout.size());
        }
        block
    }

    /// # Safety
    /// As [`GlobalAlloc::realloc`].
    #[inline(never)]
    unsafe fn realloc_measured(
        &self,
        block: *mut u8,
        layout: Layout,
        new_size: usize,
        state: u32,
    ) -> *mut u8 {
        if unlikely(!counters::has_joined(state)) {
            // SAFETY: our caller keeps `realloc`'s contract.
            return unsafe { slow::realloc(&self.inner, block, layout, new_size, state) };
        }
        // SAFETY: our caller keeps `realloc`'s contract, and `block` came from `inner`.
        let moved = unsafe { self.inner.realloc(block, layout, new_size) };
        if !unlikely(moved.is_null()) {
            counters::on_realloc(layout.size(), new_size);
        }
        moved
    }
}
