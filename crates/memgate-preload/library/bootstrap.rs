//! Memory for the little that is asked for before the functions behind ours are known: looking them up may allocate.

use std::cell::UnsafeCell;
use std::ffi::c_void;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

const BYTES: usize = 64 << 10;
const ALIGNMENT: usize = 16;

#[repr(align(4096))]
struct Memory(UnsafeCell<[u8; BYTES]>);
// SAFETY: each part is given once, to one caller.
unsafe impl Sync for Memory {}

static MEMORY: Memory = Memory(UnsafeCell::new([0; BYTES]));
static USED: AtomicUsize = AtomicUsize::new(0);

/// A block of zeroes, which is never used again. Null when there is no more.
pub(crate) fn allocate(size: usize, alignment: usize) -> *mut c_void {
    let alignment = alignment.max(ALIGNMENT);
    let place = |used: usize| {
        let start = used.checked_next_multiple_of(alignment)?;
        Some((start, start.checked_add(size.max(1))?)).filter(|(_, end)| *end <= BYTES && alignment <= 4096)
    };
    let Ok(before) = USED.fetch_update(Relaxed, Relaxed, |used| place(used).map(|(_, end)| end)) else {
        return std::ptr::null_mut();
    };
    let start = place(before).map_or(0, |(start, _)| start);
    // SAFETY: within the memory, by `place`.
    unsafe { MEMORY.0.get().cast::<u8>().add(start) }.cast()
}

/// How many bytes there are from `block` to the end of the memory; none when it is not from here.
#[inline(always)]
pub(crate) fn bytes_from(block: *mut c_void) -> Option<usize> {
    let offset = block.addr().wrapping_sub(MEMORY.0.get().addr());
    BYTES.checked_sub(offset).filter(|bytes| *bytes > 0)
}
