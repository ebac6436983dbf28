//! What is called of the C library, on Linux and macOS: declared here, since memgate has no packages from elsewhere.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::sync::atomic::AtomicU64;

use super::place::PATH_BYTES;

unsafe extern "C" {
    fn open(path: *const c_char, flags: c_int, ...) -> c_int;
    #[cfg(target_os = "linux")]
    fn read(file: c_int, bytes: *mut c_void, length: usize) -> isize;
    fn lseek(file: c_int, offset: i64, from: c_int) -> i64;
    fn close(file: c_int) -> c_int;
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
    #[cfg_attr(target_os = "linux", link_name = "__errno_location")]
    #[cfg_attr(target_os = "macos", link_name = "__error")]
    fn errno_place() -> *mut c_int;
}

const O_RDWR: c_int = 2;
const O_CLOEXEC: c_int = if cfg!(target_os = "linux") { 0o2_000_000 } else { 0x0100_0000 };
const SEEK_END: c_int = 2;
const READ_AND_WRITE: c_int = 3;
const MAP_SHARED: c_int = 1;

/// Runs `calls`, and leaves errno as it was.
pub(super) fn keeping_errno<R>(calls: impl FnOnce() -> R) -> R {
    // SAFETY: gives the address of the calling thread's own errno.
    let place = unsafe { errno_place() };
    // SAFETY: just given.
    let before = unsafe { place.read() };
    let result = calls();
    // SAFETY: as above.
    unsafe { place.write(before) };
    result
}

/// Where the table of the tool's is that asks for this process, with a zero byte behind it; none where nobody asks.
pub(super) fn asked_path() -> Option<[u8; PATH_BYTES]> {
    system::asked_path()
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
pub(super) fn map_file(path: &[u8; PATH_BYTES], length: usize) -> Option<*mut c_void> {
    let path = CStr::from_bytes_until_nul(path).ok()?;
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

/// A word that is zero, and is so again in each child of a fork where the system sees to that; elsewhere its handler of forks does.
pub(super) fn word_of_process() -> Option<*mut AtomicU64> {
    system::word_of_process()
}

/// Puts down the path of this program, and gives its length.
pub(super) fn executable(path: &mut [u8]) -> usize {
    system::executable(path)
}

/// Puts down this program's arguments, each with a zero byte behind it, and gives their length. Nothing where that is not to be had.
pub(super) fn arguments(bytes: &mut [u8]) -> usize {
    system::arguments(bytes)
}

/// What `mmap` gives when it has failed is the last address.
fn is_mapped(start: *mut c_void) -> bool {
    start.addr() != usize::MAX
}

#[cfg(target_os = "linux")]
mod system {
    use std::ffi::{CStr, c_char, c_int, c_void};
    use std::sync::atomic::AtomicU64;

    use memgate_protocol::process_table::SLOT_BYTES;

    use super::super::place::{PATH_BYTES, beside_library};
    use super::{O_CLOEXEC, READ_AND_WRITE, close, is_mapped, mmap, open, read};

    unsafe extern "C" {
        fn secure_getenv(name: *const c_char) -> *const c_char;
        fn readlink(path: *const c_char, text: *mut c_char, length: usize) -> isize;
        fn madvise(start: *mut c_void, length: usize, advice: c_int) -> c_int;
    }

    const O_RDONLY: c_int = 0;
    const MAP_PRIVATE_AND_ANONYMOUS: c_int = 0x22;
    const MADV_WIPEONFORK: c_int = 18;

    pub(super) fn asked_path() -> Option<[u8; PATH_BYTES]> {
        // None where the program has rights that whoever started it has not: then no variable may name a file that is written to.
        // SAFETY: a text that ends with a zero byte.
        let value = unsafe { secure_getenv(c"LD_PRELOAD".as_ptr()) };
        if value.is_null() {
            return None;
        }
        // SAFETY: the C library's own text, which ends with a zero byte. Whoever changes the environment meanwhile has to see to it that
        // nobody reads it, as std says.
        beside_library(unsafe { CStr::from_ptr(value) }.to_bytes())
    }

    pub(super) fn word_of_process() -> Option<*mut AtomicU64> {
        // SAFETY: new memory, of which nobody else knows. It stays mapped.
        let start = unsafe {
            mmap(std::ptr::null_mut(), SLOT_BYTES, READ_AND_WRITE, MAP_PRIVATE_AND_ANONYMOUS, -1, 0)
        };
        if !is_mapped(start) {
            return None;
        }
        // SAFETY: just mapped.
        unsafe { madvise(start, SLOT_BYTES, MADV_WIPEONFORK) };
        Some(start.cast())
    }

    pub(super) fn executable(path: &mut [u8]) -> usize {
        // SAFETY: as many bytes as there is room for.
        let length = unsafe { readlink(c"/proc/self/exe".as_ptr(), path.as_mut_ptr().cast(), path.len()) };
        usize::try_from(length).unwrap_or(0)
    }

    pub(super) fn arguments(bytes: &mut [u8]) -> usize {
        // SAFETY: a path that ends with a zero byte.
        let file = unsafe { open(c"/proc/self/cmdline".as_ptr(), O_RDONLY | O_CLOEXEC) };
        if file < 0 {
            return 0;
        }
        // SAFETY: as many bytes as there is room for.
        let length = unsafe { read(file, bytes.as_mut_ptr().cast(), bytes.len()) };
        // SAFETY: ours.
        unsafe { close(file) };
        usize::try_from(length).unwrap_or(0)
    }
}

#[cfg(target_os = "macos")]
mod system {
    use std::ffi::{CStr, c_char, c_int};
    use std::sync::atomic::AtomicU64;

    use super::super::place::{PATH_BYTES, TABLE_VARIABLE, whole_path};

    unsafe extern "C" {
        fn getenv(name: *const c_char) -> *const c_char;
        fn issetugid() -> c_int;
        fn _NSGetExecutablePath(path: *mut c_char, length: *mut u32) -> c_int;
    }

    static OF_PROCESS: AtomicU64 = AtomicU64::new(0);

    pub(super) fn asked_path() -> Option<[u8; PATH_BYTES]> {
        // SAFETY: always allowed.
        if unsafe { issetugid() } != 0 {
            // A program with rights that whoever started it has not: no variable may name a file that is written to.
            return None;
        }
        // SAFETY: a text that ends with a zero byte.
        let value = unsafe { getenv(TABLE_VARIABLE.as_ptr()) };
        if value.is_null() {
            return None;
        }
        // SAFETY: the C library's own text, which ends with a zero byte. Whoever changes the environment meanwhile has to see to it that
        // nobody reads it, as std says.
        whole_path(unsafe { CStr::from_ptr(value) }.to_bytes())
    }

    pub(super) fn word_of_process() -> Option<*mut AtomicU64> {
        Some((&raw const OF_PROCESS).cast_mut())
    }

    pub(super) fn executable(path: &mut [u8]) -> usize {
        let mut length = u32::try_from(path.len()).unwrap_or(u32::MAX);
        // SAFETY: as many bytes as there is room for.
        let is_whole = unsafe { _NSGetExecutablePath(path.as_mut_ptr().cast(), &raw mut length) } == 0;
        if is_whole { path.iter().position(|byte| *byte == 0).unwrap_or(0) } else { 0 }
    }

    pub(super) fn arguments(_: &mut [u8]) -> usize {
        0
    }
}
