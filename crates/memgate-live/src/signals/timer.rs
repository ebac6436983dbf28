//! Timers that send the signal to a thread for each so much processor time that it uses.
//!
//! One for each thread. Rejected: `setitimer` for the whole process, which expires once a tick of the system's clock however many threads run,
//! which programs use themselves, and which a program that is started by `exec` inherits without the handler.

use std::ffi::{c_int, c_long};
use std::io;
use std::ptr::null_mut;
use std::time::Duration;

use super::mark::Mark;
use super::numbers::{SIGPROF, system_call};

/// `struct sigevent`, as the kernel has it.
#[repr(C)]
struct Event {
    value: u64,
    signal: c_int,
    notify: c_int,
    thread: c_int,
    padding: [c_int; 11],
}

/// `struct itimerspec`: seconds and nanoseconds, twice.
#[repr(C)]
struct Times {
    interval: [i64; 2],
    first: [i64; 2],
}

const TIMER_CREATE: c_long = system_call(222, 107);
const TIMER_SETTIME: c_long = system_call(223, 110);
const TIMER_DELETE: c_long = system_call(226, 111);
/// To a thread, rather than to the process.
const SIGEV_THREAD_ID: c_int = 4;

unsafe extern "C" {
    fn syscall(number: c_long, ...) -> c_long;
}

/// A timer of one thread, until this is dropped.
#[derive(Debug)]
pub(crate) struct Timer(c_int);

impl Timer {
    /// Has the signal sent to a thread of this process for each `interval` of its processor time, for the first time after `first`.
    ///
    /// # Errors
    /// When the thread is gone, or the process has as many timers as the system allows (`ulimit -i`).
    pub(crate) fn start(thread: u32, mark: Mark, first: Duration, interval: Duration) -> io::Result<Self> {
        let event = Event {
            value: mark.to_value(),
            signal: SIGPROF,
            notify: SIGEV_THREAD_ID,
            thread: thread.cast_signed(),
            padding: [0; 11],
        };
        // The clock of a thread's processor time: its number, inverted, and what is counted (`pthread_getcpuclockid`).
        let clock = (!thread.cast_signed()).wrapping_shl(3) | 6;
        let mut timer: c_int = 0;
        // SAFETY: the event is of the kernel's layout, there is a place for the timer's number, and both live until it returns.
        if unsafe { syscall(TIMER_CREATE, clock, &raw const event, &raw mut timer) } != 0 {
            return Err(io::Error::last_os_error());
        }
        let timer = Self(timer);
        let parts = |time: Duration| [time.as_secs().cast_signed(), i64::from(time.subsec_nanos())];
        let times = Times { interval: parts(interval), first: parts(first.max(Duration::from_nanos(1))) };
        // SAFETY: our own timer; the times are of the kernel's layout; the old ones are not asked for.
        if unsafe { syscall(TIMER_SETTIME, timer.0, 0 as c_int, &raw const times, null_mut::<Times>()) } != 0
        {
            return Err(io::Error::last_os_error());
        }
        Ok(timer)
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        // SAFETY: made by us, and deleted once.
        unsafe { syscall(TIMER_DELETE, self.0) };
    }
}
