//! Numbers of the system's that both sides of the signal need, of Linux on x86-64 and AArch64.

use std::ffi::{c_int, c_long};

/// The signal that profilers use.
pub(super) const SIGPROF: c_int = 27;

/// `si_code` of a signal that a timer sends.
pub(super) const SI_TIMER: c_int = -2;

/// The number of a system call on the processor that this is compiled for.
pub(super) const fn system_call(on_x86_64: c_long, on_aarch64: c_long) -> c_long {
    if cfg!(target_arch = "x86_64") { on_x86_64 } else { on_aarch64 }
}
