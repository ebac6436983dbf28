//! The global allocator.

use std::alloc::{GlobalAlloc, Layout, System};

use super::{counters, probe, state};

/// A global allocator that counts, around any other.
///
/// [`main!`](crate::main!) installs it. It passes every call through to the inner allocator (`alloc_zeroed` and `realloc` as
/// themselves, never emulated), and counts only while a window is open.
///
/// # Cost
/// While no window is open: one relaxed load and one branch per call. While counting: a few plain loads and stores in
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
    /// Around `inner`.
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
        if state::mode(state) > state::MODE_COUNT {
            // SAFETY: the caller keeps `alloc`'s contract (`layout` has a size above zero), which is also this one's.
            return unsafe { self.alloc_special(state, layout) };
        }
        // SAFETY: the caller keeps `alloc`'s contract: `layout` has a size above zero.
        let block = unsafe { self.inner.alloc(layout) };
        if state != state::MODE_OFF && !block.is_null() {
            counters::on_alloc(state, layout.size());
        }
        block
    }

    #[inline(never)]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let state = state::current();
        if state::mode(state) > state::MODE_COUNT {
            // SAFETY: the caller keeps `dealloc`'s contract (`block` is live, from this allocator, with this `layout`).
            return unsafe { self.dealloc_special(state, block, layout) };
        }
        if state != state::MODE_OFF {
            counters::on_dealloc(state, layout.size());
        }
        // SAFETY: `block` came from a method of `self`, and so from `inner`, with this `layout`; the caller says so.
        unsafe { self.inner.dealloc(block, layout) }
    }

    #[inline(never)]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let state = state::current();
        if state::mode(state) > state::MODE_COUNT {
            // SAFETY: the caller keeps `alloc_zeroed`'s contract (`layout` has a size above zero).
            return unsafe { self.alloc_zeroed_special(state, layout) };
        }
        // SAFETY: the caller keeps `alloc_zeroed`'s contract: `layout` has a size above zero.
        let block = unsafe { self.inner.alloc_zeroed(layout) };
        if state != state::MODE_OFF && !block.is_null() {
            counters::on_alloc(state, layout.size());
        }
        block
    }

    #[inline(never)]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        let state = state::current();
        if state::mode(state) > state::MODE_COUNT {
            // SAFETY: the caller keeps `realloc`'s contract (`block` is live, from this allocator, with this `layout`;
            // `new_size` is above zero and does not overflow when rounded up to the alignment).
            return unsafe { self.realloc_special(state, block, layout, new_size) };
        }
        // SAFETY: `block` came from a method of `self`, and so from `inner`, with this `layout`; the caller says so,
        // and that `new_size` is above zero and does not overflow when rounded up to the alignment.
        let moved = unsafe { self.inner.realloc(block, layout, new_size) };
        if state != state::MODE_OFF && !moved.is_null() {
            counters::on_realloc(state, layout.size(), new_size);
        }
        moved
    }
}

/// The modes that are never on in the gate's own measurement: the probe and the cross-checking engines.
impl<A: GlobalAlloc + 'static> Alloc<A> {
    /// # Safety
    /// As [`GlobalAlloc::alloc`].
    #[cold]
    #[inline(never)]
    unsafe fn alloc_special(&self, state: u32, layout: Layout) -> *mut u8 {
        match state::mode(state) {
            state::MODE_PROBE => probe::report(std::any::type_name::<A>()),
            #[cfg(feature = "dhat")]
            state::MODE_DHAT if is_system::<A>() => {
                // SAFETY: our caller keeps `alloc`'s contract.
                return unsafe { super::cross_check::DHAT.alloc(layout) };
            }
            _ => {}
        }
        // SAFETY: our caller keeps `alloc`'s contract.
        let block = unsafe { self.inner.alloc(layout) };
        #[cfg(feature = "stats_alloc")]
        if state::mode(state) == state::MODE_STATS_ALLOC && !block.is_null() {
            super::cross_check::stats_alloc_saw_alloc(block, layout);
        }
        block
    }

    /// # Safety
    /// As [`GlobalAlloc::dealloc`].
    #[cold]
    #[inline(never)]
    unsafe fn dealloc_special(&self, state: u32, block: *mut u8, layout: Layout) {
        match state::mode(state) {
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
        unsafe { self.inner.dealloc(block, layout) }
    }

    /// # Safety
    /// As [`GlobalAlloc::alloc_zeroed`].
    #[cold]
    #[inline(never)]
    unsafe fn alloc_zeroed_special(&self, state: u32, layout: Layout) -> *mut u8 {
        match state::mode(state) {
            state::MODE_PROBE => probe::report(std::any::type_name::<A>()),
            #[cfg(feature = "dhat")]
            state::MODE_DHAT if is_system::<A>() => {
                // SAFETY: our caller keeps `alloc_zeroed`'s contract.
                return unsafe { super::cross_check::DHAT.alloc_zeroed(layout) };
            }
            _ => {}
        }
        // SAFETY: our caller keeps `alloc_zeroed`'s contract.
        let block = unsafe { self.inner.alloc_zeroed(layout) };
        #[cfg(feature = "stats_alloc")]
        if state::mode(state) == state::MODE_STATS_ALLOC && !block.is_null() {
            super::cross_check::stats_alloc_saw_alloc(block, layout);
        }
        block
    }

    /// # Safety
    /// As [`GlobalAlloc::realloc`].
    #[cold]
    #[inline(never)]
    unsafe fn realloc_special(&self, state: u32, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        #[cfg(feature = "dhat")]
        if state::mode(state) == state::MODE_DHAT && is_system::<A>() {
            // SAFETY: our caller keeps `realloc`'s contract; `block` came from `System`, on which dhat's allocator
            // stands and which `inner` is.
            return unsafe { super::cross_check::DHAT.realloc(block, layout, new_size) };
        }
        // SAFETY: our caller keeps `realloc`'s contract, and `block` came from `inner`.
        let moved = unsafe { self.inner.realloc(block, layout, new_size) };
        #[cfg(feature = "stats_alloc")]
        if state::mode(state) == state::MODE_STATS_ALLOC && !moved.is_null() {
            super::cross_check::stats_alloc_saw_realloc(moved, layout, new_size);
        }
        #[cfg(not(feature = "stats_alloc"))]
        let _ = state;
        moved
    }
}

/// Whether the inner allocator is the one that dhat stands on.
#[cfg(feature = "dhat")]
fn is_system<A: 'static>() -> bool {
    std::any::TypeId::of::<A>() == std::any::TypeId::of::<System>()
}
