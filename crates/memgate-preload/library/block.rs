//! How large a block was asked to be: kept in the last eight bytes of what can be used of it.
//!
//! The C library knows how much of a block can be used, which is more than was asked for, and not the same everywhere. So eight bytes
//! more are asked for, and the end of the block says what is needed. Its address is the C library's own: any alignment is kept, and
//! a block that somebody else has made is recognised, not misread.
//!
//! Rejected: a header before the block, which would be read where none is, and moves what is aligned; and a table by address, which
//! takes a lock and a look-up at every call.
//!
//! ```text
//!   63     50 49        42 41                  0
//!  ┌─────────┬────────────┬─────────────────────┐
//!  │ check   │ generation │ size                │
//!  └─────────┴────────────┴─────────────────────┘
//! ```
//!
//! The generation is that of the process which has made the block, and one more in each child of a fork: there, what came with the
//! fork is the parent's. Generation zero is the library's own.

use std::ffi::c_void;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::real::Real;

/// What is asked for in addition.
pub(crate) const MARK_BYTES: usize = 8;
const SIZE_BITS: u32 = 42;
const GENERATION_BITS: u32 = 8;
const CHECK_BITS: u32 = 64 - SIZE_BITS - GENERATION_BITS;
/// Larger blocks, of four tebibytes, are not marked.
const MOST_BYTES: usize = (1 << SIZE_BITS) - 1;
const OWN: u64 = 0;

static GENERATION: AtomicU64 = AtomicU64::new(1);

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

/// Begins a new generation: what there is now is the parent's.
pub(crate) fn begin_generation() {
    let next = GENERATION.load(Relaxed) + 1;
    GENERATION.store(if next >> GENERATION_BITS == 0 { next } else { 1 }, Relaxed);
}

/// Marks a block of the program's.
///
/// # Safety
/// `block` is live, from `real`, and was asked to have `size + MARK_BYTES` bytes.
#[inline(always)]
pub(crate) unsafe fn mark(real: &Real, block: *mut c_void, size: usize) {
    // SAFETY: our caller says so.
    unsafe { put(real, block, size, GENERATION.load(Relaxed)) };
}

/// Marks a block of the library's own.
///
/// # Safety
/// As [`mark`].
pub(crate) unsafe fn mark_own(real: &Real, block: *mut c_void, size: usize) {
    // SAFETY: our caller says so.
    unsafe { put(real, block, size, OWN) };
}

#[inline(always)]
unsafe fn put(real: &Real, block: *mut c_void, size: usize, generation: u64) {
    // SAFETY: our caller says that the block is live.
    let place = unsafe { place(real, block) };
    if let Some(place) = place {
        let mark = if size > MOST_BYTES { 0 } else { encode(block, size as u64, generation) };
        // SAFETY: within the block, after what was asked for by the program.
        unsafe { place.write_unaligned(mark) };
    }
}

/// Whose a block is.
///
/// # Safety
/// `block` is live, and from the allocator of `real`.
#[inline(always)]
pub(crate) unsafe fn owner(real: &Real, block: *mut c_void) -> Owner {
    // SAFETY: our caller says so.
    match unsafe { place(real, block) } {
        // SAFETY: within the block.
        Some(place) => read(block, unsafe { place.read_unaligned() }),
        None => Owner::Unknown,
    }
}

/// Whose a block is that is freed now. The program's mark is removed, so that whoever gets the memory without our help is not taken for it.
///
/// # Safety
/// As [`owner`].
#[inline(always)]
pub(crate) unsafe fn take(real: &Real, block: *mut c_void) -> Owner {
    // SAFETY: our caller says so.
    let Some(place) = (unsafe { place(real, block) }) else { return Owner::Unknown };
    // SAFETY: within the block.
    let owner = read(block, unsafe { place.read_unaligned() });
    if let Owner::Program(_) = owner {
        // SAFETY: within the block, after what was asked for by the program.
        unsafe { place.write_unaligned(0) };
    }
    owner
}

/// Where the mark of a block lies.
///
/// # Safety
/// As [`owner`].
#[inline(always)]
unsafe fn place(real: &Real, block: *mut c_void) -> Option<*mut u64> {
    // SAFETY: our caller says so.
    let usable = unsafe { real.usable_bytes(block) };
    // What is no block, and is freed by mistake, may seem to be of any length: the C library is to find that.
    let offset = usable.checked_sub(MARK_BYTES).filter(|offset| *offset <= 2 * MOST_BYTES)?;
    // SAFETY: within what can be used of the block.
    Some(unsafe { block.byte_add(offset) }.cast())
}

#[inline(always)]
fn encode(block: *mut c_void, size: u64, generation: u64) -> u64 {
    let said = size | generation << SIZE_BITS;
    said | check(block, said) << (SIZE_BITS + GENERATION_BITS)
}

/// What chance does not make: one of 16,384 words that are no marks would be taken for one. Without a multiplication, which is as long as
/// all else that is done for a block.
#[inline(always)]
fn check(block: *mut c_void, said: u64) -> u64 {
    const SALT: u64 = 0x2A5B;
    let address = block.addr() as u64 >> 4;
    (address ^ address >> 14 ^ said ^ said >> SIZE_BITS ^ SALT) & ((1 << CHECK_BITS) - 1)
}

#[inline(always)]
fn read(block: *mut c_void, mark: u64) -> Owner {
    let said = mark & ((1 << (SIZE_BITS + GENERATION_BITS)) - 1);
    if mark >> (SIZE_BITS + GENERATION_BITS) != check(block, said) || mark == 0 {
        return Owner::Unknown;
    }
    let generation = said >> SIZE_BITS;
    if generation == GENERATION.load(Relaxed) {
        Owner::Program((said & ((1 << SIZE_BITS) - 1)) as usize)
    } else if generation == OWN {
        Owner::Library
    } else {
        Owner::Parent
    }
}
