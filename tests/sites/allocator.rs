//! An allocator that is not the platform's, and that fails or moves blocks on demand; and blocks by hand, of which each
//! method is exactly one call of the allocator.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Hands calls on to `System`, unless it was told otherwise.
pub(crate) struct Fickle;

/// Whether allocs and reallocs fail.
static FAILS: AtomicBool = AtomicBool::new(false);
/// Whether each realloc moves its block.
static MOVES: AtomicBool = AtomicBool::new(false);

/// Runs `body` while nothing can be allocated.
pub(crate) fn while_failing<T>(body: impl FnOnce() -> T) -> T {
    FAILS.store(true, Relaxed);
    let result = body();
    FAILS.store(false, Relaxed);
    result
}

/// Runs `body` while no block stays where it is when it is reallocated.
pub(crate) fn while_moving<T>(body: impl FnOnce() -> T) -> T {
    MOVES.store(true, Relaxed);
    let result = body();
    MOVES.store(false, Relaxed);
    result
}

// SAFETY: every method hands its arguments on to `System` unchanged, or fails. A realloc that moves is an alloc, a copy of
// what fits, and a dealloc, all of them `System`'s.
unsafe impl GlobalAlloc for Fickle {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if FAILS.load(Relaxed) {
            return std::ptr::null_mut();
        }
        // SAFETY: the caller keeps `alloc`'s contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps `dealloc`'s contract, and `block` came from `System`.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if FAILS.load(Relaxed) {
            return std::ptr::null_mut();
        }
        // SAFETY: the caller keeps `alloc_zeroed`'s contract.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        if FAILS.load(Relaxed) {
            return std::ptr::null_mut();
        }
        if !MOVES.load(Relaxed) {
            // SAFETY: the caller keeps `realloc`'s contract, and `block` came from `System`.
            return unsafe { System.realloc(block, layout, new_size) };
        }
        let Ok(new_layout) = Layout::from_size_align(new_size, layout.align()) else {
            return std::ptr::null_mut();
        };
        // SAFETY: the new size is above zero; the caller says so.
        let moved = unsafe { System.alloc(new_layout) };
        if !moved.is_null() {
            // SAFETY: both have room for the smaller size, and are different blocks.
            unsafe { std::ptr::copy_nonoverlapping(block, moved, layout.size().min(new_size)) };
            // SAFETY: `block` came from `System` with this layout, and the caller gives it up.
            unsafe { System.dealloc(block, layout) };
        }
        moved
    }
}

/// A block that was asked for by hand.
pub(crate) struct Block {
    start: NonNull<u8>,
    layout: Layout,
}

// SAFETY: whoever has the block owns its memory, and a global allocator takes blocks back from any thread.
unsafe impl Send for Block {}

impl Block {
    /// Asks for a block; `size` is above zero.
    #[inline(always)]
    pub(crate) fn new(size: usize) -> Self {
        let layout = Layout::from_size_align(size.max(1), 8).expect("sizes are small here");
        // SAFETY: the layout's size is above zero.
        let start = unsafe { std::alloc::alloc(layout) };
        Self { start: NonNull::new(start).expect("there is memory"), layout }
    }

    /// Reallocates the block, also to the size that it has.
    #[inline(always)]
    pub(crate) fn resize(&mut self, size: usize) {
        let size = size.max(1);
        // SAFETY: the block came from the global allocator with this layout, and the size is above zero and small.
        let moved = unsafe { std::alloc::realloc(self.start.as_ptr(), self.layout, size) };
        if let Some(moved) = NonNull::new(moved) {
            self.start = moved;
            self.layout = Layout::from_size_align(size, 8).expect("sizes are small here");
        }
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: the block came from the global allocator with this layout, and nobody uses it any more.
        unsafe { std::alloc::dealloc(self.start.as_ptr(), self.layout) }
    }
}
