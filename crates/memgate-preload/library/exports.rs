//! The C library's functions for memory, as programs call them. What they do is in their manuals, malloc(3) and posix_memalign(3).
//!
//! None of them calls another one by its name, which may be the program's own.

use std::ffi::{c_int, c_void};

use memgate::__private::CommandRecording;

use crate::attach;
use crate::block::{self, Owner, bytes_to_ask_for};
use crate::c::{EINVAL, ENOMEM, getpagesize, keeping_errno, set_errno};
use crate::real::{Real, real};
use crate::sites::{self, Allocating};
use crate::{bootstrap, count, loader};
use memgate_protocol::process_table::Slot;

/// How a block is asked for.
#[derive(Clone, Copy)]
pub(crate) enum Ask {
    Plain,
    Zeroed,
    /// With a row that is the library's.
    Table,
    Aligned(usize),
}

impl Ask {
    #[inline(always)]
    fn get(self, real: &Real, size: usize) -> *mut c_void {
        match self {
            // SAFETY: any number is allowed.
            Self::Plain => unsafe { (real.malloc)(size) },
            // SAFETY: as above.
            Self::Zeroed => unsafe { (real.calloc)(1, size) },
            // SAFETY: as above.
            Self::Table => unsafe { (real.calloc)(1, size.saturating_add(loader::ROW_BYTES)) },
            // SAFETY: as above.
            Self::Aligned(alignment) => unsafe { (real.memalign)(alignment, size) },
        }
    }
}

/// Gets a block of `size` bytes, and counts it.
#[inline(always)]
pub(crate) fn allocate(ask: Ask, size: usize, frame: u64) -> *mut c_void {
    let Some((slot, real)) = attach::to_count_in() else { return allocate_otherwise(ask, size, frame) };
    let block = ask.get(real, size);
    if block.is_null() {
        return block;
    }
    // SAFETY: just given, and asked to have so many bytes.
    if !unsafe { block::mark_at_once(block, size) } {
        return count_otherwise(real, slot, block, size);
    }
    count::on_alloc(real, slot, size);
    block
}

/// Counts a block where that has to be prepared, and gives it back.
#[cold]
#[inline(never)]
fn count_otherwise(real: &Real, slot: &Slot, block: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: just given, and asked to have so many bytes.
    if unsafe { block::mark(real, block, size) } {
        count::on_alloc(real, slot, size);
    } else {
        count::on_uncounted(slot);
    }
    block
}

/// The same where there is more to do than to count, or less.
#[cold]
#[inline(never)]
fn allocate_otherwise(ask: Ask, size: usize, frame: u64) -> *mut c_void {
    let _allocating = Allocating::begin();
    let slot = attach::slot();
    let Some(real) = real() else {
        // No table: where the loader is, is not known yet.
        return bootstrap::allocate(size, if let Ask::Aligned(alignment) = ask { alignment } else { 1 });
    };
    if !real.is_of_one {
        return ask.get(real, size);
    }
    let block = ask.get(real, bytes_to_ask_for(real, size));
    if block.is_null() {
        return block;
    }
    let Some(slot) = slot.filter(|_| !sites::is_busy()) else {
        block::mark_own(block);
        return block;
    };
    // SAFETY: just given, and asked to have so many bytes.
    if unsafe { block::mark(real, block, size) } {
        count::on_alloc(real, slot, size);
        sites::on_alloc(frame, block, size);
    } else {
        count::on_uncounted(slot);
    }
    block
}

/// # Safety
/// As malloc(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn malloc(size: usize) -> *mut c_void {
    allocate(Ask::Plain, size, CommandRecording::frame_record())
}

/// # Safety
/// As calloc(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn calloc(count: usize, size: usize) -> *mut c_void {
    // What overflows is more than there is.
    let all = count.saturating_mul(size);
    let frame = CommandRecording::frame_record();
    // SAFETY: this function's.
    if unsafe { loader::is_table(size, frame) } {
        return allocate_table(all, frame);
    }
    allocate(Ask::Zeroed, all, frame)
}

#[cold]
#[inline(never)]
fn allocate_table(size: usize, frame: u64) -> *mut c_void {
    allocate(Ask::Table, size.saturating_sub(loader::ROW_BYTES), frame)
}

/// # Safety
/// As memalign(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memalign(alignment: usize, size: usize) -> *mut c_void {
    allocate(Ask::Aligned(alignment), size, CommandRecording::frame_record())
}

/// # Safety
/// As aligned_alloc(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn aligned_alloc(alignment: usize, size: usize) -> *mut c_void {
    allocate(Ask::Aligned(alignment), size, CommandRecording::frame_record())
}

/// # Safety
/// As posix_memalign(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn posix_memalign(place: *mut *mut c_void, alignment: usize, size: usize) -> c_int {
    if !alignment.is_power_of_two() || !alignment.is_multiple_of(size_of::<*mut c_void>()) {
        return EINVAL;
    }
    let block = keeping_errno(|| allocate(Ask::Aligned(alignment), size, CommandRecording::frame_record()));
    if block.is_null() {
        return ENOMEM;
    }
    // SAFETY: our caller has a place for it.
    unsafe { place.write(block) };
    0
}

/// # Safety
/// As valloc(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn valloc(size: usize) -> *mut c_void {
    allocate(Ask::Aligned(page_bytes()), size, CommandRecording::frame_record())
}

/// # Safety
/// As pvalloc(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pvalloc(size: usize) -> *mut c_void {
    allocate_pages(size, CommandRecording::frame_record())
}

/// A block of whole pages.
#[inline(always)]
pub(crate) fn allocate_pages(size: usize, frame: u64) -> *mut c_void {
    let whole_pages = size.checked_next_multiple_of(page_bytes()).unwrap_or(usize::MAX);
    allocate(Ask::Aligned(page_bytes()), whole_pages, frame)
}

pub(crate) fn page_bytes() -> usize {
    // SAFETY: always allowed.
    unsafe { getpagesize() as usize }
}

/// # Safety
/// As free(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn free(block: *mut c_void) {
    // SAFETY: our caller keeps the contract.
    unsafe { release(block) };
}

/// # Safety
/// As free(3).
#[inline(always)]
pub(crate) unsafe fn release(block: *mut c_void) {
    if block.is_null() {
        return;
    }
    let Some((slot, real)) = attach::to_count_in() else { return free_otherwise(block) };
    // SAFETY: our caller says that the block is live.
    let Some(size) = (unsafe { block::take_at_once(block) }) else { return free_otherwise(block) };
    count::on_dealloc(real, slot, size);
    // SAFETY: our caller says that the block is live.
    unsafe { (real.free)(block) };
}

/// The same where there is more to do than to count, or less.
#[cold]
#[inline(never)]
fn free_otherwise(block: *mut c_void) {
    if bootstrap::bytes_from(block).is_some() {
        return;
    }
    let _allocating = Allocating::begin();
    let slot = attach::slot();
    // Whoever has a block that is not of the bootstrap has called us before.
    let Some(real) = real() else { return };
    if !real.is_of_one {
        // SAFETY: as whoever calls `free` says.
        return unsafe { (real.free)(block) };
    }
    // SAFETY: the block is live, as whoever calls `free` says.
    let owner = unsafe { block::take(real, block) };
    if let Some(slot) = slot {
        match owner {
            Owner::Program(size) => {
                count::on_dealloc(real, slot, size);
                sites::on_dealloc(block, size);
            }
            Owner::Unknown => count::on_unknown(slot),
            Owner::Parent | Owner::Library => {}
        }
    }
    // SAFETY: as above.
    unsafe { (real.free)(block) };
}

/// # Safety
/// As realloc(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn realloc(block: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: our caller keeps the contract.
    unsafe { resize(block, size, CommandRecording::frame_record()) }
}

/// # Safety
/// As realloc(3).
#[inline(always)]
pub(crate) unsafe fn resize(block: *mut c_void, size: usize, frame: u64) -> *mut c_void {
    if block.is_null() {
        return allocate(Ask::Plain, size, frame);
    }
    if size == 0 {
        // As glibc does it.
        // SAFETY: our caller says that the block is live.
        unsafe { release(block) };
        return std::ptr::null_mut();
    }
    if let Some(bytes) = bootstrap::bytes_from(block) {
        return move_out_of_bootstrap(block, bytes, size, frame);
    }
    let _allocating = Allocating::begin();
    let slot = attach::slot().filter(|_| !sites::is_busy());
    let Some(real) = real() else { return std::ptr::null_mut() };
    if !real.is_of_one {
        // SAFETY: our caller says that the block is live.
        return unsafe { (real.realloc)(block, size) };
    }
    // What came with a fork becomes this process's own, as a whole.
    // SAFETY: our caller says that the block is live.
    let owner = unsafe { block::take(real, block) };
    let old_size = if let Owner::Program(size) = owner { size } else { 0 };
    let moving = slot.and_then(|_| sites::with(|recording| recording.before_realloc(block.cast())));
    // SAFETY: our caller says that the block is live.
    let moved = unsafe { (real.realloc)(block, bytes_to_ask_for(real, size)) };
    if moved.is_null() {
        // SAFETY: live as before, and of these bytes.
        unsafe { put_back(real, block, owner) };
        if let Some(moving) = moving {
            sites::with(|recording| recording.on_realloc_failed(block.cast(), moving));
        }
        return moved;
    }
    let Some(slot) = slot else {
        block::mark_own(moved);
        return moved;
    };
    // SAFETY: just given, and asked to have so many bytes.
    if !unsafe { block::mark(real, moved, size) } {
        count::on_uncounted(slot);
    }
    count::on_realloc(real, slot, old_size, size);
    if owner == Owner::Unknown {
        count::on_unknown(slot);
    }
    if let Some(moving) = moving {
        sites::with(|recording| recording.on_realloc(frame, moving, old_size, moved.cast(), size));
    }
    moved
}

/// Marks a block as it was.
///
/// # Safety
/// `block` is live, and [`block::take`] has just said this of it.
#[cold]
unsafe fn put_back(real: &Real, block: *mut c_void, owner: Owner) {
    match owner {
        Owner::Program(size) => {
            // It has been there before, and so has its byte.
            // SAFETY: our caller says so.
            unsafe { block::mark(real, block, size) };
        }
        Owner::Library => block::mark_own(block),
        Owner::Parent | Owner::Unknown => {}
    }
}

#[cold]
fn move_out_of_bootstrap(block: *mut c_void, bytes: usize, size: usize, frame: u64) -> *mut c_void {
    let moved = allocate(Ask::Plain, size, frame);
    if !moved.is_null() {
        // SAFETY: from the bootstrap to its end there are so many bytes, and so many in the new block, which is another one.
        unsafe { std::ptr::copy_nonoverlapping(block.cast::<u8>(), moved.cast(), bytes.min(size)) };
    }
    moved
}

/// # Safety
/// As reallocarray(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn reallocarray(block: *mut c_void, count: usize, size: usize) -> *mut c_void {
    match count.checked_mul(size) {
        // SAFETY: our caller says that the block is live.
        Some(size) => unsafe { resize(block, size, CommandRecording::frame_record()) },
        None => {
            set_errno(ENOMEM);
            std::ptr::null_mut()
        }
    }
}

/// # Safety
/// As malloc_usable_size(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn malloc_usable_size(block: *mut c_void) -> usize {
    if block.is_null() {
        return 0;
    }
    if let Some(bytes) = bootstrap::bytes_from(block) {
        return bytes.min(1);
    }
    let Some(real) = real() else { return 0 };
    if !real.is_of_one {
        // SAFETY: our caller says that the block is live.
        return unsafe { real.usable_bytes(block) };
    }
    // SAFETY: our caller says that the block is live.
    unsafe { block::usable_bytes(real, block) }
}
