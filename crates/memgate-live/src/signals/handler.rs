//! The handler of the signal.

use std::ffi::{c_int, c_long, c_void};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use memgate_stacks::{Bounds, Interrupted, take_interrupted};

use super::information::Information;
use super::known::bounds;
use super::mark::{Mark, Purpose};
use super::numbers::{SI_TIMER, SIGPROF, system_call};
use super::ring::RING;
use crate::stack::has_frame_pointers;

/// That the program has a handler of its own for the signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Foreign;

/// `struct sigaction`, as glibc and musl have it.
#[repr(C)]
struct Action {
    handler: usize,
    mask: [u64; 16],
    flags: c_int,
    restorer: usize,
}

const GETTID: c_long = system_call(186, 178);
const SIG_DFL: usize = 0;
const SIG_IGN: usize = 1;
const SA_SIGINFO: c_int = 4;
/// Stacks may be nearly used up, or small ones of coroutines; std gives each of its threads another one for handlers.
const SA_ONSTACK: c_int = 0x0800_0000;
/// What a system call would be interrupted by goes on, where the system can.
const SA_RESTART: c_int = 0x1000_0000;

unsafe extern "C" {
    fn sigaction(signal: c_int, new: *const Action, old: *mut Action) -> c_int;
    fn syscall(number: c_long, ...) -> c_long;
    fn __errno_location() -> *mut c_int;
}

/// The running collection of each purpose; zero for none.
static RUNNING: [AtomicU32; 2] = [const { AtomicU32::new(0) }; 2];
/// Whether frame pointers lead anywhere; asked before the handler is installed.
static ARE_KEPT: AtomicBool = AtomicBool::new(false);
static IS_INSTALLED: AtomicBool = AtomicBool::new(false);

/// Installs the handler, unless it is there, or another one is.
///
/// It stays for ever, and ignores what is not for a running collection: were it taken away, a signal that is still on its way would end the
/// process. A handler that the program installs later replaces it, and the next collection is refused.
pub(crate) fn install() -> Result<(), Foreign> {
    ARE_KEPT.store(has_frame_pointers(), Ordering::Relaxed);
    let handler = handle as *const () as usize;
    let current = exchange(None);
    if current == handler {
        return Ok(());
    }
    if current != SIG_DFL {
        return Err(Foreign);
    }
    let before = exchange(Some(handler));
    if before != SIG_DFL && before != handler {
        // Somebody was faster, since we looked.
        exchange(Some(before));
        return Err(Foreign);
    }
    IS_INSTALLED.store(true, Ordering::Release);
    Ok(())
}

/// The address of the handler that is installed, which is replaced by another if one is given.
fn exchange(new: Option<usize>) -> usize {
    let flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
    let new = new.map(|handler| Action { handler, mask: [0; 16], flags, restorer: 0 });
    let new: *const Action = new.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    let mut old = Action { handler: SIG_DFL, mask: [0; 16], flags: 0, restorer: 0 };
    // SAFETY: both are of the library's own layout, and live until it returns. What is installed is `handle`, which may be called anywhere,
    // and what was installed before, or "ignore".
    unsafe { sigaction(SIGPROF, new, &raw mut old) };
    old.handler
}

/// Whether the handler is ours still.
#[cfg(feature = "cpu")]
pub(super) fn is_in_place() -> bool {
    exchange(None) == handle as *const () as usize
}

/// Has the handler put stacks down for a collection, until this is told zero for its purpose.
pub(super) fn run(purpose: Purpose, collection: u32) {
    RUNNING[purpose as usize].store(collection, Ordering::SeqCst);
}

/// Whether a collection is running.
pub(super) fn is_running(mark: Mark) -> bool {
    RUNNING[mark.purpose as usize].load(Ordering::Relaxed) == mark.collection
}

extern "C" fn handle(_: c_int, information: *const Information, context: *const c_void) {
    // SAFETY: POSIX's own place for this thread's number of the last error.
    let error = unsafe { __errno_location() };
    // SAFETY: as above.
    let kept = unsafe { *error };
    // SAFETY: what the system gives to a handler with `SA_SIGINFO`, which this is.
    let Information { code, overrun, value, .. } = unsafe { information.read() };
    let mark = Mark::of_value(value).filter(|mark| is_running(*mark));
    if let Some(mark) = mark.filter(|_| code == SI_TIMER) {
        put_down(mark, 1 + u64::from(overrun.max(0).unsigned_abs()), context);
    }
    // SAFETY: as above.
    unsafe { *error = kept };
}

fn put_down(mark: Mark, weight: u64, context: *const c_void) {
    // SAFETY: the handler's third argument, and the handler is running.
    let at = unsafe { Interrupted::of(context) };
    // SAFETY: has no arguments.
    let thread = unsafe { syscall(GETTID) } as u32;
    let are_kept = ARE_KEPT.load(Ordering::Relaxed);
    let bounds = if are_kept { bounds(thread, at.stack_pointer, mark.collection) } else { Bounds::NONE };
    // SAFETY: the bounds are of this thread's stack, or none; it was interrupted there by the signal that is being handled.
    RING.put(mark, thread, weight, |addresses| unsafe { take_interrupted(bounds, at, addresses) });
}

/// A shared library that is unloaded takes the handler with it. A signal that is still on its way must not end the process.
extern "C" fn unload() {
    if IS_INSTALLED.load(Ordering::Acquire) && exchange(None) == handle as *const () as usize {
        exchange(Some(SIG_IGN));
    }
}

#[used]
// SAFETY: an array of functions without arguments, called when the program ends or the library is unloaded.
#[unsafe(link_section = ".fini_array")]
static UNLOAD: extern "C" fn() = unload;
