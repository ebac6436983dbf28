//! What the loader allocates because this library is there: of each thread's table of thread-locals, one row. The program would not
//! have it by itself, and it is not counted.
//!
//! Rejected: a library without thread-locals, since std brings some.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use crate::c;

/// A row of the table, as every version of glibc has it (`dtv_t`): an address, and what is to be freed.
pub(crate) const ROW_BYTES: usize = 16;

static START: AtomicUsize = AtomicUsize::new(0);
static BYTES: AtomicUsize = AtomicUsize::new(0);

/// Finds out where the loader is.
pub(crate) fn find() {
    /// What the kernel says of where the loader was put; see getauxval(3).
    const AT_BASE: u64 = 7;
    // SAFETY: any number is allowed. Zero where the loader is what was started.
    let start = unsafe { c::getauxval(AT_BASE) } as usize;
    if start != 0 {
        // SAFETY: the loader begins with its header, which is never unmapped.
        let bytes = unsafe { bytes_of_image(start) };
        START.store(start, Relaxed);
        BYTES.store(bytes, Relaxed);
    }
}

/// Whether so many bytes for each of some are a table of thread-locals: the loader asks for nothing else that is of this size.
///
/// # Safety
/// `frame` is the address of a frame record, that of the function that is asked.
#[inline(always)]
pub(crate) unsafe fn is_table(row_bytes: usize, frame: u64) -> bool {
    if row_bytes != ROW_BYTES {
        return false;
    }
    let record = std::ptr::with_exposed_provenance::<[usize; 2]>(frame as usize);
    // SAFETY: our caller says so.
    let [_, return_address] = unsafe { record.read() };
    return_address.wrapping_sub(START.load(Relaxed)) < BYTES.load(Relaxed)
}

/// How far an image in memory reaches, by its ELF header; see elf(5).
///
/// # Safety
/// It begins there.
unsafe fn bytes_of_image(start: usize) -> usize {
    const HEADERS_AT: usize = 32;
    const HEADER_BYTES_AT: usize = 54;
    const HEADER_COUNT_AT: usize = 56;
    /// In a program header: its kind, the first word; its address, and its length in memory.
    const ADDRESS_AT: usize = 16;
    const LENGTH_AT: usize = 40;
    const PT_LOAD: u64 = 1;

    // SAFETY: within the header, and all that it names is within the first pages; both are aligned.
    let word = |offset: usize| unsafe { std::ptr::with_exposed_provenance::<u64>(start + offset).read() };
    // SAFETY: as above.
    let half = |offset: usize| unsafe { std::ptr::with_exposed_provenance::<u16>(start + offset).read() };
    let first = word(HEADERS_AT) as usize;
    (0..half(HEADER_COUNT_AT))
        .map(|number| first + usize::from(number) * usize::from(half(HEADER_BYTES_AT)))
        .filter(|header| word(*header) & u64::from(u32::MAX) == PT_LOAD)
        .map(|header| (word(header + ADDRESS_AT) + word(header + LENGTH_AT)) as usize)
        .max()
        .unwrap_or(0)
}
