//! The clock around ways to measure a closure in a test.

use std::hint::black_box;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

const BUDGET: Duration = Duration::from_millis(150);
const RUNS: u32 = 10_000;

/// The `main` of an executable that stands for one way to measure a closure. Prints the nanoseconds of: asserting that a closure does not
/// allocate that does nothing; a block of 64 bytes and its release, outside of a measurement, within one, and outside of one while
/// another thread is within one.
#[expect(clippy::print_stdout, reason = "the driver reads the numbers from standard output")]
pub fn measurement_main(assert_empty: impl Fn(), measure: impl Fn(&mut dyn FnMut()) + Sync) -> ExitCode {
    let empty = fastest(&assert_empty);
    let outside = fastest(&block);
    let mut within = f64::NAN;
    measure(&mut || within = fastest(&block));
    let (is_within, is_done) = (AtomicBool::new(false), AtomicBool::new(false));
    let beside = thread::scope(|scope| {
        scope.spawn(|| {
            measure(&mut || {
                is_within.store(true, Relaxed);
                while !is_done.load(Relaxed) {
                    thread::sleep(Duration::from_millis(1));
                }
            });
        });
        while !is_within.load(Relaxed) {
            thread::yield_now();
        }
        let beside = fastest(&block);
        is_done.store(true, Relaxed);
        beside
    });
    println!("{empty} {outside} {within} {beside}");
    ExitCode::SUCCESS
}

fn block() {
    drop(black_box(Box::new(black_box([0_u8; 64]))));
}

/// The nanoseconds of one run in the fastest batch: whatever disturbs one can only make it slower.
fn fastest(run: &dyn Fn()) -> f64 {
    let started = Instant::now();
    let mut fastest = f64::INFINITY;
    while started.elapsed() < BUDGET {
        let begin = Instant::now();
        for _ in 0..RUNS {
            run();
        }
        fastest = fastest.min(begin.elapsed().as_secs_f64() * 1e9 / f64::from(RUNS));
    }
    fastest
}
