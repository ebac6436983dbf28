//! What `memgate_live::sync` takes where nobody waits, beside std's, by turns in one process:
//! `cargo bench -p memgate-live --features sync --bench sync`. The last column is to be 1.02 at most.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Turns of each.
const TURNS: usize = 2_001;
/// Locks in a turn: some 100 microseconds.
const LOCKS: u64 = 10_000;

/// On cache lines of its own.
#[repr(align(128))]
struct Apart<T>(T);

/// How long one turn takes, of each of the two that are compared.
macro_rules! turns {
    ($ours:expr, $theirs:expr, |$lock:ident| $step:expr) => {{
        let (ours, theirs) = (Apart($ours), Apart($theirs));
        let mut times = [Vec::with_capacity(TURNS), Vec::with_capacity(TURNS)];
        for turn in 0..TURNS {
            // Who begins changes, so that nobody always comes after a pause.
            for side in [turn % 2, 1 - turn % 2] {
                let start = Instant::now();
                if side == 0 {
                    let $lock = black_box(&ours.0);
                    for _ in 0..LOCKS {
                        $step;
                    }
                } else {
                    let $lock = black_box(&theirs.0);
                    for _ in 0..LOCKS {
                        $step;
                    }
                }
                times[side].push(start.elapsed());
            }
        }
        times.map(|mut times| {
            times.sort_unstable();
            times[TURNS / 2]
        })
    }};
}

/// Gives the medians of both.
type Measure = fn() -> [Duration; 2];

fn mutex() -> [Duration; 2] {
    turns!(memgate_live::sync::Mutex::new(0_u64), std::sync::Mutex::new(0_u64), |lock| {
        if let Ok(mut value) = lock.lock() {
            *value = black_box(*value + 1);
        }
    })
}

fn read() -> [Duration; 2] {
    turns!(memgate_live::sync::RwLock::new(0_u64), std::sync::RwLock::new(0_u64), |lock| {
        if let Ok(value) = lock.read() {
            black_box(*value);
        }
    })
}

fn write() -> [Duration; 2] {
    turns!(memgate_live::sync::RwLock::new(0_u64), std::sync::RwLock::new(0_u64), |lock| {
        if let Ok(mut value) = lock.write() {
            *value = black_box(*value + 1);
        }
    })
}

#[expect(clippy::print_stdout, reason = "a benchmark's result")]
fn main() {
    println!("{:<16} {:>8} {:>12} {:>12} {:>8}", "", "threads", "ours ns", "std's ns", "ratio");
    let cases: [(&str, Measure); 3] =
        [("Mutex::lock", mutex), ("RwLock::read", read), ("RwLock::write", write)];
    for (name, measure) in cases {
        for threads in [1, 2] {
            let [ours, theirs] = std::thread::scope(|scope| {
                // Each with locks of its own: nobody waits.
                let others: Vec<_> = (1..threads).map(|_| scope.spawn(measure)).collect();
                let times = measure();
                for other in others {
                    drop(other.join());
                }
                times
            });
            let nanoseconds = |time: Duration| time.as_secs_f64() * 1e9 / LOCKS as f64;
            println!(
                "{name:<16} {threads:>8} {:>12.2} {:>12.2} {:>8.3}",
                nanoseconds(ours),
                nanoseconds(theirs),
                ours.as_secs_f64() / theirs.as_secs_f64()
            );
        }
    }
}
