//! What is done for a command where no process counts itself as one.

/// A block of `size` bytes was allocated.
#[inline(always)]
pub(in crate::alloc) fn on_alloc(size: usize) {
    let _ = size;
}

/// A block of `size` bytes is about to be freed.
#[inline(always)]
pub(in crate::alloc) fn on_dealloc(size: usize) {
    let _ = size;
}

/// A block went from `old_size` to `new_size` bytes.
#[inline(always)]
pub(in crate::alloc) fn on_realloc(old_size: usize, new_size: usize) {
    let _ = (old_size, new_size);
}
