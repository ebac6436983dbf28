//! Functions whose arguments have no fixed number: `execl` and its like, and `syscall`, by which a program can be started, too.
//!
//! Rust has no such functions that can be called, so that these begin in assembly: the arguments of `execl` are put in a row, which is
//! what `execv` takes, and of all system calls those are told that start a program.

use std::arch::naked_asm;
use std::ffi::{c_char, c_int, c_long};

use crate::c;
use crate::programs::{become_by_execv, become_by_execve, become_by_execveat, become_by_execvp};
use crate::real::Strings;

/// Calls a function with the first argument, and the place where the others stand in a row.
#[cfg(target_arch = "x86_64")]
macro_rules! with_arguments_in_a_row {
    ($function:path) => {
        naked_asm!(
            // Five are in registers. The others follow the return address, which makes room.
            "pop r11",
            "push r9",
            "push r8",
            "push rcx",
            "push rdx",
            "push rsi",
            "mov rsi, rsp",
            "push r11",
            "call {function}",
            "pop r11",
            "add rsp, 40",
            "push r11",
            "ret",
            function = sym $function,
        )
    };
}
#[cfg(target_arch = "aarch64")]
macro_rules! with_arguments_in_a_row {
    ($function:path) => {
        naked_asm!(
            // Seven are in registers. The others are where the stack was.
            "sub sp, sp, #80",
            "stp x29, x30, [sp]",
            "mov x29, sp",
            "stp x1, x2, [sp, #24]",
            "stp x3, x4, [sp, #40]",
            "stp x5, x6, [sp, #56]",
            "str x7, [sp, #72]",
            "add x1, sp, #24",
            "bl {function}",
            "ldp x29, x30, [sp]",
            "add sp, sp, #80",
            "ret",
            function = sym $function,
        )
    };
}

/// # Safety
/// As execl(3): as many texts as wanted, and a null pointer.
#[unsafe(no_mangle)]
#[unsafe(naked)]
pub unsafe extern "C" fn execl(_path: *const c_char) -> c_int {
    with_arguments_in_a_row!(become_by_execv)
}

/// # Safety
/// As execlp(3): as many texts as wanted, and a null pointer.
#[unsafe(no_mangle)]
#[unsafe(naked)]
pub unsafe extern "C" fn execlp(_file: *const c_char) -> c_int {
    with_arguments_in_a_row!(become_by_execvp)
}

/// # Safety
/// As execle(3): as many texts as wanted, a null pointer, and the environment.
#[unsafe(no_mangle)]
#[unsafe(naked)]
pub unsafe extern "C" fn execle(_path: *const c_char) -> c_int {
    with_arguments_in_a_row!(execve_with_environment_behind)
}

/// # Safety
/// As execve(2), with the environment behind the null pointer that ends the arguments.
unsafe extern "C" fn execve_with_environment_behind(path: *const c_char, arguments: Strings) -> c_int {
    let mut end = arguments;
    // SAFETY: our caller says that there is an end.
    while !unsafe { end.read() }.is_null() {
        // SAFETY: as above.
        end = unsafe { end.add(1) };
    }
    // SAFETY: the environment comes after the end, by our caller.
    let environment = unsafe { end.add(1) };
    // SAFETY: as above.
    let environment = unsafe { environment.cast::<Strings>().read() };
    // SAFETY: our caller keeps the contract.
    unsafe { become_by_execve(path, arguments, environment) }
}

/// # Safety
/// As syscall(2): the call's number, and up to six numbers.
#[cfg(target_arch = "x86_64")]
#[unsafe(no_mangle)]
#[unsafe(naked)]
pub unsafe extern "C" fn syscall(_number: c_long) -> c_long {
    naked_asm!(
        "cmp rdi, {number_of_execve}",
        "je 2f",
        "cmp rdi, {number_of_execveat}",
        "je 3f",
        "mov rax, rdi",
        "mov rdi, rsi",
        "mov rsi, rdx",
        "mov rdx, rcx",
        "mov r10, r8",
        "mov r8, r9",
        "mov r9, [rsp + 8]",
        "syscall",
        "cmp rax, -4095",
        "jae 4f",
        "ret",
        "2:",
        "mov rdi, rsi",
        "mov rsi, rdx",
        "mov rdx, rcx",
        "jmp {execve}",
        "3:",
        "mov rdi, rsi",
        "mov rsi, rdx",
        "mov rdx, rcx",
        "mov rcx, r8",
        "mov r8, r9",
        "jmp {execveat}",
        "4:",
        "neg eax",
        "mov edi, eax",
        "jmp {fail}",
        number_of_execve = const c::SYS_EXECVE,
        number_of_execveat = const c::SYS_EXECVEAT,
        execve = sym execve_as_a_call,
        execveat = sym execveat_as_a_call,
        fail = sym fail,
    )
}

/// # Safety
/// As syscall(2): the call's number, and up to six numbers.
#[cfg(target_arch = "aarch64")]
#[unsafe(no_mangle)]
#[unsafe(naked)]
pub unsafe extern "C" fn syscall(_number: c_long) -> c_long {
    naked_asm!(
        "cmp x0, #{number_of_execve}",
        "b.eq 2f",
        "cmp x0, #{number_of_execveat}",
        "b.eq 3f",
        "mov x8, x0",
        "mov x0, x1",
        "mov x1, x2",
        "mov x2, x3",
        "mov x3, x4",
        "mov x4, x5",
        "mov x5, x6",
        "svc #0",
        "cmn x0, #4095",
        "b.cs 4f",
        "ret",
        "2:",
        "mov x0, x1",
        "mov x1, x2",
        "mov x2, x3",
        "b {execve}",
        "3:",
        "mov x0, x1",
        "mov x1, x2",
        "mov x2, x3",
        "mov x3, x4",
        "mov x4, x5",
        "b {execveat}",
        "4:",
        "neg w0, w0",
        "b {fail}",
        number_of_execve = const c::SYS_EXECVE,
        number_of_execveat = const c::SYS_EXECVEAT,
        execve = sym execve_as_a_call,
        execveat = sym execveat_as_a_call,
        fail = sym fail,
    )
}

/// # Safety
/// As execve(2).
unsafe extern "C" fn execve_as_a_call(
    path: *const c_char,
    arguments: Strings,
    environment: Strings,
) -> c_long {
    // SAFETY: our caller keeps the contract.
    unsafe { become_by_execve(path, arguments, environment) }.into()
}

/// # Safety
/// As execveat(2).
unsafe extern "C" fn execveat_as_a_call(
    folder: c_int,
    path: *const c_char,
    arguments: Strings,
    environment: Strings,
    flags: c_int,
) -> c_long {
    // SAFETY: our caller keeps the contract.
    unsafe { become_by_execveat(folder, path, arguments, environment, flags) }.into()
}

extern "C" fn fail(number: c_int) -> c_long {
    c::set_errno(number);
    -1
}
