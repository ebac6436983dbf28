//! A byte for every block, found by the block's address.
//!
//! Each region of 64 MiB in which there are blocks has 2 MiB of bytes beside it, one for every 32 bytes of the region. Of these, only
//! pages that are written to take memory. So a program's blocks are as long as it asks for, and lie where they would without us. A byte
//! is read and written by whoever has its block alone, and the regions are never given back: nothing is locked.
//!
//! Rejected: what is to be known of a block in the block itself. Where a block is as long as it was asked to be, which is so for half
//! of those whose size is a multiple of eight, it has to be made longer, and the heap grows and shrinks at other moments than the program's.
//! Also rejected: one such range for all addresses, which is four tebibytes.

use std::ffi::c_void;
use std::sync::atomic::{
    AtomicBool, AtomicPtr, AtomicU8, AtomicUsize, Ordering::Acquire, Ordering::Relaxed, Ordering::Release,
};

use crate::c::{self, keeping_errno};

/// In so many bytes, no more than one block may begin.
pub(crate) const GRANULE_BYTES: usize = 1 << GRANULE_BITS;
const GRANULE_BITS: u32 = 5;
const REGION_BITS: u32 = 26;
const MARKS_BYTES: usize = 1 << (REGION_BITS - GRANULE_BITS);
/// For blocks in 256 GiB. A power of two.
const MOST_REGIONS: usize = 1 << 12;

struct Region {
    /// Which it is, and one more; zero while it is none.
    name: AtomicUsize,
    marks: AtomicPtr<AtomicU8>,
}

static REGIONS: [Region; MOST_REGIONS] =
    [const { Region { name: AtomicUsize::new(0), marks: AtomicPtr::new(std::ptr::null_mut()) } };
        MOST_REGIONS];
/// Whether the system clears them in the child of a fork. An older one does not know how.
static ARE_WIPED_IN_FORKS: AtomicBool = AtomicBool::new(true);

/// The byte of a block, if there are any for its region and they lie where they are looked for first.
#[inline(always)]
pub(crate) fn find_at_once(block: *mut c_void) -> Option<&'static AtomicU8> {
    let name = name(block);
    let region = &REGIONS[place(name, 0)];
    if region.name.load(Relaxed) != name {
        return None;
    }
    // SAFETY: null, or the marks of the block's region.
    unsafe { mark_in(region.marks.load(Acquire), block) }
}

/// The byte of a block, if there are any for its region.
pub(crate) fn find(block: *mut c_void) -> Option<&'static AtomicU8> {
    let name = name(block);
    let regions = (0..MOST_REGIONS).map(|tries| &REGIONS[place(name, tries)]);
    let region = regions
        .take_while(|region| region.name.load(Relaxed) != 0)
        .find(|region| region.name.load(Relaxed) == name)?;
    // SAFETY: null, or the marks of the block's region.
    unsafe { mark_in(region.marks.load(Acquire), block) }
}

/// The byte of a block, with such for its region made now if there are none. None when there is no memory for them.
pub(crate) fn find_or_make(block: *mut c_void) -> Option<&'static AtomicU8> {
    find(block).or_else(|| make(block))
}

/// Forgets all blocks, in the child of a fork.
pub(crate) fn forget_in_fork() {
    if ARE_WIPED_IN_FORKS.load(Relaxed) {
        return;
    }
    for region in &REGIONS {
        let marks = region.marks.load(Acquire);
        if !marks.is_null() {
            // SAFETY: ours, as long, and nobody else is there in a child.
            unsafe { map_marks(marks.cast(), c::MAP_FIXED) };
        }
    }
}

#[inline(always)]
fn name(block: *mut c_void) -> usize {
    (block.addr() >> REGION_BITS) + 1
}

#[inline(always)]
fn place(name: usize, tries: usize) -> usize {
    name.wrapping_add(tries) & (MOST_REGIONS - 1)
}

/// # Safety
/// `marks` are those of the block's region, or null.
#[inline(always)]
unsafe fn mark_in(marks: *mut AtomicU8, block: *mut c_void) -> Option<&'static AtomicU8> {
    if marks.is_null() {
        return None;
    }
    let number = (block.addr() & ((1 << REGION_BITS) - 1)) >> GRANULE_BITS;
    // SAFETY: there are as many as a region has, by our caller.
    let mark = unsafe { marks.add(number) };
    // SAFETY: never unmapped.
    Some(unsafe { &*mark })
}

#[cold]
#[inline(never)]
fn make(block: *mut c_void) -> Option<&'static AtomicU8> {
    let name = name(block);
    let region = (0..MOST_REGIONS).map(|tries| &REGIONS[place(name, tries)]).find(|region| {
        // Another thread may have been faster, perhaps with the same region.
        let before = region.name.compare_exchange(0, name, Relaxed, Relaxed);
        before.map_or_else(|other| other == name, |_| true)
    })?;
    // SAFETY: null, or those of the block's region.
    let mark = unsafe { mark_in(region.marks.load(Acquire), block) };
    if mark.is_some() {
        return mark;
    }
    // SAFETY: new memory.
    let new = keeping_errno(|| unsafe { map_marks(std::ptr::null_mut(), 0) })?;
    let marks = match region.marks.compare_exchange(std::ptr::null_mut(), new, Release, Acquire) {
        Ok(_) => new,
        Err(faster) => {
            // SAFETY: just mapped, and nobody has seen it.
            unsafe { c::unmap(new.cast(), MARKS_BYTES) };
            faster
        }
    };
    // SAFETY: those of the block's region.
    unsafe { mark_in(marks, block) }
}

/// Maps zeroes, which are wiped in forks and have small pages: a large one would be resident for a few blocks.
///
/// # Safety
/// As `mmap`, with these flags besides.
unsafe fn map_marks(start: *mut c_void, flags: i32) -> Option<*mut AtomicU8> {
    let flags = flags | c::MAP_PRIVATE | c::MAP_ANONYMOUS | c::MAP_NORESERVE;
    // SAFETY: our caller keeps the contract.
    let marks = unsafe { c::map(start, MARKS_BYTES, c::PROT_READ | c::PROT_WRITE, flags, -1, 0) };
    if !c::is_mapped(marks) {
        return None;
    }
    // SAFETY: just mapped.
    if unsafe { c::madvise(marks, MARKS_BYTES, c::MADV_WIPEONFORK) } != 0 {
        ARE_WIPED_IN_FORKS.store(false, Relaxed);
    }
    // SAFETY: as above. A system without large pages refuses, and has none.
    unsafe { c::madvise(marks, MARKS_BYTES, c::MADV_NOHUGEPAGE) };
    Some(marks.cast())
}
