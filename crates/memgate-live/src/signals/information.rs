//! What comes with the signal.

use std::ffi::c_int;

/// The beginning of `siginfo_t`, of a timer's signal.
#[repr(C)]
pub(super) struct Information {
    pub(super) signal: c_int,
    pub(super) error: c_int,
    pub(super) code: c_int,
    pub(super) padding: c_int,
    pub(super) timer: c_int,
    /// How often the timer has expired besides.
    pub(super) overrun: c_int,
    pub(super) value: u64,
}
