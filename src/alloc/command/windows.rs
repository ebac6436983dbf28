//! What is called of Windows: declared here, since memgate has no packages from elsewhere.

use std::ffi::c_void;
use std::sync::atomic::AtomicU64;

use super::place::{PATH_BYTES, TABLE_VARIABLE};

type Handle = *mut c_void;

#[link(name = "kernel32")]
unsafe extern "system" {
    fn GetLastError() -> u32;
    fn SetLastError(error: u32);
    fn GetEnvironmentVariableW(name: *const u16, value: *mut u16, length: u32) -> u32;
    fn GetCurrentProcessId() -> u32;
    fn GetModuleFileNameW(module: Handle, path: *mut u16, length: u32) -> u32;
    fn CreateFileW(
        path: *const u16,
        access: u32,
        sharing: u32,
        security: *const c_void,
        how: u32,
        attributes: u32,
        template: Handle,
    ) -> Handle;
    fn GetFileSizeEx(file: Handle, size: *mut i64) -> i32;
    fn CreateFileMappingW(
        file: Handle,
        security: *const c_void,
        protection: u32,
        size_high: u32,
        size_low: u32,
        name: *const u16,
    ) -> Handle;
    fn MapViewOfFile(
        mapping: Handle,
        access: u32,
        offset_high: u32,
        offset_low: u32,
        length: usize,
    ) -> *mut c_void;
    fn CloseHandle(handle: Handle) -> i32;
}

const GENERIC_READ_AND_WRITE: u32 = 0xC000_0000;
const FILE_SHARE_ALL: u32 = 7;
const OPEN_EXISTING: u32 = 3;
const FILE_ATTRIBUTE_NORMAL: u32 = 0x80;
const PAGE_READWRITE: u32 = 4;
const FILE_MAP_READ_AND_WRITE: u32 = 6;

/// As many units of a path have room, the zero behind it included.
const PATH_UNITS: usize = PATH_BYTES;

/// There are no forks.
static OF_PROCESS: AtomicU64 = AtomicU64::new(0);

/// Runs `calls`, and leaves the thread's last error as it was.
pub(super) fn keeping_errno<R>(calls: impl FnOnce() -> R) -> R {
    // SAFETY: always allowed.
    let before = unsafe { GetLastError() };
    let result = calls();
    // SAFETY: always allowed.
    unsafe { SetLastError(before) };
    result
}

/// Where the table of the tool's is that asks for this process, with a zero behind it; none where nobody asks.
pub(super) fn asked_path() -> Option<[u16; PATH_UNITS]> {
    let mut name = [0_u16; 32];
    // ASCII, with its zero byte.
    for (unit, byte) in name.iter_mut().zip(TABLE_VARIABLE.to_bytes_with_nul()) {
        *unit = u16::from(*byte);
    }
    let mut path = [0; PATH_UNITS];
    // SAFETY: a name that ends with a zero, and as many units as there is room for.
    let length = unsafe { GetEnvironmentVariableW(name.as_ptr(), path.as_mut_ptr(), PATH_UNITS as u32) };
    // Of what has no room, it says how much it takes.
    let is_whole = (1..PATH_UNITS as u32).contains(&length);
    is_whole.then_some(path)
}

/// The numbers of this process and of its parent, which the system does not tell cheaply: zero.
pub(super) fn process_numbers() -> (u64, u64) {
    // SAFETY: always allowed.
    (u64::from(unsafe { GetCurrentProcessId() }), 0)
}

/// Maps a file that has exactly `length` bytes, to be shared with whoever else maps it; it stays mapped. None where there is no such file.
pub(super) fn map_file(path: &[u16; PATH_UNITS], length: usize) -> Option<*mut c_void> {
    let nobody = std::ptr::null_mut();
    // SAFETY: a path that ends with a zero.
    let file = unsafe {
        CreateFileW(
            path.as_ptr(),
            GENERIC_READ_AND_WRITE,
            FILE_SHARE_ALL,
            std::ptr::null(),
            OPEN_EXISTING,
            FILE_ATTRIBUTE_NORMAL,
            nobody,
        )
    };
    if file.addr() == usize::MAX {
        return None;
    }
    let mut size = 0;
    // SAFETY: ours, and there is room for its size.
    let is_known = unsafe { GetFileSizeEx(file, &raw mut size) } != 0;
    let has_length = is_known && usize::try_from(size).is_ok_and(|size| size == length);
    let mapping = if has_length {
        // SAFETY: ours, and as long as it is.
        unsafe { CreateFileMappingW(file, std::ptr::null(), PAGE_READWRITE, 0, 0, std::ptr::null()) }
    } else {
        nobody
    };
    // SAFETY: ours. The mapping stays.
    unsafe { CloseHandle(file) };
    if mapping.is_null() {
        return None;
    }
    // SAFETY: ours: all of it, which is new memory.
    let start = unsafe { MapViewOfFile(mapping, FILE_MAP_READ_AND_WRITE, 0, 0, length) };
    // SAFETY: ours. What is mapped stays.
    unsafe { CloseHandle(mapping) };
    (!start.is_null()).then_some(start)
}

/// A word that is zero.
pub(super) fn word_of_process() -> Option<*mut AtomicU64> {
    Some((&raw const OF_PROCESS).cast_mut())
}

/// Puts down the path of this program as UTF-8, and gives its length; of a longer one, the end, which has its name.
pub(super) fn executable(path: &mut [u8]) -> usize {
    let mut units = [0_u16; PATH_UNITS];
    // SAFETY: as many units as there is room for.
    let length =
        unsafe { GetModuleFileNameW(std::ptr::null_mut(), units.as_mut_ptr(), PATH_UNITS as u32) } as usize;
    let characters = || char::decode_utf16(units.iter().copied().take(length));
    let character = |one: Result<char, _>| one.unwrap_or(char::REPLACEMENT_CHARACTER);
    let whole: usize = characters().map(|one| character(one).len_utf8()).sum();
    let (mut left_out, mut written) = (whole.saturating_sub(path.len()), 0);
    for one in characters().map(character) {
        if left_out > 0 {
            left_out = left_out.saturating_sub(one.len_utf8());
            continue;
        }
        let Some(room) = path.get_mut(written..written + one.len_utf8()) else { break };
        one.encode_utf8(room);
        written += one.len_utf8();
    }
    written
}

/// Nothing: the path says what a program is.
pub(super) fn arguments(_: &mut [u8]) -> usize {
    0
}
