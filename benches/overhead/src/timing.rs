//! The clock.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use super::Workload;

/// How long a batch should take at least: long beside the start of the threads, and short enough for many batches to
/// fall between two interruptions by other processes.
const BATCH: Duration = Duration::from_millis(4);
/// The same with one thread, which meets no other: short beside the time that a busy machine gives at once.
const BATCH_ALONE: Duration = Duration::from_micros(250);
/// How long a process measures.
const BUDGET: Duration = Duration::from_millis(200);
/// The least number of batches, however slow.
const LEAST_BATCHES: usize = 3;

/// When one thread began a batch, and when it was done.
type Batch = (Instant, Instant);

/// The time of one run of `workload` on each of `threads` threads at once, in nanoseconds.
///
/// With one thread it is that of the fastest batch, because whatever disturbs a batch can only make it slower. With
/// several it is that of the median batch: one thread kept off its core spares the other all contention, and the
/// fastest batch would be of that kind.
#[must_use]
pub fn nanoseconds_per_run(workload: Workload, fixture: &str, threads: usize) -> f64 {
    let runs = runs_in_a_batch(workload, fixture, if threads == 1 { BATCH_ALONE } else { BATCH });
    let barrier = Barrier::new(threads);
    let done = AtomicBool::new(false);
    // Meets the other threads, and runs a batch unless that was the last. All meet again after it, so that none still
    // has to look at the flag when it changes; the barrier orders it.
    let next = || {
        barrier.wait();
        (!done.load(Relaxed)).then(|| {
            let batch = timed(workload, fixture, runs);
            barrier.wait();
            batch
        })
    };
    let by_thread: Vec<Vec<Batch>> = thread::scope(|scope| {
        let others: Vec<_> =
            (1..threads).map(|_| scope.spawn(|| std::iter::from_fn(next).collect::<Vec<Batch>>())).collect();
        let started = Instant::now();
        let mut batches = Vec::new();
        while batches.len() < LEAST_BATCHES || started.elapsed() < BUDGET {
            batches.extend(next());
        }
        done.store(true, Relaxed);
        next();
        let others = others.into_iter().map(|thread| thread.join().expect("a workload does not panic"));
        std::iter::once(batches).chain(others).collect()
    });
    let mut durations: Vec<Duration> = (0..by_thread[0].len())
        .map(|batch| duration(by_thread.iter().map(|batches| batches[batch])))
        .collect();
    durations.sort_unstable();
    let chosen = if threads == 1 { durations[0] } else { durations[durations.len() / 2] };
    chosen.as_secs_f64() * 1e9 / f64::from(runs)
}

/// From when the first thread began to when the last was done.
fn duration(batch: impl Iterator<Item = Batch> + Clone) -> Duration {
    let begin = batch.clone().map(|(begin, _)| begin).min();
    let end = batch.map(|(_, end)| end).max();
    begin.zip(end).map_or(Duration::MAX, |(begin, end)| end - begin)
}

fn timed(workload: Workload, fixture: &str, runs: u32) -> Batch {
    let begin = Instant::now();
    for _ in 0..runs {
        workload.run(fixture);
    }
    (begin, Instant::now())
}

/// Also warms up.
fn runs_in_a_batch(workload: Workload, fixture: &str, batch: Duration) -> u32 {
    let mut runs = 1;
    loop {
        let (begin, end) = timed(workload, fixture, runs);
        if end - begin >= batch {
            return runs;
        }
        runs *= 2;
    }
}
