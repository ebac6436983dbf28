//! This process, asked without a socket.

use std::ffi::{c_int, c_long, c_void};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use memgate_live::{Options, Request, Responder, Response};

static RESPONDER: LazyLock<Responder> =
    LazyLock::new(|| Options::new().without_authentication().responder().unwrap());

pub(crate) fn get(target: &str) -> Response {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    RESPONDER.respond(&Request { method: "GET", path, query, ..Request::default() })
}

pub(crate) fn text(response: &Response) -> String {
    String::from_utf8_lossy(&response.body).into_owned()
}

pub(crate) const SIGPROF: c_int = 27;

#[expect(unsafe_code, reason = "the system's own functions")]
unsafe extern "C" {
    fn signal(signal: c_int, handler: extern "C" fn(c_int)) -> *mut c_void;
    fn raise(signal: c_int) -> c_int;
    fn sigaddset(set: *mut [u64; 16], signal: c_int) -> c_int;
    fn sigfillset(set: *mut [u64; 16]) -> c_int;
    fn sigtimedwait(set: *const [u64; 16], information: *mut c_void, time: *const [c_long; 2]) -> c_int;
    fn pthread_sigmask(how: c_int, set: *const [u64; 16], old: *mut [u64; 16]) -> c_int;
}

#[expect(unsafe_code, reason = "installs a handler")]
pub(crate) fn install(handler: extern "C" fn(c_int)) {
    // SAFETY: the handler adds to an atomic.
    unsafe { signal(SIGPROF, handler) };
}

#[expect(unsafe_code, reason = "sends a signal to this thread")]
pub(crate) fn send_to_myself() {
    // SAFETY: what the handler does is allowed there.
    assert_eq!(unsafe { raise(SIGPROF) }, 0);
}

/// Has the calling thread block the signal.
#[expect(unsafe_code, reason = "changes which signals a thread gets")]
pub(crate) fn block() {
    let mut set = [0; 16];
    // SAFETY: a set of signals, as large as any C library has it.
    assert_eq!(unsafe { sigaddset(&raw mut set, SIGPROF) }, 0);
    // SAFETY: as above; the old one is not asked for.
    assert_eq!(unsafe { pthread_sigmask(0, &raw const set, std::ptr::null_mut()) }, 0);
}

/// Has the calling thread block all signals, and then wait for any of them; gives those that it is told of, until `is_over`. Between two
/// waits of some milliseconds it uses as much time of its processor.
#[expect(unsafe_code, reason = "changes which signals a thread gets, and waits for them")]
pub(crate) fn wait_for_all_signals(is_over: impl Fn() -> bool) -> Vec<c_int> {
    /// Seconds and nanoseconds.
    static TIME: [c_long; 2] = [0, 15_000_000];

    let mut set = [0; 16];
    // SAFETY: a set of signals, as large as any C library has it.
    assert_eq!(unsafe { sigfillset(&raw mut set) }, 0);
    // SAFETY: as above; the old one is not asked for.
    assert_eq!(unsafe { pthread_sigmask(0, &raw const set, std::ptr::null_mut()) }, 0);
    let mut told = Vec::new();
    while !is_over() {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_millis(15) {
            std::hint::spin_loop();
        }
        // SAFETY: as above, and a time; what else is known of the signal is not asked for.
        let signal = unsafe { sigtimedwait(&raw const set, std::ptr::null_mut(), &raw const TIME) };
        told.extend((signal > 0).then_some(signal));
    }
    told
}
