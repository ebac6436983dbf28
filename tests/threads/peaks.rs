//! Peaks: exact, or within the bound that is stated.

use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::sync::{Barrier, Mutex};
use std::thread;

use memgate::__private::{Span, SpanCounts, set_exact_peak};

use crate::runner;
use crate::turns::{Blocks, bytes, counted_in_turns};

runner::cases![
    blocks_held_at_once_add_up,
    blocks_held_one_after_the_other_do_not,
    a_block_may_be_freed_by_another_thread,
    a_bound_is_stated_and_can_be_reached,
    what_exceeds_the_bound_is_not_kept,
    a_high_mark_of_long_ago_stays_within_the_bound,
    one_thread_is_exact_and_another_alone_is_not,
    a_span_has_nothing_of_the_one_before,
    random_programs_are_exact_or_within_the_bound,
];

/// What a thread may keep to itself.
const LIMIT: usize = 8 * 1024;

fn bound(threads: u64) -> u64 {
    (threads + 1) * LIMIT as u64
}

fn blocks_held_at_once_add_up() {
    set_exact_peak(true);
    let barrier = Barrier::new(4);
    let rounds = if cfg!(miri) { 2 } else { 50 };
    let mut counts = Vec::with_capacity(rounds);
    thread::scope(|scope| {
        for index in 0..3 {
            let barrier = &barrier;
            scope.spawn(move || {
                // What starting a thread allocates is over now.
                barrier.wait();
                for _ in 0..rounds {
                    barrier.wait();
                    let block = bytes(1_000 + index);
                    // All three hold one now.
                    barrier.wait();
                    drop(block);
                    barrier.wait();
                }
                // The last span ends before these threads do, and with them what they were started with.
                barrier.wait();
            });
        }
        barrier.wait();
        for _ in 0..rounds {
            let span = Span::begin();
            for _ in 0..3 {
                barrier.wait();
            }
            counts.push(span.end());
        }
        barrier.wait();
    });
    // Not before, because the threads would wait forever for one that panics.
    let expected =
        SpanCounts { allocs: 3, total_bytes: 3_003, peak_bytes: 3_003, threads: 3, ..SpanCounts::default() };
    assert_eq!(counts, vec![expected; rounds]);
}

fn blocks_held_one_after_the_other_do_not() {
    set_exact_peak(true);
    let counts = counted_in_turns(4, 4, |step, _| drop(bytes(1_000 * (step + 1))));
    assert_eq!((counts.peak_bytes, counts.live_bytes, counts.total_bytes), (4_000, 0, 10_000));
    assert_eq!((counts.threads, counts.peak_error_bytes), (4, 0));
}

fn a_block_may_be_freed_by_another_thread() {
    for exact in [true, false] {
        set_exact_peak(exact);
        let parcel = Mutex::new(None);
        let counts = counted_in_turns(2, 2, |step, _| {
            let mut parcel = parcel.lock().unwrap();
            if step == 0 { *parcel = Some(bytes(1_000_000)) } else { *parcel = None }
        });
        assert_eq!((counts.allocs, counts.total_bytes, counts.live_bytes), (1, 1_000_000, 0));
        // Far above what a thread keeps to itself, so it is seen either way.
        assert_eq!(counts.peak_bytes, 1_000_000);
        assert_eq!(counts.peak_error_bytes, if exact { 0 } else { bound(2) });
    }
}

fn a_bound_is_stated_and_can_be_reached() {
    set_exact_peak(false);
    let counts = counted_in_turns(4, 4, |_, blocks| blocks[0] = bytes(LIMIT));
    // Each keeps its block to itself. What is live is known all the same, and so is that the peak is not.
    assert_eq!((counts.live_bytes, counts.peak_bytes), (4 * LIMIT as i64, 0));
    assert_eq!(counts.peak_error_bytes, bound(4));
    set_exact_peak(true);
    let counts = counted_in_turns(4, 4, |_, blocks| blocks[0] = bytes(LIMIT));
    assert_eq!((counts.peak_bytes, counts.peak_error_bytes), (4 * LIMIT as i64, 0));
}

fn what_exceeds_the_bound_is_not_kept() {
    set_exact_peak(false);
    let more = LIMIT + 1;
    // A thread's first event in a span takes another way than those that follow, so there are two.
    let allocated = counted_in_turns(4, 8, |_, blocks| match blocks[0].capacity() {
        0 => blocks[0] = bytes(1),
        _ => blocks[1] = bytes(more),
    });
    assert_eq!(allocated.peak_bytes, 4 * more as i64 + 3 + 1);
    let grown = counted_in_turns(4, 8, |_, blocks| match blocks[0].capacity() {
        0 => blocks[0] = bytes(1),
        _ => blocks[0].reserve_exact(more),
    });
    assert_eq!((grown.reallocs, grown.peak_bytes), (4, 4 * more as i64));

    // What was live before is freed, or shrunk, by each; then one allocates as much as all of that.
    let old = Mutex::new(Vec::with_capacity(4));
    let renewed = |give_back: fn(&mut Vec<u8>)| {
        old.lock().unwrap().clear();
        old.lock().unwrap().resize_with(4, || bytes(more + 1));
        counted_in_turns(4, 9, |step, blocks| match step {
            0..4 => drop(bytes(1)),
            4..8 => give_back(&mut old.lock().unwrap()[step - 4]),
            _ => blocks[0] = bytes(4 * more - 1),
        })
    };
    // The peak is the single byte of the start.
    assert_eq!(renewed(|block| *block = Vec::new()).peak_bytes, 1);
    let shrunk = renewed(|block| {
        block.push(1);
        block.shrink_to(1);
    });
    assert_eq!((shrunk.reallocs, shrunk.peak_bytes), (4, 1));
}

fn a_high_mark_of_long_ago_stays_within_the_bound() {
    set_exact_peak(false);
    let old = Mutex::new(Some(bytes(LIMIT + 1)));
    let counts = counted_in_turns(2, 3, |step, blocks| match step {
        // A high mark that is not flushed,
        0 => drop(bytes(LIMIT)),
        // a lot that is live,
        1 => blocks[0] = bytes(100_000),
        // and then the flush, which brings both together.
        _ => *old.lock().unwrap() = None,
    });
    assert_eq!(counts.peak_bytes, 100_000 + LIMIT as i64);
    assert!(counts.peak_bytes.abs_diff(100_000) <= counts.peak_error_bytes);
}

fn one_thread_is_exact_and_another_alone_is_not() {
    set_exact_peak(false);
    let span = Span::begin();
    drop(bytes(4_000));
    let counts = span.end();
    assert_eq!((counts.peak_bytes, counts.threads, counts.peak_error_bytes), (4_000, 1, 0));
    // The thread that ends the span takes no part, and can't flush for the one that does.
    let counts = counted_in_turns(1, 1, |_, _| drop(bytes(4_000)));
    assert_eq!((counts.threads, counts.total_bytes), (1, 4_000));
    assert!(counts.peak_bytes.abs_diff(4_000) <= counts.peak_error_bytes, "{counts:?}");
    set_exact_peak(true);
    let counts = counted_in_turns(1, 1, |_, _| drop(bytes(4_000)));
    assert_eq!((counts.peak_bytes, counts.threads, counts.peak_error_bytes), (4_000, 1, 0));
}

fn a_span_has_nothing_of_the_one_before() {
    let meeting = Barrier::new(2);
    let mut counts = [SpanCounts::default(); 2];
    thread::scope(|scope| {
        scope.spawn(|| {
            meeting.wait();
            meeting.wait();
            // Leaves a high mark and live bytes that it keeps to itself.
            let kept = bytes(3_000);
            drop(bytes(5_000));
            meeting.wait();
            meeting.wait();
            drop(bytes(10));
            meeting.wait();
            meeting.wait();
            drop(kept);
        });
        meeting.wait();
        for (exact, counts) in [false, true].into_iter().zip(&mut counts) {
            set_exact_peak(exact);
            let span = Span::begin();
            meeting.wait();
            meeting.wait();
            *counts = span.end();
        }
        meeting.wait();
    });
    let [before, after] = counts;
    assert_eq!((before.total_bytes, before.live_bytes, before.threads), (8_000, 3_000, 1));
    let expected =
        SpanCounts { allocs: 1, total_bytes: 10, peak_bytes: 10, threads: 1, ..SpanCounts::default() };
    assert_eq!(after, expected);
}

fn random_programs_are_exact_or_within_the_bound() {
    let (seeds, steps) = if cfg!(miri) { (1, 40) } else { (8, 600) };
    let mut off_by_something = 0;
    for seed in 0..seeds {
        for exact in [true, false] {
            set_exact_peak(exact);
            let (live, peak) = (AtomicI64::new(0), AtomicI64::new(0));
            let counts =
                counted_in_turns(4, steps, |step, blocks| random_step(seed, step, blocks, &live, &peak));
            assert_eq!(counts.live_bytes, live.load(Relaxed));
            assert_eq!(counts.threads, 4);
            let error = counts.peak_bytes.abs_diff(peak.load(Relaxed));
            assert_eq!(counts.peak_error_bytes, if exact { 0 } else { bound(4) });
            assert!(error <= counts.peak_error_bytes, "seed {seed}: off by {error}: {counts:?}");
            off_by_something += u32::from(error > 0);
        }
    }
    assert!(cfg!(miri) || off_by_something > 0, "programs that never need the bound don't test it");
}

fn random_step(seed: usize, step: usize, blocks: &mut Blocks, live: &AtomicI64, peak: &AtomicI64) {
    let mixed = (step as u64 + 1_000 * seed as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let random = (mixed >> 40) as usize;
    let block = &mut blocks[random % 4];
    let change = if block.capacity() == 0 {
        let size = 1 + random / 4 % 5_000;
        *block = bytes(size);
        size as i64
    } else {
        -(std::mem::take(block).capacity() as i64)
    };
    // Threads take turns, so nothing comes between.
    let live = live.fetch_add(change, Relaxed) + change;
    peak.fetch_max(live, Relaxed);
}
