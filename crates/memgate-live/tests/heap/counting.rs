//! Counters are exact, whatever is sampled.

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use memgate_live::{DEFAULT_INTERVAL_BYTES, Heap, profile, sampling_interval, set_sampling_interval};

use crate::asked::{counters, sample_everything};
use crate::runner::cases;

cases! {
    it_is_found_to_be_installed, every_call_is_counted, what_the_inner_allocator_refuses_is_not_counted,
    sampling_stops_and_goes_on, samples_end_with_their_blocks,
}

fn it_is_found_to_be_installed() {
    assert!(memgate_live::is_installed());
    assert_eq!(sampling_interval(), DEFAULT_INTERVAL_BYTES);
    assert!(profile().is_ok());
}

/// What `act` allocates and frees: blocks and bytes of each.
fn counted(act: impl FnOnce()) -> [u64; 4] {
    let before = counters();
    act();
    let after = counters();
    [
        after.allocations - before.allocations,
        after.allocated_bytes - before.allocated_bytes,
        after.frees - before.frees,
        after.freed_bytes - before.freed_bytes,
    ]
}

fn every_call_is_counted() {
    for interval in [0, 1, 1_000, DEFAULT_INTERVAL_BYTES] {
        set_sampling_interval(interval);
        let counts = counted(|| {
            for _ in 0..1_000 {
                drop(black_box(vec![1_u8; 100]));
                drop(black_box(vec![0_u8; 50]));
                let mut grown = Vec::<u8>::with_capacity(10);
                grown.reserve_exact(black_box(30));
                drop(black_box(grown));
            }
        });
        // What is reallocated is freed and allocated anew.
        assert_eq!(counts, [4_000, 190_000, 4_000, 190_000], "{interval}");
    }
}

/// Around `System`, refuses on request.
struct Refusing;

static REFUSES: AtomicBool = AtomicBool::new(false);

#[expect(unsafe_code, reason = "an allocator that refuses")]
// SAFETY: hands on to `System`, or gives nothing.
unsafe impl GlobalAlloc for Refusing {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if REFUSES.load(Relaxed) {
            return std::ptr::null_mut();
        }
        // SAFETY: our caller's layout.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: our caller's block, which came from `System`.
        unsafe { System.dealloc(block, layout) };
    }
}

#[expect(unsafe_code, reason = "calls an allocator")]
fn what_the_inner_allocator_refuses_is_not_counted() {
    static HEAP: Heap<Refusing> = Heap::new(Refusing);
    // Large enough to be counted when it is there.
    let layout = Layout::new::<[u64; 1 << 17]>();
    // Whether or not it would have been sampled.
    for interval in [DEFAULT_INTERVAL_BYTES, 1] {
        set_sampling_interval(interval);
        // SAFETY: the layout has a size.
        let block = unsafe { HEAP.alloc(layout) };
        let before = counters();
        REFUSES.store(true, Relaxed);
        // SAFETY: as above.
        assert!(unsafe { HEAP.alloc(layout) }.is_null());
        // SAFETY: as above.
        assert!(unsafe { HEAP.alloc_zeroed(layout) }.is_null());
        // SAFETY: the block is live, and has this layout.
        assert!(unsafe { HEAP.realloc(block, layout, 1 << 21) }.is_null());
        REFUSES.store(false, Relaxed);
        let after = counters();
        assert_eq!((after.allocations, after.freed_bytes), (before.allocations, before.freed_bytes));
        assert_eq!(after.live_samples, before.live_samples, "a block that stays where it is stays a sample");
        // SAFETY: the block is live, and has this layout.
        unsafe { HEAP.dealloc(block, layout) };
        assert_eq!(counters().freed_bytes, before.freed_bytes + (1 << 20));
    }
}

fn sampling_stops_and_goes_on() {
    let sampled = |act: &dyn Fn()| {
        let before = counters().sampled;
        act();
        counters().sampled - before
    };
    let allocate = || drop(black_box(vec![1_u8; 1_000]));
    sample_everything();
    assert_eq!(sampled(&allocate), 1);
    // In threads that run already, too.
    let (to_thread, from_here) = std::sync::mpsc::channel::<()>();
    let (to_here, from_thread) = std::sync::mpsc::channel::<()>();
    let thread = std::thread::spawn(move || {
        while from_here.recv().is_ok() {
            for _ in 0..100 {
                drop(black_box(vec![1_u8; 100]));
            }
            to_here.send(()).unwrap();
        }
    });
    let in_thread = || {
        to_thread.send(()).unwrap();
        from_thread.recv().unwrap();
    };
    assert!(sampled(&in_thread) >= 100);
    set_sampling_interval(0);
    assert_eq!(
        sampled(&|| (0..100).for_each(|_| {
            allocate();
            in_thread();
        })),
        0
    );
    sample_everything();
    assert!(sampled(&in_thread) >= 100);
    drop(to_thread);
    thread.join().unwrap();
}

fn samples_end_with_their_blocks() {
    sample_everything();
    let before = counters().live_samples;
    let blocks: Vec<Box<[u8; 200]>> = (0..5_000).map(|_| Box::new([0; 200])).collect();
    assert!(counters().live_samples >= before + 5_000);
    let freed_in_a_thread = std::thread::spawn(move || drop(blocks));
    freed_in_a_thread.join().unwrap();
    // What the thread itself leaves behind is little.
    let after = counters().live_samples;
    assert!(after < before + 50, "{before} {after}");
}
