//! Threads that come and go: totals stay exact.

use std::cell::Cell;
use std::thread;

use memgate::__private::{Span, SpanCounts, set_exact_peak};

use crate::runner;
use crate::turns::{bytes, counted_in_turns};

// The last one leaves no counters for other cases, where they share a process.
runner::cases![
    totals_of_joined_threads_are_exact,
    a_thread_may_allocate_while_it_ends,
    more_threads_than_sets_of_counters_are_exact,
];

/// Counts `threads` threads that each run `work` with this flag, all at once, until they are joined.
///
/// To start a thread allocates too, so what the work does is the difference between two of these.
fn counted(threads: usize, works: bool, work: fn(bool)) -> SpanCounts {
    let mut handles = Vec::with_capacity(threads);
    let span = Span::begin();
    for _ in 0..threads {
        handles.push(thread::spawn(move || work(works)));
    }
    for handle in handles.drain(..) {
        handle.join().unwrap();
    }
    span.end()
}

/// What `threads` threads do when they work and else do not: allocs, reallocs, bytes in total, and live bytes.
fn difference(threads: usize, work: fn(bool)) -> [i64; 4] {
    // What the first threads of a process set up is no part of it.
    counted(2, true, work);
    let [with, without] = [true, false].map(|works| counted(threads, works, work));
    [
        with.allocs - without.allocs,
        with.reallocs - without.reallocs,
        with.total_bytes - without.total_bytes,
        with.live_bytes - without.live_bytes,
    ]
}

const ROUNDS: i64 = if cfg!(miri) { 5 } else { 1_000 };

/// Two allocs, a realloc, 70 bytes; leaves 10 bytes behind.
fn work(works: bool) {
    if works {
        for _ in 0..ROUNDS {
            let mut block = bytes(20);
            block.push(1);
            block.reserve_exact(60 - 1);
            drop(block);
            bytes(10).leak();
        }
    }
}

fn totals_of_joined_threads_are_exact() {
    for exact in [true, false] {
        set_exact_peak(exact);
        let rounds = 8 * ROUNDS;
        assert_eq!(difference(8, work), [2 * rounds, rounds, 70 * rounds, 10 * rounds]);
        assert_eq!(counted(8, true, work).threads, 9);
    }
}

struct AllocatesAtTheEnd(Cell<bool>);

impl Drop for AllocatesAtTheEnd {
    fn drop(&mut self) {
        if self.0.get() {
            bytes(1_234).leak();
            drop(bytes(50_000));
        }
    }
}

thread_local! {
    static AT_THE_END: AllocatesAtTheEnd = const { AllocatesAtTheEnd(Cell::new(false)) };
}

fn a_thread_may_allocate_while_it_ends() {
    for exact in [true, false] {
        set_exact_peak(exact);
        let counts = difference(3, |works| AT_THE_END.with(|at_the_end| at_the_end.0.set(works)));
        assert_eq!(counts, [2 * 3, 0, (1_234 + 50_000) * 3, 1_234 * 3]);
    }
}

fn more_threads_than_sets_of_counters_are_exact() {
    set_exact_peak(true);
    let before = difference(4, work);
    // There are counters for 1,024 threads. This uses up all that are left.
    for _ in 0..1_024 / 8 {
        counted(8, false, |_| drop(bytes(100)));
    }
    assert_eq!(difference(4, work), before);
    assert_eq!(before, [8 * ROUNDS, 4 * ROUNDS, 280 * ROUNDS, 40 * ROUNDS]);
    // Those without counters of their own are counted as one, beside this thread.
    assert_eq!(counted(4, true, work).threads, 2);

    // A span without them does not remember them.
    let span = Span::begin();
    drop(bytes(1));
    assert_eq!(span.end().threads, 1);

    // Their peak is exact in any case; with bounds, nobody knows that it is they.
    for (exact, error) in [(true, 0), (false, 2 * 8 * 1_024)] {
        set_exact_peak(exact);
        let counts = counted_in_turns(2, 3, |step, blocks| match step {
            0 => blocks[0] = bytes(20),
            1 => drop(bytes(1_000)),
            _ => {
                blocks[0].push(1);
                blocks[0].reserve_exact(60 - 1);
                drop(bytes(30));
                blocks[1] = bytes(500);
                blocks[1].push(1);
                blocks[1].reserve_exact(2_000 - 1);
            }
        });
        let expected = SpanCounts {
            allocs: 4,
            reallocs: 2,
            total_bytes: 20 + 1_000 + 40 + 30 + 2_000,
            realloc_growth_bytes: 40 + 1_500,
            realloc_new_bytes: 60 + 2_000,
            peak_bytes: 2_060,
            live_bytes: 2_060,
            threads: 1,
            peak_error_bytes: error,
        };
        assert_eq!(counts, expected);
    }
}
