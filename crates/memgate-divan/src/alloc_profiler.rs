//! The global allocator of a suite.
#![expect(unsafe_code, reason = "a global allocator is an unsafe trait")]

use std::alloc::{GlobalAlloc, Layout, System};

// A package of its own so that the compiler's message about a second one gives advice. Nothing in it is named; it is linked all the same.
#[cfg(feature = "allocator")]
extern crate memgate__turn_off_the_feature_allocator_and_wrap_yours_in_memgate_Alloc as _;

/// Measures allocations: divan's `AllocProfiler`, and memgate's allocator around it.
///
/// # Example
/// ```ignore
/// use memgate_divan::AllocProfiler;
///
/// #[global_allocator]
/// static ALLOCATOR: AllocProfiler = AllocProfiler::system();
/// # fn main() {}
/// ```
#[derive(Debug, Default)]
pub struct AllocProfiler<Alloc = System> {
    inner: memgate::Alloc<divan::AllocProfiler<Alloc>>,
}

impl AllocProfiler {
    /// Around the platform's default allocator.
    #[must_use]
    pub const fn system() -> Self {
        Self::new(System)
    }
}

impl<A> AllocProfiler<A> {
    /// Wraps an allocator.
    #[must_use]
    pub const fn new(alloc: A) -> Self {
        Self { inner: memgate::Alloc::new(divan::AllocProfiler::new(alloc)) }
    }
}

// SAFETY: every method is that of `inner`, which keeps the trait's contract, with the same arguments.
unsafe impl<A: GlobalAlloc + 'static> GlobalAlloc for AllocProfiler<A> {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps `alloc`'s contract: `layout` has a size above zero.
        unsafe { self.inner.alloc(layout) }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: `block` came from a method of `self`, and so from `inner`, with this `layout`; the caller says so.
        unsafe { self.inner.dealloc(block, layout) }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps `alloc_zeroed`'s contract: `layout` has a size above zero.
        unsafe { self.inner.alloc_zeroed(layout) }
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: `block` came from a method of `self`, and so from `inner`, with this `layout`; the caller says so, and that
        // `new_size` is above zero and does not overflow when rounded up to the alignment.
        unsafe { self.inner.realloc(block, layout, new_size) }
    }
}
