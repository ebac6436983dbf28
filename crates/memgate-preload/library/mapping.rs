//! What a program takes from the system by itself, around the allocator: it is no part of the numbers, and said beside them.
//!
//! The C library's own allocator does not come here.

use std::ffi::{c_int, c_void};

use crate::c::{self, MAP_ANONYMOUS, MAP_PRIVATE, PROT_WRITE};
use crate::{attach, count};

/// # Safety
/// As mmap(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mmap(
    start: *mut c_void,
    length: usize,
    protection: c_int,
    flags: c_int,
    file: c_int,
    offset: i64,
) -> *mut c_void {
    // SAFETY: our caller keeps the contract.
    unsafe { map(start, length, protection, flags, file, offset) }
}

/// # Safety
/// As mmap(2).
unsafe fn map(
    start: *mut c_void,
    length: usize,
    protection: c_int,
    flags: c_int,
    file: c_int,
    offset: i64,
) -> *mut c_void {
    // SAFETY: our caller keeps the contract.
    let mapped = unsafe { c::map(start, length, protection, flags, file, offset) };
    let is_memory = flags & MAP_ANONYMOUS != 0 && flags & MAP_PRIVATE != 0 && protection & PROT_WRITE != 0;
    if is_memory
        && c::is_mapped(mapped)
        && let Some(slot) = attach::slot_if_taken()
    {
        count::on_mapped(slot, length);
    }
    mapped
}

/// # Safety
/// As mmap(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mmap64(
    start: *mut c_void,
    length: usize,
    protection: c_int,
    flags: c_int,
    file: c_int,
    offset: i64,
) -> *mut c_void {
    // SAFETY: our caller keeps the contract; offsets have 64 bits here.
    unsafe { map(start, length, protection, flags, file, offset) }
}

/// # Safety
/// As munmap(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn munmap(start: *mut c_void, length: usize) -> c_int {
    if let Some(slot) = attach::slot_if_taken() {
        count::on_unmapped(slot, length);
    }
    // SAFETY: our caller keeps the contract.
    unsafe { c::unmap(start, length) }
}
