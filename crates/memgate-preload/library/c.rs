//! What is called of the C library: declared here, since the library is compiled without packages from elsewhere.

use std::ffi::{CStr, c_char, c_int, c_long, c_void};

#[repr(C)]
pub(crate) struct Information {
    pub(crate) file_name: *const c_char,
    pub(crate) base: *mut c_void,
    pub(crate) symbol_name: *const c_char,
    pub(crate) symbol: *mut c_void,
}

unsafe extern "C" {
    pub(crate) fn dlsym(handle: *mut c_void, name: *const c_char) -> *mut c_void;
    pub(crate) fn dladdr(address: *const c_void, information: *mut Information) -> c_int;
    pub(crate) fn open(path: *const c_char, flags: c_int, ...) -> c_int;
    pub(crate) fn read(file: c_int, bytes: *mut c_void, length: usize) -> isize;
    pub(crate) fn close(file: c_int) -> c_int;
    pub(crate) fn readlink(path: *const c_char, text: *mut c_char, length: usize) -> isize;
    pub(crate) fn getpid() -> c_int;
    pub(crate) fn getppid() -> c_int;
    pub(crate) fn madvise(start: *mut c_void, length: usize, advice: c_int) -> c_int;
    pub(crate) fn pthread_atfork(
        prepare: Option<extern "C" fn()>,
        parent: Option<extern "C" fn()>,
        child: Option<extern "C" fn()>,
    ) -> c_int;
    pub(crate) fn __errno_location() -> *mut c_int;
    pub(crate) fn syscall(number: c_long, ...) -> c_long;
    pub(crate) fn getpagesize() -> c_int;
    pub(crate) fn getauxval(kind: u64) -> u64;
    fn getrlimit(resource: c_int, limits: *mut [u64; 2]) -> c_int;
}

pub(crate) const RTLD_NEXT: *mut c_void = std::ptr::without_provenance_mut(usize::MAX);
pub(crate) const RTLD_DEFAULT: *mut c_void = std::ptr::null_mut();
pub(crate) const O_RDONLY: c_int = 0;
pub(crate) const O_RDWR: c_int = 2;
pub(crate) const O_CLOEXEC: c_int = 0o2_000_000;
pub(crate) const PROT_READ: c_int = 1;
pub(crate) const PROT_WRITE: c_int = 2;
pub(crate) const MAP_SHARED: c_int = 1;
pub(crate) const MAP_PRIVATE: c_int = 2;
pub(crate) const MAP_ANONYMOUS: c_int = 0x20;
pub(crate) const MAP_FIXED: c_int = 0x10;
pub(crate) const MAP_NORESERVE: c_int = 0x4000;
pub(crate) const MADV_NOHUGEPAGE: c_int = 15;
pub(crate) const MADV_WIPEONFORK: c_int = 18;
pub(crate) const ENOMEM: c_int = 12;
pub(crate) const EINVAL: c_int = 22;

#[cfg(target_arch = "x86_64")]
mod number {
    use std::ffi::c_long;
    pub(super) const SYS_READ: c_long = 0;
    pub(super) const SYS_CLOSE: c_long = 3;
    pub(super) const SYS_OPENAT: c_long = 257;
    pub(super) const SYS_MMAP: c_long = 9;
    pub(super) const SYS_MUNMAP: c_long = 11;
    pub(crate) const SYS_EXECVE: c_long = 59;
    pub(crate) const SYS_EXECVEAT: c_long = 322;
}
#[cfg(target_arch = "aarch64")]
mod number {
    use std::ffi::c_long;
    pub(super) const SYS_READ: c_long = 63;
    pub(super) const SYS_CLOSE: c_long = 57;
    pub(super) const SYS_OPENAT: c_long = 56;
    pub(super) const SYS_MMAP: c_long = 222;
    pub(super) const SYS_MUNMAP: c_long = 215;
    pub(crate) const SYS_EXECVE: c_long = 221;
    pub(crate) const SYS_EXECVEAT: c_long = 281;
}
use number::{SYS_CLOSE, SYS_MMAP, SYS_MUNMAP, SYS_OPENAT, SYS_READ};
pub(crate) use number::{SYS_EXECVE, SYS_EXECVEAT};

/// Reads the beginning of a file by the system's own calls, at which no thread is cancelled and which no other library replaces; gives
/// how much.
pub(crate) fn read_file(path: &CStr, bytes: &mut [u8]) -> usize {
    const AT_FDCWD: c_long = -100;
    // SAFETY: a path that ends with a zero byte.
    let file = unsafe { syscall(SYS_OPENAT, AT_FDCWD, path.as_ptr(), c_long::from(O_RDONLY | O_CLOEXEC), 0) };
    if file < 0 {
        return 0;
    }
    // SAFETY: as many bytes as there is room for.
    let length = unsafe { syscall(SYS_READ, file, bytes.as_mut_ptr(), bytes.len()) };
    // SAFETY: ours.
    unsafe { syscall(SYS_CLOSE, file) };
    usize::try_from(length).unwrap_or(0)
}

/// The system's `mmap`, since the function of this name is ours. Minus one is a failure, with an errno.
///
/// # Safety
/// As `mmap`.
pub(crate) unsafe fn map(
    start: *mut c_void,
    length: usize,
    protection: c_int,
    flags: c_int,
    file: c_int,
    offset: i64,
) -> *mut c_void {
    // SAFETY: our caller keeps the contract.
    let address = unsafe {
        let [protection, flags, file] = [protection, flags, file].map(c_long::from);
        syscall(SYS_MMAP, start, length, protection, flags, file, offset)
    };
    std::ptr::with_exposed_provenance_mut(address as usize)
}

/// The system's `munmap`.
///
/// # Safety
/// As `munmap`.
pub(crate) unsafe fn unmap(start: *mut c_void, length: usize) -> c_int {
    // SAFETY: our caller keeps the contract.
    unsafe { syscall(SYS_MUNMAP, start, length) as c_int }
}

/// What `map` gives when it has failed.
pub(crate) fn is_mapped(start: *mut c_void) -> bool {
    start.addr() != usize::MAX
}

/// How many bytes of addresses this process may have; none when that is not limited.
pub(crate) fn most_addresses() -> Option<usize> {
    const RLIMIT_DATA: c_int = 2;
    const RLIMIT_AS: c_int = 9;
    let limit = |resource| {
        let mut soft_and_hard = [u64::MAX; 2];
        // SAFETY: there is room for both.
        unsafe { getrlimit(resource, &raw mut soft_and_hard) };
        soft_and_hard[0]
    };
    Some(limit(RLIMIT_AS).min(limit(RLIMIT_DATA)))
        .filter(|least| *least != u64::MAX)
        .map(|least| least as usize)
}

pub(crate) fn set_errno(number: c_int) {
    replace_errno(number);
}

fn errno() -> c_int {
    // SAFETY: gives the address of the calling thread's own errno.
    let place = unsafe { __errno_location() };
    // SAFETY: just given, and nobody else's.
    unsafe { place.read() }
}

/// Sets errno, and gives what it was.
pub(crate) fn replace_errno(number: c_int) -> c_int {
    // SAFETY: gives the address of the calling thread's own errno.
    let place = unsafe { __errno_location() };
    // SAFETY: just given, and nobody else's.
    unsafe { place.replace(number) }
}

/// Runs `calls`, and leaves errno as it was.
pub(crate) fn keeping_errno<R>(calls: impl FnOnce() -> R) -> R {
    let before = errno();
    let result = calls();
    set_errno(before);
    result
}

/// What the loader knows of an address.
pub(crate) fn information(address: *const c_void) -> Option<Information> {
    let mut found = Information {
        file_name: std::ptr::null(),
        base: std::ptr::null_mut(),
        symbol_name: std::ptr::null(),
        symbol: std::ptr::null_mut(),
    };
    // SAFETY: there is room for what is found.
    let is_found = unsafe { dladdr(address, &raw mut found) } != 0;
    (is_found && !found.file_name.is_null()).then_some(found)
}
