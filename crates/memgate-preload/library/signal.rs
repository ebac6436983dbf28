//! A signal that the library itself may cause, and the program is not to get.

use std::ffi::{c_int, c_void};

/// What the system sends to whoever writes a file that is longer than it may be.
pub(crate) const SIGXFSZ: c_int = 25;

const SIG_BLOCK: c_int = 0;
const SIG_SETMASK: c_int = 2;

/// As the C library has it, a bit for each signal from one.
type Signals = [u64; 16];

unsafe extern "C" {
    fn pthread_sigmask(how: c_int, set: *const Signals, before: *mut Signals) -> c_int;
    fn sigpending(set: *mut Signals) -> c_int;
    fn sigtimedwait(set: *const Signals, what: *mut c_void, time: *const [i64; 2]) -> c_int;
}

/// Runs `calls`, of which the calling thread gets no such signal.
pub(crate) fn without<R>(signal: c_int, calls: impl FnOnce() -> R) -> R {
    let mut this: Signals = [0; 16];
    this[0] = 1 << (signal - 1);
    let (mut before, mut pending): (Signals, Signals) = ([0; 16], [0; 16]);
    // SAFETY: there is room for what was blocked before.
    unsafe { pthread_sigmask(SIG_BLOCK, &raw const this, &raw mut before) };
    // SAFETY: there is room for what waits already.
    unsafe { sigpending(&raw mut pending) };
    let result = calls();
    if pending[0] & this[0] == 0 {
        // SAFETY: waits for no time at all, and wants to know nothing.
        unsafe { sigtimedwait(&raw const this, std::ptr::null_mut(), &[0, 0]) };
    }
    // SAFETY: what was blocked before.
    unsafe { pthread_sigmask(SIG_SETMASK, &raw const before, std::ptr::null_mut()) };
    result
}
