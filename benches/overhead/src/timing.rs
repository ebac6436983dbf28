//! The clock.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use super::Workload;

/// How long a batch should take at least: long beside the start of the threads, and short enough for many batches to
/// fall between two interruptions by other processes.
const BATCH: Duration = Duration::from_millis(4);
/// How long a process measures.
const BUDGET: Duration = Duration::from_millis(200);
/// The least number of batches, however slow.
const LEAST_BATCHES: u32 = 3;

/// The time of one run of `workload` on each of `threads` threads at once, in nanoseconds: that of the fastest batch.
///
/// The fastest rather than the mean, because whatever disturbs a batch can only make it slower.
#[must_use]
pub fn nanoseconds_per_run(workload: Workload, fixture: &str, threads: usize) -> f64 {
    let runs = runs_in_a_batch(workload, fixture);
    let barrier = Barrier::new(threads);
    let done = AtomicBool::new(false);
    let mut fastest = Duration::MAX;
    thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(|| {
                while wait_for_next(&barrier, &done) {
                    repeat(workload, fixture, runs);
                    barrier.wait();
                }
            });
        }
        let started = Instant::now();
        let mut batches = 0;
        while batches < LEAST_BATCHES || started.elapsed() < BUDGET {
            wait_for_next(&barrier, &done);
            let start = Instant::now();
            repeat(workload, fixture, runs);
            barrier.wait();
            fastest = fastest.min(start.elapsed());
            batches += 1;
        }
        done.store(true, Relaxed);
        wait_for_next(&barrier, &done);
    });
    fastest.as_secs_f64() * 1e9 / f64::from(runs)
}

/// Meets the other threads; whether there is another batch. The barrier orders the flag.
fn wait_for_next(barrier: &Barrier, done: &AtomicBool) -> bool {
    barrier.wait();
    !done.load(Relaxed)
}

fn repeat(workload: Workload, fixture: &str, runs: u32) {
    for _ in 0..runs {
        workload.run(fixture);
    }
}

/// Also warms up.
fn runs_in_a_batch(workload: Workload, fixture: &str) -> u32 {
    let mut runs = 1;
    loop {
        let start = Instant::now();
        repeat(workload, fixture, runs);
        if start.elapsed() >= BATCH {
            return runs;
        }
        runs *= 2;
    }
}
