//! A fork of this process.

use std::ffi::c_int;
use std::time::{Duration, Instant};

#[expect(unsafe_code, reason = "the system's own functions")]
unsafe extern "C" {
    fn fork() -> c_int;
    fn _exit(status: c_int) -> !;
    fn kill(process: c_int, signal: c_int) -> c_int;
    fn waitpid(process: c_int, status: *mut c_int, options: c_int) -> c_int;
}

/// Runs `in_child` in a fork of this process, and waits until it has ended well.
///
/// # Panics
/// When it does not end within a minute, which is long enough for any machine, or ends badly.
#[expect(unsafe_code, reason = "forks")]
pub(crate) fn in_a_fork(in_child: impl FnOnce() -> bool) {
    const NO_HANG: c_int = 1;
    const KILL: c_int = 9;
    // SAFETY: the child does what `in_child` does, which allocates: glibc allows that in the child of a process with threads.
    let child = unsafe { fork() };
    assert!(child >= 0);
    if child == 0 {
        let status = if in_child() { 0 } else { 1 };
        // SAFETY: ends the child, without what the parent has registered for its own end.
        unsafe { _exit(status) };
    }
    let started = Instant::now();
    let mut status = 0;
    loop {
        // SAFETY: the child is ours, and there is a place for its status.
        let ended = unsafe { waitpid(child, &raw mut status, NO_HANG) };
        if ended == child {
            break;
        }
        if started.elapsed() > Duration::from_secs(60) {
            // SAFETY: as above.
            unsafe { kill(child, KILL) };
            panic!("the child hangs");
        }
        std::thread::sleep(Duration::from_micros(200));
    }
    assert_eq!(status, 0, "the child failed");
}
