//! Programs that a process becomes, or starts: each is announced before, so that the tool misses what is not counted because it has no
//! such library, or was not given this one.
//!
//! What the C library starts by itself for `system` and `popen` is a shell, the number of whose process is never told: it is announced as
//! a child of this process.
//!
//! None of these functions calls another one by its name, which may be the program's own.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::io::Write;
use std::sync::atomic::Ordering::Relaxed;

use memgate_protocol::process_table::{EXECUTABLE_BYTES, KIND_ANNOUNCED, word};

use crate::attach;
use crate::c;
use crate::finish::{finish_for_another, go_on};
use crate::real::{Real, Strings, real};
use memgate_protocol::process_table::Slot;

/// Says what is about to run, in the process of this number. By what is allowed in a child that has its parent's memory.
fn announce(program: &[u8], process: c_int) -> Option<&'static Slot> {
    let slot = attach::claim()?;
    slot.set(word::PROCESS, process as u64);
    slot.set_program(program);
    slot.set_kind(KIND_ANNOUNCED);
    Some(slot)
}

/// Says that a shell is about to be started by the C library.
fn announce_shell() -> Option<&'static Slot> {
    // Before, so that this process's own slot comes first.
    attach::slot();
    let slot = attach::claim()?;
    // SAFETY: always allowed.
    slot.set(word::PARENT, unsafe { c::getpid() } as u64);
    slot.set_program(b"/bin/sh");
    slot.set_kind(KIND_ANNOUNCED);
    Some(slot)
}

fn withdraw(announced: Option<&Slot>) {
    if let Some(slot) = announced {
        attach::give_back(slot);
    }
}

/// Becomes another program by `how`, or comes back.
fn become_program(program: &[u8], how: impl FnOnce(&Real) -> c_int) -> c_int {
    if real().is_none() {
        attach::slot();
    }
    let Some(real) = real() else {
        c::set_errno(c::ENOMEM);
        return -1;
    };
    // SAFETY: always allowed.
    let announced = announce(program, unsafe { c::getpid() });
    let finished = finish_for_another();
    let failed = how(real);
    go_on(finished);
    withdraw(announced);
    failed
}

/// The bytes of a path.
///
/// # Safety
/// It is null, or ends with a zero byte.
unsafe fn bytes<'a>(path: *const c_char) -> &'a [u8] {
    if path.is_null() {
        return b"";
    }
    // SAFETY: our caller says so.
    unsafe { CStr::from_ptr(path) }.to_bytes()
}

/// # Safety
/// As execve(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn execve(path: *const c_char, arguments: Strings, environment: Strings) -> c_int {
    // SAFETY: our caller keeps the contract.
    unsafe { become_by_execve(path, arguments, environment) }
}

/// # Safety
/// As execve(2).
pub(crate) unsafe extern "C" fn become_by_execve(
    path: *const c_char,
    arguments: Strings,
    environment: Strings,
) -> c_int {
    // SAFETY: our caller keeps the contract.
    become_program(unsafe { bytes(path) }, |real| unsafe { (real.execve)(path, arguments, environment) })
}

/// # Safety
/// As execv(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn execv(path: *const c_char, arguments: Strings) -> c_int {
    // SAFETY: our caller keeps the contract.
    unsafe { become_by_execv(path, arguments) }
}

/// # Safety
/// As execv(3).
pub(crate) unsafe extern "C" fn become_by_execv(path: *const c_char, arguments: Strings) -> c_int {
    // SAFETY: our caller keeps the contract.
    become_program(unsafe { bytes(path) }, |real| unsafe { (real.execv)(path, arguments) })
}

/// # Safety
/// As execvp(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn execvp(file: *const c_char, arguments: Strings) -> c_int {
    // SAFETY: our caller keeps the contract.
    unsafe { become_by_execvp(file, arguments) }
}

/// # Safety
/// As execvp(3).
pub(crate) unsafe extern "C" fn become_by_execvp(file: *const c_char, arguments: Strings) -> c_int {
    // SAFETY: our caller keeps the contract.
    become_program(unsafe { bytes(file) }, |real| unsafe { (real.execvp)(file, arguments) })
}

/// # Safety
/// As execvpe(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn execvpe(file: *const c_char, arguments: Strings, environment: Strings) -> c_int {
    // SAFETY: our caller keeps the contract.
    become_program(unsafe { bytes(file) }, |real| unsafe { (real.execvpe)(file, arguments, environment) })
}

/// # Safety
/// As fexecve(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fexecve(file: c_int, arguments: Strings, environment: Strings) -> c_int {
    let mut path = [0_u8; EXECUTABLE_BYTES];
    let length = path_of(file, &mut path);
    // SAFETY: our caller keeps the contract.
    become_program(&path[..length], |real| unsafe { (real.fexecve)(file, arguments, environment) })
}

/// # Safety
/// As execveat(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn execveat(
    folder: c_int,
    path: *const c_char,
    arguments: Strings,
    environment: Strings,
    flags: c_int,
) -> c_int {
    // SAFETY: our caller keeps the contract.
    unsafe { become_by_execveat(folder, path, arguments, environment, flags) }
}

/// # Safety
/// As execveat(2).
pub(crate) unsafe extern "C" fn become_by_execveat(
    folder: c_int,
    path: *const c_char,
    arguments: Strings,
    environment: Strings,
    flags: c_int,
) -> c_int {
    // SAFETY: our caller keeps the contract.
    become_program(unsafe { bytes(path) }, |real| match real.execveat {
        // SAFETY: as above.
        Some(execveat) => unsafe { execveat(folder, path, arguments, environment, flags) },
        None => {
            c::set_errno(c::EINVAL);
            -1
        }
    })
}

/// The path that a file was opened by, as far as there is room.
fn path_of(file: c_int, path: &mut [u8]) -> usize {
    let mut link = [0_u8; 32];
    // There is room for any number, and a zero byte stays behind it.
    let _ = write!(link.as_mut_slice(), "/proc/self/fd/{file}");
    // SAFETY: as many bytes as there is room for.
    let length = unsafe { c::readlink(link.as_ptr().cast(), path.as_mut_ptr().cast(), path.len()) };
    usize::try_from(length).unwrap_or(0)
}

/// Starts a program by `how`, which puts down the number of its process.
///
/// # Safety
/// `process` is null, or a place for a number.
unsafe fn start(program: &[u8], process: *mut c_int, how: impl FnOnce(&Real, *mut c_int) -> c_int) -> c_int {
    attach::slot();
    let Some(real) = real() else { return c::ENOMEM };
    let announced = announce(program, 0);
    let mut number = 0;
    let failed = how(real, &raw mut number);
    if failed == 0 {
        if let Some(slot) = announced {
            slot.word(word::PROCESS).store(number as u64, Relaxed);
        }
        if !process.is_null() {
            // SAFETY: our caller has a place for it.
            unsafe { process.write(number) };
        }
    } else {
        withdraw(announced);
    }
    failed
}

/// # Safety
/// As posix_spawn(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn posix_spawn(
    process: *mut c_int,
    path: *const c_char,
    actions: *const c_void,
    attributes: *const c_void,
    arguments: Strings,
    environment: Strings,
) -> c_int {
    let spawn = |real: &Real, number| {
        // SAFETY: our caller keeps the contract.
        unsafe { (real.posix_spawn)(number, path, actions, attributes, arguments, environment) }
    };
    // SAFETY: our caller keeps the contract.
    let program = unsafe { bytes(path) };
    // SAFETY: as above.
    unsafe { start(program, process, spawn) }
}

/// # Safety
/// As posix_spawnp(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn posix_spawnp(
    process: *mut c_int,
    file: *const c_char,
    actions: *const c_void,
    attributes: *const c_void,
    arguments: Strings,
    environment: Strings,
) -> c_int {
    let spawn = |real: &Real, number| {
        // SAFETY: our caller keeps the contract.
        unsafe { (real.posix_spawnp)(number, file, actions, attributes, arguments, environment) }
    };
    // SAFETY: our caller keeps the contract.
    let program = unsafe { bytes(file) };
    // SAFETY: as above.
    unsafe { start(program, process, spawn) }
}

/// # Safety
/// As system(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn system(command: *const c_char) -> c_int {
    /// How a shell ends, and what is said when there was none.
    const NOT_STARTED: c_int = 127 << 8;
    let announced = announce_shell();
    let Some(real) = real() else { return NOT_STARTED };
    let before = c::replace_errno(0);
    // SAFETY: our caller keeps the contract.
    let status = unsafe { (real.system)(command) };
    match c::replace_errno(before) {
        0 => {}
        number => {
            c::set_errno(number);
            if status == NOT_STARTED {
                withdraw(announced);
            }
        }
    }
    status
}

/// # Safety
/// As popen(3).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn popen(command: *const c_char, kind: *const c_char) -> *mut c_void {
    let announced = announce_shell();
    let Some(real) = real() else { return std::ptr::null_mut() };
    // SAFETY: our caller keeps the contract.
    let stream = unsafe { (real.popen)(command, kind) };
    if stream.is_null() {
        withdraw(announced);
    }
    stream
}
