//! Finds out whether [`Alloc`](super::Alloc) is the global allocator, and what it wraps, by making one allocation.

use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

use super::state;
use memgate_protocol::Part;

static NAME: AtomicPtr<u8> = AtomicPtr::new(std::ptr::null_mut());
static NAME_LENGTH: AtomicUsize = AtomicUsize::new(0);

/// Called by the allocator in probe mode: says what it wraps.
#[cold]
pub(super) fn report(inner: &'static str) {
    Part::Allocator.keep_marker();
    NAME_LENGTH.store(inner.len(), Ordering::Relaxed);
    NAME.store(inner.as_ptr().cast_mut(), Ordering::Release);
}

/// Whether the standard library's own code allocates through [`Alloc`](super::Alloc) too.
///
/// It does not where the standard library is a shared library (`-C prefer-dynamic`, or a crate of the kind `dylib` among
/// the dependencies): its compiled code then has an allocator of its own, and whatever it allocates would not be counted.
pub(crate) fn sees_standard_library() -> bool {
    NAME.store(std::ptr::null_mut(), Ordering::Release);
    state::begin(state::MODE_PROBE);
    // Compiled into the standard library, and needs a buffer whether it succeeds or not.
    let _ = std::hint::black_box(std::env::current_dir());
    state::end();
    !NAME.load(Ordering::Acquire).is_null()
}

/// The type name of the allocator inside `Alloc`, or none when `Alloc` is not the global allocator.
pub(crate) fn installed_allocator() -> Option<&'static str> {
    if NAME.load(Ordering::Acquire).is_null() {
        state::begin(state::MODE_PROBE);
        drop(std::hint::black_box(Box::new(std::hint::black_box(0_u8))));
        state::end();
    }
    let start = NAME.load(Ordering::Acquire);
    if start.is_null() {
        return None;
    }
    let length = NAME_LENGTH.load(Ordering::Relaxed);
    // SAFETY: `start` is not null, so `report` has stored both: the length before the pointer, which was stored with
    // Release and loaded with Acquire. Every call of `report` stores the same two values, since a process has one
    // global allocator. They come from a `&'static str`, so `length` bytes are readable at `start`, initialised,
    // never written, and live for 'static.
    let bytes = unsafe { std::slice::from_raw_parts(start, length) };
    std::str::from_utf8(bytes).ok()
}
