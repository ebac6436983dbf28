//! What a scrape of 5,000 live stacks takes: processor time of the thread that answers, what it allocates meanwhile, and what of that lives at
//! once. memgate's own allocator is around, and counts nothing while the time is measured.
//!
//! `RUSTFLAGS="-Cforce-frame-pointers=yes" cargo bench -p memgate-live --bench scrape`

use std::hint::black_box;
use std::time::Duration;

use memgate_live::{Options, Request};

#[global_allocator]
static ALLOCATOR: memgate::Alloc<memgate_live::Heap> = memgate::Alloc::new(memgate_live::Heap::system());

const STACKS: usize = 5_000;
/// One path for each number of so many bits.
const DEPTH: u32 = 13;
const ROUNDS: usize = 50;
/// Sixteen intervals: each is sampled.
const BLOCK_BYTES: usize = 64 << 10;

#[inline(never)]
fn left(path: usize, depth: u32) -> Vec<u8> {
    let block = step(path, depth);
    black_box(block)
}

#[inline(never)]
fn right(path: usize, depth: u32) -> Vec<u8> {
    let block = step(path, depth);
    black_box(block)
}

fn step(path: usize, depth: u32) -> Vec<u8> {
    match (depth, path & 1) {
        (0, _) => Vec::with_capacity(BLOCK_BYTES),
        (_, 0) => left(path >> 1, depth - 1),
        _ => right(path >> 1, depth - 1),
    }
}

/// What the kernel has counted for this thread.
fn processor_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0))
}

#[expect(clippy::print_stdout, reason = "a benchmark's result")]
fn main() {
    memgate_live::set_sampling_interval(4_096);
    let kept: Vec<Vec<u8>> = (0..STACKS).map(|path| left(path, DEPTH)).collect();
    memgate_live::set_sampling_interval(memgate_live::DEFAULT_INTERVAL_BYTES);
    let responder = Options::new().without_authentication().responder().expect("the allocator is installed");
    let stacks = memgate_live::counters().map_or(0, |counters| counters.stacks);
    println!("{stacks} stacks of some {DEPTH} frames; the mean of {ROUNDS} rounds");
    for (path, query) in [
        ("/debug/pprof/allocs", ""),
        ("/debug/pprof/heap", "debug=1"),
        ("/debug/pprof/", ""),
        ("/metrics", ""),
        ("/readyz", ""),
    ] {
        let request = Request { method: "GET", path, query, ..Request::default() };
        let (response, heap) = memgate::measure(|| responder.respond(&request));
        let body_bytes = response.body.len();
        drop(response);
        // Of all rounds: the kernel counts by ticks, and one round may see none.
        let start = processor_time();
        for _ in 0..ROUNDS {
            drop(black_box(responder.respond(&request)));
        }
        let mean = (processor_time() - start).as_secs_f64() / ROUNDS as f64;
        println!(
            "{path}?{query}: {:.2} ms of processor time, {} KiB at once and {} KiB in all, a body of {} KiB",
            mean * 1e3,
            heap.peak_bytes >> 10,
            heap.total_bytes >> 10,
            body_bytes >> 10
        );
    }
    drop(kept);
}
