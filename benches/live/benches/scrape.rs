//! What a scrape costs: `RUSTFLAGS="-Cforce-frame-pointers=yes" cargo bench -p memgate-live-benches --bench scrape`.
//!
//! 5,000 stacks, each with a live sample. Of a profile as data: encoding and answering come on top.

#![forbid(unsafe_code)]

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use memgate_live::{Heap, counters, profile, set_sampling_interval};

#[global_allocator]
static HEAP: Heap = Heap::system();

const STACKS: usize = 5_000;
const ROUNDS: usize = 50;

/// Allocates once at each of many stacks.
#[inline(never)]
fn allocate_at_many_stacks(depth: u32, kept: &mut Vec<Vec<u8>>) {
    if kept.len() == STACKS {
        return;
    }
    if depth == 0 {
        kept.push(black_box(Vec::with_capacity(1_000)));
        return;
    }
    allocate_at_many_stacks(black_box(depth - 1), kept);
    // Another return address.
    allocate_at_many_stacks(black_box(depth - 1), kept);
    black_box(depth);
}

#[expect(clippy::print_stdout, reason = "the numbers are this bench's output")]
fn main() -> ExitCode {
    if !std::env::args().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
    }
    let mut kept = Vec::with_capacity(STACKS);
    set_sampling_interval(1);
    allocate_at_many_stacks(13, &mut kept);
    set_sampling_interval(0);
    let mut fastest = f64::INFINITY;
    let (mut live_bytes, mut stacks) = (0, 0);
    for _ in 0..ROUNDS {
        let before = counters();
        let started = Instant::now();
        let taken = black_box(profile());
        fastest = fastest.min(started.elapsed().as_secs_f64());
        let after = counters();
        if let (Some(before), Some(after), Ok(taken)) = (before, after, taken) {
            let live = |counters: memgate_live::Counters| counters.allocated_bytes - counters.freed_bytes;
            live_bytes = live(after).saturating_sub(live(before));
            stacks = taken.stacks.len();
        }
    }
    println!(
        "a profile of {stacks} stacks: {:.2} ms, {:.2} MiB",
        fastest * 1e3,
        live_bytes as f64 / f64::from(1 << 20)
    );
    ExitCode::SUCCESS
}
