//! What is called of the C library: declared here, since memgate has no packages from elsewhere.

use std::ffi::{CStr, c_char, c_int, c_void};

unsafe extern "C" {
    fn secure_getenv(name: *const c_char) -> *const c_char;
    fn open(path: *const c_char, flags: c_int, ...) -> c_int;
    fn read(file: c_int, bytes: *mut c_void, length: usize) -> isize;
    fn lseek(file: c_int, offset: i64, from: c_int) -> i64;
    fn close(file: c_int) -> c_int;
    fn readlink(path: *const c_char, text: *mut c_char, length: usize) -> isize;
    fn getpid() -> c_int;
    fn getppid() -> c_int;
    fn mmap(
        start: *mut c_void,
        length: usize,
        protection: c_int,
        flags: c_int,
        file: c_int,
        offset: i64,
    ) -> *mut c_void;
    fn madvise(start: *mut c_void, length: usize, advice: c_int) -> c_int;
    fn __errno_location() -> *mut c_int;
}

const O_RDONLY: c_int = 0;
const O_RDWR: c_int = 2;
const O_CLOEXEC: c_int = 0o2_000_000;
const SEEK_END: c_int = 2;
const READ_AND_WRITE: c_int = 3;
const MAP_SHARED: c_int = 1;
const MAP_PRIVATE_AND_ANONYMOUS: c_int = 0x22;
const MADV_WIPEONFORK: c_int = 18;

/// Runs `calls`, and leaves errno as it was.
pub(super) fn keeping_errno<R>(calls: impl FnOnce() -> R) -> R {
    // SAFETY: gives the address of the calling thread's own errno.
    let place = unsafe { __errno_location() };
    // SAFETY: just given.
    let before = unsafe { place.read() };
    let result = calls();
    // SAFETY: as above.
    unsafe { place.write(before) };
    result
}

/// Gives the value of a variable to `with`; none where there is none, or the program has rights that whoever started it has not: then the
/// variable may not name a file that is written to.
pub(super) fn with_variable<R>(name: &CStr, with: impl FnOnce(&[u8]) -> Option<R>) -> Option<R> {
    // SAFETY: a text that ends with a zero byte.
    let value = unsafe { secure_getenv(name.as_ptr()) };
    if value.is_null() {
        return None;
    }
    // SAFETY: the C library's own text, which ends with a zero byte. Whoever changes the environment meanwhile has to see to it that nobody
    // reads it, as std says.
    with(unsafe { CStr::from_ptr(value) }.to_bytes())
}

/// Reads the beginning of a file, and gives how much.
pub(super) fn read_file(path: &CStr, bytes: &mut [u8]) -> usize {
    // SAFETY: a path that ends with a zero byte.
    let file = unsafe { open(path.as_ptr(), O_RDONLY | O_CLOEXEC) };
    if file < 0 {
        return 0;
    }
    // SAFETY: as many bytes as there is room for.
    let length = unsafe { read(file, bytes.as_mut_ptr().cast(), bytes.len()) };
    // SAFETY: ours.
    unsafe { close(file) };
    usize::try_from(length).unwrap_or(0)
}

/// Reads where a link leads to, and gives how much of that was written.
pub(super) fn read_link(path: &CStr, bytes: &mut [u8]) -> usize {
    // SAFETY: as many bytes as there is room for.
    let length = unsafe { readlink(path.as_ptr(), bytes.as_mut_ptr().cast(), bytes.len()) };
    usize::try_from(length).unwrap_or(0)
}

/// The numbers of this process and of its parent.
pub(super) fn process_numbers() -> (u64, u64) {
    // SAFETY: always allowed.
    let process = unsafe { getpid() };
    // SAFETY: as above.
    let parent = unsafe { getppid() };
    (process as u64, parent as u64)
}

/// Maps a file that has exactly `length` bytes, to be shared with whoever else maps it; it stays mapped. None where there is no such file.
pub(super) fn map_file(path: &CStr, length: usize) -> Option<*mut c_void> {
    // SAFETY: a path that ends with a zero byte.
    let file = unsafe { open(path.as_ptr(), O_RDWR | O_CLOEXEC) };
    if file < 0 {
        return None;
    }
    // SAFETY: ours.
    let has_length = usize::try_from(unsafe { lseek(file, 0, SEEK_END) }).is_ok_and(|found| found == length);
    let mapped = has_length.then(|| {
        // SAFETY: new memory, of a file that is as long as that: nothing that is touched lies beyond its end.
        unsafe { mmap(std::ptr::null_mut(), length, READ_AND_WRITE, MAP_SHARED, file, 0) }
    });
    // SAFETY: ours. What is mapped stays.
    unsafe { close(file) };
    mapped.filter(|start| is_mapped(*start))
}

/// Maps new memory that the system clears in each child of a fork, where it is new enough to do that; it stays mapped.
pub(super) fn map_wiped_on_fork(length: usize) -> Option<*mut c_void> {
    // SAFETY: new memory, of which nobody else knows.
    let start =
        unsafe { mmap(std::ptr::null_mut(), length, READ_AND_WRITE, MAP_PRIVATE_AND_ANONYMOUS, -1, 0) };
    if !is_mapped(start) {
        return None;
    }
    // SAFETY: just mapped.
    unsafe { madvise(start, length, MADV_WIPEONFORK) };
    Some(start)
}

/// What `mmap` gives when it has failed is the last address.
fn is_mapped(start: *mut c_void) -> bool {
    start.addr() != usize::MAX
}
