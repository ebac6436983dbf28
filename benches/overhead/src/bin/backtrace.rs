//! The platform's allocator with a call stack taken for each block, as the crate backtrace walks it, and nothing else: no
//! table, no counter. With the option `frames`, says how many frames the deepest one had.

use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

#[global_allocator]
static ALLOCATOR: allocator::Backtracing = allocator::Backtracing;

/// How many frames the deepest stack had.
static FRAMES: AtomicUsize = AtomicUsize::new(0);

#[expect(clippy::print_stderr, reason = "answers a question of whoever changes the workload")]
fn main() -> ExitCode {
    let is_asked = std::env::args().any(|argument| argument == "frames");
    let result = memgate_overhead::main(|_| allocator::begin());
    if is_asked {
        eprintln!("{} frames", FRAMES.load(Relaxed));
    }
    result
}

#[expect(unsafe_code, reason = "is an allocator")]
mod allocator {
    use std::alloc::{GlobalAlloc, Layout, System};
    use std::cell::Cell;
    use std::hint::black_box;
    use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

    /// Hands every call on to `System`.
    pub(super) struct Backtracing;

    static IS_ON: AtomicBool = AtomicBool::new(false);

    thread_local! {
        /// Whether a stack is being taken, so that what the walk itself allocates is not walked for.
        static IS_BUSY: Cell<bool> = const { Cell::new(false) };
    }

    pub(super) fn begin() {
        IS_ON.store(true, Relaxed);
    }

    fn walk() {
        if !IS_ON.load(Relaxed) || IS_BUSY.replace(true) {
            return;
        }
        let mut addresses = [0_usize; 64];
        let mut length = 0;
        // SAFETY: asks for no other call of this crate at the same time. Walking shares no state between threads on Linux;
        // only looking up symbols does, which nobody does here.
        unsafe {
            backtrace::trace_unsynchronized(|frame| {
                let Some(address) = addresses.get_mut(length) else { return false };
                *address = frame.ip().addr();
                length += 1;
                true
            });
        }
        black_box(&addresses);
        if length > super::FRAMES.load(Relaxed) {
            super::FRAMES.store(length, Relaxed);
        }
        IS_BUSY.set(false);
    }

    // SAFETY: every method hands its arguments on to `System` unchanged.
    unsafe impl GlobalAlloc for Backtracing {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            walk();
            // SAFETY: the caller keeps `alloc`'s contract.
            unsafe { System.alloc(layout) }
        }

        unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
            // SAFETY: the caller keeps `dealloc`'s contract, and `block` came from `System`.
            unsafe { System.dealloc(block, layout) }
        }

        unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
            walk();
            // SAFETY: the caller keeps `alloc_zeroed`'s contract.
            unsafe { System.alloc_zeroed(layout) }
        }

        unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
            walk();
            // SAFETY: the caller keeps `realloc`'s contract, and `block` came from `System`.
            unsafe { System.realloc(block, layout, new_size) }
        }
    }
}
