//! Signals that land in the midst of a sample.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;
use std::ffi::{c_int, c_long, c_void};
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use memgate_live::{Heap, profile};

use crate::asked::{counters, sample_everything, totals};
use crate::runner::cases;

cases! { a_handler_that_allocates_interrupts_anything, a_sample_asks_nothing_of_the_c_library }

const PROFILING_SIGNAL: c_int = 27;

#[repr(C)]
struct Interval {
    interval: [c_long; 2],
    value: [c_long; 2],
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

thread_local! {
    /// How often this thread has asked the C library where its stack lies.
    static ASKED: Cell<u32> = const { Cell::new(0) };
}

/// Stands before the C library's own, which allocates, and so waits for a lock that the thread may hold when it is interrupted.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "the system's own functions")]
#[unsafe(no_mangle)]
extern "C" fn pthread_getattr_np(thread: usize, attributes: *mut c_void) -> c_int {
    unsafe extern "C" {
        fn dlsym(library: *mut c_void, name: *const std::ffi::c_char) -> *mut c_void;
    }
    type Own = extern "C" fn(usize, *mut c_void) -> c_int;
    ASKED.set(ASKED.get() + 1);
    let next_one = std::ptr::without_provenance_mut(usize::MAX);
    // SAFETY: a name that ends with a zero byte, to be looked for behind this program.
    let own = unsafe { dlsym(next_one, c"pthread_getattr_np".as_ptr()) };
    // SAFETY: the C library's function of this name, of this type.
    let own = unsafe { std::mem::transmute::<*mut c_void, Own>(own) };
    own(thread, attributes)
}

/// A handler that allocates may interrupt `malloc`, and be the first of its thread to be sampled.
fn a_sample_asks_nothing_of_the_c_library() {
    sample_everything();
    let sample = || {
        let asked = ASKED.get();
        let kept: Vec<Vec<u8>> = (0..10).map(|_| black_box(vec![1; 77_777])).collect();
        assert_eq!(ASKED.get(), asked);
        kept
    };
    let kept = [sample(), std::thread::spawn(sample).join().unwrap()];
    // And knows where the stack lies all the same.
    let profile = profile().unwrap();
    let sampled = profile.stacks.iter().filter(|stack| stack.live.bytes >= 777_770.0);
    assert!(sampled.clone().count() > 0);
    assert!(!profile.has_frame_pointers || sampled.clone().all(|stack| stack.return_addresses.len() > 3));
    drop(kept);
}
