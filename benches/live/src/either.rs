//! Two allocators in one process.

#![expect(unsafe_code, reason = "a global allocator can't be written without it")]

use std::alloc::{GlobalAlloc, Layout};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// A global allocator that is one of two, by a flag that each call reads: so both pay the same for it, and are measured in one process,
/// one right after the other.
///
/// Both hand out the blocks of one inner allocator, so that either may free what the other has allocated. What only one of them counts is
/// wrong then, and of no interest here.
#[derive(Debug)]
pub struct Either<P, O> {
    plain: P,
    other: O,
    is_other: AtomicBool,
}

impl<P, O> Either<P, O> {
    /// Begins as `plain`.
    ///
    /// # Safety
    /// Either allocator must be able to free and to grow what the other has allocated, as those do that are around the same one.
    pub const unsafe fn new(plain: P, other: O) -> Self {
        Self { plain, other, is_other: AtomicBool::new(false) }
    }

    /// Is the other one from now on, or the plain one.
    pub fn switch(&self, is_other: bool) {
        self.is_other.store(is_other, Relaxed);
    }
}

// SAFETY: every method hands its arguments unchanged to one of two allocators and returns what that returns. Whoever made it said that
// either can free what the other has allocated.
unsafe impl<P: GlobalAlloc, O: GlobalAlloc> GlobalAlloc for Either<P, O> {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if self.is_other.load(Relaxed) {
            // SAFETY: the caller keeps `alloc`'s contract.
            unsafe { self.other.alloc(layout) }
        } else {
            // SAFETY: as above.
            unsafe { self.plain.alloc(layout) }
        }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if self.is_other.load(Relaxed) {
            // SAFETY: `block` came from one of the two, with this `layout`; the caller says so.
            unsafe { self.other.dealloc(block, layout) }
        } else {
            // SAFETY: as above.
            unsafe { self.plain.dealloc(block, layout) }
        }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if self.is_other.load(Relaxed) {
            // SAFETY: the caller keeps `alloc_zeroed`'s contract.
            unsafe { self.other.alloc_zeroed(layout) }
        } else {
            // SAFETY: as above.
            unsafe { self.plain.alloc_zeroed(layout) }
        }
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        if self.is_other.load(Relaxed) {
            // SAFETY: the caller keeps `realloc`'s contract, and `block` came from one of the two.
            unsafe { self.other.realloc(block, layout, new_size) }
        } else {
            // SAFETY: as above.
            unsafe { self.plain.realloc(block, layout, new_size) }
        }
    }
}
