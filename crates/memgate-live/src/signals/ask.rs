//! Sends the signal to one thread.

use std::ffi::c_long;

use super::information::Information;
use super::mark::Mark;
use super::numbers::{SI_TIMER, SIGPROF, system_call};

const RT_TGSIGQUEUEINFO: c_long = system_call(297, 240);

/// `siginfo_t`, as long as the kernel has it.
#[repr(C)]
struct Whole {
    begins: Information,
    rest: [u64; 12],
}

unsafe extern "C" {
    fn syscall(number: c_long, ...) -> c_long;
}

/// Asks a thread of this process where it is, as if a timer of its own had expired: of what is on its way, that alone is gone when the
/// process becomes another program (`exec`), which has no handler and would be ended by it. False when it is gone, or too much is asked of the process already (`ulimit -i`).
pub(crate) fn ask(thread: u32, mark: Mark) -> bool {
    let process = std::process::id().cast_signed();
    let value = mark.to_value();
    let begins =
        Information { signal: SIGPROF, error: 0, code: SI_TIMER, padding: 0, timer: 0, overrun: 0, value };
    let information = Whole { begins, rest: [0; 12] };
    // SAFETY: 128 bytes of the kernel's layout, which live until it returns. The signal has our handler, which may be called anywhere.
    let result =
        unsafe { syscall(RT_TGSIGQUEUEINFO, process, thread.cast_signed(), SIGPROF, &raw const information) };
    result == 0
}
