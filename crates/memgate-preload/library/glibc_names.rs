//! The other names that glibc has for its functions: by these it is called by whoever has a `malloc` of its own and comes back to it, and
//! by whoever wants no other.
//!
//! Where `malloc` is glibc's, they are the same. Where it is not, what is behind it is no call of the program's, and handed on.

use std::ffi::c_void;

use memgate::__private::CommandRecording;

use crate::exports::{Ask, allocate, allocate_pages, page_bytes, release, resize};
use crate::real::{Glibc, real};
use crate::{attach, bootstrap};

/// Glibc's functions, where `malloc` is another one's.
fn behind_another() -> Option<&'static Glibc> {
    if real().is_none() {
        attach::without_being_first(attach::slot);
    }
    real()?.behind_another.as_ref()
}

macro_rules! names {
    ($($name:ident is $function:ident($($argument:ident: $type:ty),*) or $ours:expr;)*) => { $(
        /// # Safety
        /// As the function of this name in malloc(3).
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name($($argument: $type),*) -> *mut c_void {
            let frame = CommandRecording::frame_record();
            match behind_another() {
                // SAFETY: our caller keeps the contract.
                Some(glibc) => unsafe { (glibc.$function)($($argument),*) },
                None => attach::without_being_first(|| {
                    let ours = $ours;
                    ours(frame)
                }),
            }
        }
    )* };
}

names! {
    __libc_malloc is malloc(size: usize) or |frame| allocate(Ask::Plain, size, frame);
    __libc_calloc is calloc(count: usize, size: usize) or |frame| allocate(Ask::Zeroed, count.saturating_mul(size), frame);
    // SAFETY: our caller keeps the contract.
    __libc_realloc is realloc(block: *mut c_void, size: usize) or |frame| unsafe { resize(block, size, frame) };
    __libc_memalign is memalign(alignment: usize, size: usize) or |frame| allocate(Ask::Aligned(alignment), size, frame);
    __libc_valloc is valloc(size: usize) or |frame| allocate(Ask::Aligned(page_bytes()), size, frame);
    __libc_pvalloc is pvalloc(size: usize) or |frame| allocate_pages(size, frame);
}

/// # Safety
/// As free(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __libc_free(block: *mut c_void) {
    match behind_another().filter(|_| bootstrap::bytes_from(block).is_none()) {
        // SAFETY: our caller says that the block is live.
        Some(glibc) => unsafe { (glibc.free)(block) },
        // SAFETY: as above.
        None => attach::without_being_first(|| unsafe { release(block) }),
    }
}

/// What programs of before glibc 2.26 may call `free` by.
///
/// # Safety
/// As free(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cfree(block: *mut c_void) {
    // SAFETY: our caller says that the block is live.
    unsafe { release(block) }
}
