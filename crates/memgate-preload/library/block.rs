//! How large a block was asked to be, and whose it is.
//!
//! The C library knows how much of a block can be used, which is more than was asked for, and not the same everywhere. How much more is
//! kept in the block's byte; see `marks`. Where that is too much for a byte, the last eight bytes of the block have room for its size.
//!
//! Rejected: a header before the block, which would be read where none is, and moves what is aligned; and a table of sizes that is
//! searched for an address, which takes a lock at every call.

use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use crate::marks;
use crate::real::{Real, bytes_by_header};

/// Nobody has seen the block being allocated, or it came with a fork.
const NOBODYS: u8 = 0;
const LIBRARYS: u8 = 1;
/// The size stands in the block's last eight bytes.
const SIZE_AT_END: u8 = 2;
/// This, and how much more can be used than was asked for.
const FIRST: u8 = 3;
const MOST_MORE: usize = (u8::MAX - FIRST) as usize;
const SIZE_BYTES: usize = size_of::<usize>();

/// Whether this is the child of a fork: what nobody has seen is its parent's.
static IS_FORK: AtomicBool = AtomicBool::new(false);

/// Whose a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// This process's, of so many bytes.
    Program(usize),
    /// What came with a fork.
    Parent,
    /// The library's own.
    Library,
    /// Nobody has seen it being allocated.
    Unknown,
}

/// How much is asked for, so that no other block has the same byte. Of glibc's, none does.
#[inline(always)]
pub(crate) fn bytes_to_ask_for(real: &Real, size: usize) -> usize {
    if real.has_headers { size } else { size.max(marks::GRANULE_BYTES) }
}

/// Begins anew, in the child of a fork: what there is now is the parent's.
pub(crate) fn begin_again_in_fork() {
    IS_FORK.store(true, Relaxed);
    marks::forget_in_fork();
}

/// Marks a block of the program's, and says whether it did. It does not where there is more to do; see [`mark`].
///
/// # Safety
/// `block` is live, has a header, and was asked to have this size.
#[inline(always)]
pub(crate) unsafe fn mark_at_once(block: *mut c_void, size: usize) -> bool {
    let Some(mark) = marks::find_at_once(block) else { return false };
    // SAFETY: our caller says so.
    let more = unsafe { bytes_by_header(block) }.wrapping_sub(size);
    if more > MOST_MORE {
        return false;
    }
    mark.store(FIRST + more as u8, Relaxed);
    true
}

/// Marks a block of the program's, and says whether that could be done.
///
/// # Safety
/// `block` is live, from `real`, and was asked to have [`bytes_to_ask_for`] this size.
pub(crate) unsafe fn mark(real: &Real, block: *mut c_void, size: usize) -> bool {
    let Some(mark) = marks::find_or_make(block) else { return false };
    // SAFETY: our caller says that the block is live.
    let Some(more) = (unsafe { real.usable_bytes(block) }).checked_sub(size) else { return false };
    if more <= MOST_MORE {
        mark.store(FIRST + more as u8, Relaxed);
    } else {
        // SAFETY: so many bytes can be used, which are more than the size's.
        let place = unsafe { size_at_end(block, size + more) };
        // SAFETY: none of the bytes that were asked for.
        unsafe { place.write_unaligned(size) };
        mark.store(SIZE_AT_END, Relaxed);
    }
    true
}

/// Marks a block of the library's own.
pub(crate) fn mark_own(block: *mut c_void) {
    if let Some(mark) = marks::find_or_make(block) {
        mark.store(LIBRARYS, Relaxed);
    }
}

/// The size of a block of the program's that is given back now. None where there is more to do; see [`take`].
///
/// # Safety
/// `block` is live, and has a header.
#[inline(always)]
pub(crate) unsafe fn take_at_once(block: *mut c_void) -> Option<usize> {
    let mark = marks::find_at_once(block)?;
    let more = mark.load(Relaxed).checked_sub(FIRST)?;
    mark.store(NOBODYS, Relaxed);
    // SAFETY: our caller says so.
    Some(unsafe { bytes_by_header(block) }.wrapping_sub(more.into()))
}

/// Whose a block is that is given back now, or moved. It is nobody's from here on: whoever has the memory next may be faster than we are.
///
/// # Safety
/// `block` is live, and from the allocator of `real`.
pub(crate) unsafe fn take(real: &Real, block: *mut c_void) -> Owner {
    let mark = marks::find(block);
    match mark.map_or(NOBODYS, |mark| mark.swap(NOBODYS, Relaxed)) {
        NOBODYS if IS_FORK.load(Relaxed) => Owner::Parent,
        NOBODYS => Owner::Unknown,
        LIBRARYS => Owner::Library,
        said => {
            // SAFETY: our caller says that the block is live.
            let usable = unsafe { real.usable_bytes(block) };
            if let Some(more) = said.checked_sub(FIRST) {
                return Owner::Program(usable.wrapping_sub(more.into()));
            }
            // SAFETY: so many bytes can be used, which are more than the size's.
            let place = unsafe { size_at_end(block, usable) };
            // SAFETY: written when the block was marked.
            Owner::Program(unsafe { place.read_unaligned() })
        }
    }
}

/// Where the size of a block stands, if not in its byte.
///
/// # Safety
/// So many bytes of `block` can be used, and no fewer than the size has.
unsafe fn size_at_end(block: *mut c_void, usable_bytes: usize) -> *mut usize {
    // SAFETY: our caller says so.
    unsafe { block.byte_add(usable_bytes - SIZE_BYTES) }.cast()
}

/// How many bytes of a block are the program's to write to.
///
/// # Safety
/// As [`take`].
pub(crate) unsafe fn usable_bytes(real: &Real, block: *mut c_void) -> usize {
    // SAFETY: our caller says that the block is live.
    let usable = unsafe { real.usable_bytes(block) };
    let has_size_at_end = marks::find(block).is_some_and(|mark| mark.load(Relaxed) == SIZE_AT_END);
    if has_size_at_end { usable - SIZE_BYTES } else { usable }
}
