//! Signals that land in the midst of a sample.

use std::alloc::{GlobalAlloc, Layout};
use std::ffi::{c_int, c_void};
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use memgate_live::{Heap, profile};

use crate::asked::{counters, sample_everything, totals};
use crate::runner::cases;

cases! { a_handler_that_allocates_interrupts_anything }

const PROFILING_SIGNAL: c_int = 27;

#[repr(C)]
struct Interval {
    interval: [i64; 2],
    value: [i64; 2],
}

#[expect(unsafe_code, reason = "the system's own functions")]
unsafe extern "C" {
    fn signal(signal: c_int, handler: extern "C" fn(c_int)) -> *mut c_void;
    fn setitimer(which: c_int, new: *const Interval, old: *mut Interval) -> c_int;
}

/// Gives memory that is never given back, by one atomic addition: an allocator that a handler may call.
struct Bump {
    next: AtomicUsize,
}

#[repr(align(16))]
struct Memory(std::cell::UnsafeCell<[u8; 1 << 22]>);

#[expect(unsafe_code, reason = "memory that is handed out in parts")]
// SAFETY: each part is given to one caller.
unsafe impl Sync for Memory {}

static MEMORY: Memory = Memory(std::cell::UnsafeCell::new([0; 1 << 22]));

#[expect(unsafe_code, reason = "an allocator that a signal handler may call")]
// SAFETY: each block is a part of its own of `MEMORY`, until there is no more, as large and aligned as 64 bytes can be asked for.
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let start = self.next.fetch_add(layout.size().next_multiple_of(16), Relaxed) % (1 << 21);
        // SAFETY: within the memory, half of which is left.
        unsafe { MEMORY.0.get().cast::<u8>().add(start) }
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

static IN_HANDLER: Heap<Bump> = Heap::new(Bump { next: AtomicUsize::new(0) });
static HANDLED: AtomicU64 = AtomicU64::new(0);

#[expect(unsafe_code, reason = "calls an allocator")]
extern "C" fn handle(_: c_int) {
    let layout = Layout::new::<[u64; 32]>();
    for _ in 0..4 {
        // SAFETY: the layout has a size.
        let block = unsafe { IN_HANDLER.alloc(layout) };
        // SAFETY: the block has just been allocated with this layout.
        unsafe { IN_HANDLER.dealloc(block, layout) };
    }
    HANDLED.fetch_add(1, Relaxed);
}

#[expect(unsafe_code, reason = "sets a timer and a handler")]
fn a_handler_that_allocates_interrupts_anything() {
    // So that each call is in the midst of a sample most of the time.
    sample_everything();
    let millisecond = Interval { interval: [0, 1_000], value: [0, 1_000] };
    let never = Interval { interval: [0, 0], value: [0, 0] };
    // SAFETY: the handler calls an allocator that may be called there, and atomics.
    unsafe { signal(PROFILING_SIGNAL, handle) };
    // SAFETY: an interval; the old one is not asked for.
    assert_eq!(unsafe { setitimer(2, &raw const millisecond, std::ptr::null_mut()) }, 0);
    // Half a minute by hand: `MEMGATE_LIVE_SECONDS=30 cargo test -p memgate-live --test heap signals`.
    let seconds = std::env::var("MEMGATE_LIVE_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(2);
    let started = Instant::now();
    // The timer counts the time of the processor, of which a busy machine gives little.
    let is_to_go_on = move || started.elapsed() < Duration::from_secs(seconds) || HANDLED.load(Relaxed) < 200;
    let before = counters();
    let mut blocks = 0_u64;
    std::thread::scope(|scope| {
        let other = scope.spawn(move || {
            let mut blocks = 0_u64;
            while is_to_go_on() {
                for _ in 0..100 {
                    drop(black_box(vec![1_u8; 100]));
                    blocks += 1;
                }
            }
            blocks
        });
        while is_to_go_on() {
            for _ in 0..100 {
                drop(black_box(vec![1_u8; 100]));
                blocks += 1;
            }
            assert!(profile().is_ok());
        }
        blocks += other.join().unwrap();
    });
    // SAFETY: as above.
    unsafe { setitimer(2, &raw const never, std::ptr::null_mut()) };
    let after = counters();
    assert!(after.allocations - before.allocations >= blocks, "{blocks}");
    let (allocated, live) = totals(&profile().unwrap());
    assert!(allocated.samples > blocks && live.samples < 10_000, "{allocated:?} {live:?}");
}
