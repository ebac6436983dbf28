//! The C library's functions for memory, as programs call them. What they do is in their manuals, malloc(3) and posix_memalign(3).

use std::ffi::{c_int, c_void};

use memgate::__private::CommandRecording;

use crate::attach;
use crate::block::{self, MARK_BYTES, Owner};
use crate::c::{EINVAL, ENOMEM, getpagesize, set_errno};
use crate::real::{Real, real};
use crate::{bootstrap, count, sites};

/// Gets a block of `size` bytes by `get`, which is told how many to ask for, and counts it.
#[inline(always)]
fn allocate(
    size: usize,
    alignment: usize,
    frame: u64,
    get: impl FnOnce(&Real, usize) -> *mut c_void,
) -> *mut c_void {
    let slot = attach::slot();
    let Some(real) = real() else { return bootstrap::allocate(size, alignment) };
    let whole = size.checked_add(MARK_BYTES).filter(|whole| isize::try_from(*whole).is_ok());
    let Some(whole) = whole else {
        set_errno(ENOMEM);
        return std::ptr::null_mut();
    };
    let block = get(real, whole);
    if block.is_null() {
        return block;
    }
    match slot.filter(|_| !sites::is_busy()) {
        Some(slot) => {
            // SAFETY: just given, and asked to have so many bytes.
            unsafe { block::mark(real, block, size) };
            count::on_alloc(real, slot, size);
            sites::on_alloc(frame, block, size);
        }
        // SAFETY: as above.
        None => unsafe { block::mark_own(real, block, size) },
    }
    block
}

/// # Safety
/// As malloc(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn malloc(size: usize) -> *mut c_void {
    allocate(size, 16, CommandRecording::frame_record(), |real, whole| {
        // SAFETY: any number is allowed.
        unsafe { (real.malloc)(whole) }
    })
}

/// # Safety
/// As calloc(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn calloc(count: usize, size: usize) -> *mut c_void {
    // What overflows is more than there is.
    let size = count.saturating_mul(size);
    allocate(size, 16, CommandRecording::frame_record(), |real, whole| {
        // SAFETY: any numbers are allowed.
        unsafe { (real.calloc)(1, whole) }
    })
}

/// # Safety
/// As memalign(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memalign(alignment: usize, size: usize) -> *mut c_void {
    allocate(size, alignment, CommandRecording::frame_record(), |real, whole| {
        // SAFETY: any numbers are allowed.
        unsafe { (real.memalign)(alignment, whole) }
    })
}

/// # Safety
/// As aligned_alloc(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn aligned_alloc(alignment: usize, size: usize) -> *mut c_void {
    allocate(size, alignment, CommandRecording::frame_record(), |real, whole| {
        // SAFETY: any numbers are allowed.
        unsafe { (real.memalign)(alignment, whole) }
    })
}

/// # Safety
/// As posix_memalign(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn posix_memalign(place: *mut *mut c_void, alignment: usize, size: usize) -> c_int {
    if !alignment.is_power_of_two() || !alignment.is_multiple_of(size_of::<*mut c_void>()) {
        return EINVAL;
    }
    let block = crate::c::keeping_errno(|| {
        allocate(size, alignment, CommandRecording::frame_record(), |real, whole| {
            // SAFETY: any numbers are allowed.
            unsafe { (real.memalign)(alignment, whole) }
        })
    });
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
    in_pages(size, CommandRecording::frame_record())
}

/// # Safety
/// As pvalloc(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pvalloc(size: usize) -> *mut c_void {
    in_pages(
        size.checked_next_multiple_of(page_bytes()).unwrap_or(usize::MAX),
        CommandRecording::frame_record(),
    )
}

#[inline(always)]
fn in_pages(size: usize, frame: u64) -> *mut c_void {
    let alignment = page_bytes();
    allocate(size, alignment, frame, |real, whole| {
        // SAFETY: any numbers are allowed.
        unsafe { (real.memalign)(alignment, whole) }
    })
}

fn page_bytes() -> usize {
    // SAFETY: always allowed.
    unsafe { getpagesize() as usize }
}

/// # Safety
/// As free(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn free(block: *mut c_void) {
    if block.is_null() || bootstrap::bytes_from(block).is_some() {
        return;
    }
    let slot = attach::slot();
    // Whoever has a block that is not of the bootstrap has called us before.
    let Some(real) = real() else { return };
    // SAFETY: our caller says that the block is live.
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
    // SAFETY: our caller says that the block is live.
    unsafe { (real.free)(block) };
}

/// # Safety
/// As realloc(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn realloc(block: *mut c_void, size: usize) -> *mut c_void {
    let frame = CommandRecording::frame_record();
    if block.is_null() {
        return allocate(size, 16, frame, |real, whole| {
            // SAFETY: any number is allowed.
            unsafe { (real.malloc)(whole) }
        });
    }
    if size == 0 {
        // As glibc does it.
        // SAFETY: our caller says that the block is live.
        unsafe { free(block) };
        return std::ptr::null_mut();
    }
    if let Some(bytes) = bootstrap::bytes_from(block) {
        return move_out_of_bootstrap(block, bytes, size, frame);
    }
    let slot = attach::slot().filter(|_| !sites::is_busy());
    let Some(real) = real() else { return std::ptr::null_mut() };
    let Some(whole) = size.checked_add(MARK_BYTES).filter(|whole| isize::try_from(*whole).is_ok()) else {
        set_errno(ENOMEM);
        return std::ptr::null_mut();
    };
    let Some(slot) = slot else {
        // SAFETY: our caller says that the block is live.
        let moved = unsafe { (real.realloc)(block, whole) };
        if !moved.is_null() {
            // SAFETY: just given, and asked to have so many bytes.
            unsafe { block::mark_own(real, moved, size) };
        }
        return moved;
    };
    // SAFETY: our caller says that the block is live.
    let owner = unsafe { block::owner(real, block) };
    // What came with a fork becomes this process's own, as a whole.
    let old_size = if let Owner::Program(size) = owner { size } else { 0 };
    let moving = sites::with(|recording| recording.before_realloc(block.cast()));
    // SAFETY: our caller says that the block is live.
    let moved = unsafe { (real.realloc)(block, whole) };
    if moved.is_null() {
        if let Some(moving) = moving {
            sites::with(|recording| recording.on_realloc_failed(block.cast(), moving));
        }
        return moved;
    }
    // SAFETY: just given, and asked to have so many bytes.
    unsafe { block::mark(real, moved, size) };
    count::on_realloc(real, slot, old_size, size);
    if owner == Owner::Unknown {
        count::on_unknown(slot);
    }
    if let Some(moving) = moving {
        sites::with(|recording| recording.on_realloc(frame, moving, old_size, moved.cast(), size));
    }
    moved
}

#[cold]
fn move_out_of_bootstrap(block: *mut c_void, bytes: usize, size: usize, frame: u64) -> *mut c_void {
    let moved = allocate(size, 16, frame, |real, whole| {
        // SAFETY: any number is allowed.
        unsafe { (real.malloc)(whole) }
    });
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
        Some(size) => unsafe { realloc(block, size) },
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
    // SAFETY: our caller says that the block is live.
    let usable = unsafe { real.usable_bytes(block) };
    // SAFETY: as above.
    match unsafe { block::owner(real, block) } {
        Owner::Unknown => usable,
        // The mark is not the program's to write over.
        Owner::Program(_) | Owner::Parent | Owner::Library => usable - MARK_BYTES,
    }
}
