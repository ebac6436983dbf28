//! `Alloc` around an allocator that notes what it is asked, and fails when it is told to.
//!
//! `Alloc` is not the global allocator here, so that nothing is counted but the calls below.

#![expect(unsafe_code, reason = "calls the methods of a global allocator, and is one")]

#[path = "support/runner.rs"]
mod runner;

use std::alloc::{GlobalAlloc, Layout, System};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use memgate::__private::{Span, SpanCounts, set_exact_peak};

runner::cases![
    each_method_reaches_its_own,
    failures_are_passed_on_and_not_counted,
    a_failed_call_does_not_raise_the_peak,
    the_first_call_of_a_span_may_fail,
    reallocs_count_their_change,
    over_aligned_blocks_count_their_size,
    zeroed_blocks_are_zeroed_and_count_as_allocs,
];

fn main() -> ExitCode {
    runner::main(CASES)
}

/// A call of the inner allocator, with the sizes and alignments that it came with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Call {
    Alloc(Layout),
    Dealloc(usize, Layout),
    AllocZeroed(Layout),
    Realloc(usize, Layout, usize),
}

/// Hands on to `System`, and notes each call.
struct Noting;

static CALLS: Mutex<Vec<Call>> = Mutex::new(Vec::new());
static FAILS: AtomicBool = AtomicBool::new(false);
static ALLOCATOR: memgate::Alloc<Noting> = memgate::Alloc::new(Noting);

fn note(call: Call) {
    CALLS.lock().unwrap().push(call);
}

// SAFETY: hands every call on to `System` unchanged, or fails, which every allocation may. Noting a call allocates with
// the global allocator, which this one is not.
unsafe impl GlobalAlloc for Noting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(Call::Alloc(layout));
        if FAILS.load(Relaxed) {
            return std::ptr::null_mut();
        }
        // SAFETY: the caller keeps `alloc`'s contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        note(Call::Dealloc(block.addr(), layout));
        // SAFETY: the caller keeps `dealloc`'s contract, and `block` came from `System`.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        note(Call::AllocZeroed(layout));
        if FAILS.load(Relaxed) {
            return std::ptr::null_mut();
        }
        // SAFETY: the caller keeps `alloc_zeroed`'s contract.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        note(Call::Realloc(block.addr(), layout, new_size));
        if FAILS.load(Relaxed) {
            return std::ptr::null_mut();
        }
        // SAFETY: the caller keeps `realloc`'s contract, and `block` came from `System`.
        unsafe { System.realloc(block, layout, new_size) }
    }
}

fn layout(size: usize, align: usize) -> Layout {
    assert!(size > 0, "the contract of every method");
    Layout::from_size_align(size, align).unwrap()
}

fn alloc(layout: Layout) -> *mut u8 {
    // SAFETY: every layout here comes from `layout`, which refuses a size of zero.
    unsafe { ALLOCATOR.alloc(layout) }
}

fn alloc_zeroed(layout: Layout) -> *mut u8 {
    // SAFETY: every layout here comes from `layout`, which refuses a size of zero.
    unsafe { ALLOCATOR.alloc_zeroed(layout) }
}

fn realloc(block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
    // SAFETY: the tests give a live block with the layout that it has, and small sizes above zero.
    unsafe { ALLOCATOR.realloc(block, layout, new_size) }
}

fn dealloc(block: *mut u8, layout: Layout) {
    // SAFETY: the tests give a live block with the layout that it has, and never use it again.
    unsafe { ALLOCATOR.dealloc(block, layout) }
}

/// Runs `body` while it is counted, once with a peak that is exact with any number of threads, and once without. The
/// two must agree, since there is one thread.
fn counted(body: impl Fn()) -> SpanCounts {
    let [exact, bounded] = [true, false].map(|exact| {
        set_exact_peak(exact);
        let span = Span::begin();
        body();
        span.end()
    });
    assert_eq!(exact, bounded);
    assert_eq!(exact.peak_error_bytes, 0);
    exact
}

fn each_method_reaches_its_own() {
    let everything = || {
        CALLS.lock().unwrap().clear();
        let first = alloc(layout(40, 8));
        let second = alloc_zeroed(layout(48, 16));
        let moved = realloc(first, layout(40, 8), 400);
        dealloc(second, layout(48, 16));
        dealloc(moved, layout(400, 8));
        assert_eq!(
            *CALLS.lock().unwrap(),
            [
                Call::Alloc(layout(40, 8)),
                Call::AllocZeroed(layout(48, 16)),
                Call::Realloc(first.addr(), layout(40, 8), 400),
                Call::Dealloc(second.addr(), layout(48, 16)),
                Call::Dealloc(moved.addr(), layout(400, 8)),
            ]
        );
    };
    everything();
    let counts = counted(everything);
    assert_eq!((counts.allocs, counts.reallocs, counts.total_bytes), (2, 1, 40 + 48 + 360));
    assert_eq!((counts.peak_bytes, counts.live_bytes, counts.threads), (400 + 48, 0, 1));
}

fn failures_are_passed_on_and_not_counted() {
    let kept = alloc(layout(100, 8));
    let counts = counted(|| {
        // Not the first event, so that the way of most calls is taken.
        dealloc(alloc(layout(8, 8)), layout(8, 8));
        FAILS.store(true, Relaxed);
        assert!(alloc(layout(1_000, 8)).is_null());
        assert!(alloc_zeroed(layout(1_000, 8)).is_null());
        assert!(realloc(kept, layout(100, 8), 1_000).is_null());
        assert!(realloc(kept, layout(100, 8), 10).is_null());
        // More than a thread keeps to itself, so another way.
        assert!(alloc(layout(100_000, 8)).is_null());
        assert!(alloc_zeroed(layout(100_000, 8)).is_null());
        assert!(realloc(kept, layout(100, 8), 100_000).is_null());
        FAILS.store(false, Relaxed);
    });
    let one = SpanCounts { allocs: 1, total_bytes: 8, peak_bytes: 8, threads: 1, ..SpanCounts::default() };
    assert_eq!(counts, one);
    dealloc(kept, layout(100, 8));
}

fn a_failed_call_does_not_raise_the_peak() {
    let counts = counted(|| {
        let block = alloc(layout(100, 8));
        FAILS.store(true, Relaxed);
        assert!(alloc(layout(5_000, 8)).is_null());
        assert!(realloc(block, layout(100, 8), 6_000).is_null());
        FAILS.store(false, Relaxed);
        dealloc(block, layout(100, 8));
    });
    assert_eq!((counts.peak_bytes, counts.live_bytes, counts.total_bytes), (100, 0, 100));
}

fn the_first_call_of_a_span_may_fail() {
    let kept = alloc(layout(100, 8));
    FAILS.store(true, Relaxed);
    for call in
        [|| assert!(alloc(layout(50, 8)).is_null()), || assert!(alloc_zeroed(layout(50, 8)).is_null())]
    {
        assert_eq!(counted(call), SpanCounts::default());
    }
    assert_eq!(counted(|| assert!(realloc(kept, layout(100, 8), 200).is_null())), SpanCounts::default());
    FAILS.store(false, Relaxed);
    dealloc(kept, layout(100, 8));
}

fn reallocs_count_their_change() {
    let counts = counted(|| {
        let mut block = alloc(layout(100, 8));
        for (old, new) in [(100, 300), (300, 300), (300, 50), (50, 20_000), (20_000, 60)] {
            block = realloc(block, layout(old, 8), new);
            assert!(!block.is_null());
        }
        dealloc(block, layout(60, 8));
    });
    assert_eq!(
        counts,
        SpanCounts {
            allocs: 1,
            reallocs: 5,
            total_bytes: 100 + 200 + 19_950,
            realloc_growth_bytes: 200 + 19_950,
            realloc_new_bytes: 300 + 300 + 50 + 20_000 + 60,
            peak_bytes: 20_000,
            live_bytes: 0,
            threads: 1,
            peak_error_bytes: 0,
        }
    );
}

fn over_aligned_blocks_count_their_size() {
    let counts = counted(|| {
        let blocks = [layout(24, 4_096), layout(64, 64)].map(|layout| {
            let block = alloc(layout);
            assert!(block.addr() % layout.align() == 0);
            (realloc(block, layout, layout.size() * 2), layout)
        });
        for (block, old) in blocks {
            assert!(block.addr() % old.align() == 0);
            dealloc(block, layout(old.size() * 2, old.align()));
        }
    });
    assert_eq!((counts.allocs, counts.reallocs), (2, 2));
    assert_eq!((counts.total_bytes, counts.peak_bytes, counts.live_bytes), (176, 176, 0));
}

fn zeroed_blocks_are_zeroed_and_count_as_allocs() {
    let counts = counted(|| {
        let dirty = alloc(layout(512, 8));
        // SAFETY: the block has 512 bytes, which are being written for the first time.
        unsafe { dirty.write_bytes(0xff, 512) };
        dealloc(dirty, layout(512, 8));
        let block = alloc_zeroed(layout(512, 8));
        // SAFETY: the block has 512 bytes, which the allocator has set to zero.
        let bytes = unsafe { std::slice::from_raw_parts(block, 512) };
        assert!(bytes.iter().all(|&byte| byte == 0));
        dealloc(block, layout(512, 8));
    });
    assert_eq!((counts.allocs, counts.total_bytes, counts.peak_bytes), (2, 1_024, 512));
}
