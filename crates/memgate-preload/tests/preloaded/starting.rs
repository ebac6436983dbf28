//! What this executable does when it is a program that starts another one, in the ways that std does not have.

use std::ffi::{CStr, c_char, c_int, c_long, c_void};
use std::ptr::{null, null_mut};
use std::sync::atomic::AtomicPtr;

unsafe extern "C" {
    static mut environ: *const *const c_char;
    fn execl(path: *const c_char, ...) -> c_int;
    fn execlp(file: *const c_char, ...) -> c_int;
    fn execle(path: *const c_char, ...) -> c_int;
    fn syscall(number: c_long, ...) -> c_long;
    fn system(command: *const c_char) -> c_int;
    fn popen(command: *const c_char, kind: *const c_char) -> *mut c_void;
    fn pclose(stream: *mut c_void) -> c_int;
    fn __errno_location() -> *mut c_int;
}

#[cfg(target_arch = "x86_64")]
const EXECVE_AND_EXECVEAT: [c_long; 2] = [59, 322];
#[cfg(target_arch = "aarch64")]
const EXECVE_AND_EXECVEAT: [c_long; 2] = [221, 281];
const NO_SUCH_FILE: c_int = 2;

/// An environment with nothing in it.
static NOTHING: AtomicPtr<c_char> = AtomicPtr::new(null_mut());

/// Starts `echo`, which is counted; or `true` with an environment that was cleared.
pub(crate) fn run(is_counted: bool) {
    let way = std::env::args().nth(1).unwrap_or_default();
    // SAFETY: there is one thread.
    let environment = if is_counted { unsafe { environ } } else { (&raw const NOTHING).cast() };
    // SAFETY: as above; what is set ends with a null pointer, and this function ends with the process.
    unsafe { environ = environment };
    if is_counted {
        let words = [c"echo", c"a", c"b", c"c", c"d", c"e", c"f", c"g", c"h"];
        start(&way, c"/bin/echo", c"echo", words, c"echo a b c d e f g h; true", environment);
    } else {
        let words = [c"true"; 9];
        start(&way, c"/bin/true", c"true", words, c"exit 0", environment);
    }
}

fn start(
    way: &str,
    path: &CStr,
    name: &CStr,
    words: [&CStr; 9],
    command: &CStr,
    environment: *const *const c_char,
) {
    let (nowhere, path, name, command) =
        (c"/nowhere".as_ptr(), path.as_ptr(), name.as_ptr(), command.as_ptr());
    let [a, b, c, d, e, f, g, h, i] = words.map(CStr::as_ptr);
    let none = null::<c_char>();
    let list = [a, b, c, d, e, f, g, h, i, none];
    let list = list.as_ptr();
    let [execve, execveat] = EXECVE_AND_EXECVEAT;
    let (here, flags) = (-100_i64, 0_i64);
    // SAFETY: as the manuals of these functions want it. Each is called for what is not there as well, and comes back.
    let failed: c_long = unsafe {
        match way {
            "execl" => {
                assert_eq!(execl(nowhere, a, none), -1);
                execl(path, a, b, c, d, e, f, g, h, i, none).into()
            }
            "execlp" => {
                assert_eq!(execlp(nowhere, a, none), -1);
                execlp(name, a, b, c, d, e, f, g, h, i, none).into()
            }
            "execle" => {
                assert_eq!(execle(nowhere, a, none, environment), -1);
                execle(path, a, b, c, d, e, f, g, h, i, none, environment).into()
            }
            "syscall_execve" => {
                assert_eq!(syscall(execve, nowhere, list, environment), -1);
                assert_eq!(*__errno_location(), NO_SUCH_FILE);
                syscall(execve, path, list, environment)
            }
            "syscall_execveat" => {
                assert_eq!(syscall(execveat, here, nowhere, list, environment, flags), -1);
                syscall(execveat, here, path, list, environment, flags)
            }
            "system" => system(command).into(),
            "popen" => {
                assert!(popen(command, c"?".as_ptr()).is_null());
                pclose(popen(command, c"w".as_ptr())).into()
            }
            other => panic!("nothing is started by {other}"),
        }
    };
    assert_eq!(failed, 0, "{way}: {}", std::io::Error::last_os_error());
}
