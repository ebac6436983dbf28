//! `cargo test --benches` and cargo-nextest: each benchmark once, reported as libtest does.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use super::bencher::Bencher;
use super::benchmark::{Benchmark, number_of_benchmarks};
use super::checks::no_window;
use super::session::{Done, Purpose, Session};

/// libtest's exit code for failed tests.
const FAILED: u8 = 101;

/// Runs each benchmark once, and says which failed.
#[expect(clippy::print_stdout, reason = "the report of a test run is its output")]
pub(super) fn run(benchmarks: &[&Benchmark], filtered_out: usize, quiet: bool) -> ExitCode {
    println!("\nrunning {} once each", number_of_benchmarks(benchmarks.len()));
    let mut failures = Vec::new();
    for benchmark in benchmarks {
        let result = run_once(benchmark);
        if !quiet {
            println!("test {} ... {}", benchmark.name, if result.is_ok() { "ok" } else { "FAILED" });
        }
        if let Err(message) = result {
            failures.push((benchmark, message));
        }
    }
    if !failures.is_empty() {
        println!("\nfailures:");
        for (benchmark, message) in &failures {
            println!("    {}: {message}", benchmark.name);
        }
    }
    println!(
        "\ntest result: {}. {} passed; {} failed; 0 ignored; 0 measured; {filtered_out} filtered out\n",
        if failures.is_empty() { "ok" } else { "FAILED" },
        benchmarks.len() - failures.len(),
        failures.len(),
    );
    if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(FAILED) }
}

fn run_once(benchmark: &Benchmark) -> Result<(), String> {
    let session = Session::new(Purpose::Test);
    let bencher = Bencher::new(session.clone());
    // Each benchmark stands by itself: what a panicking one leaves half done, no other one looks at.
    catch_unwind(AssertUnwindSafe(|| (benchmark.function)(bencher))).map_err(|_| "it panicked".to_owned())?;
    match session.finish() {
        Done::Tested | Done::Measured(_) | Done::Recorded(..) => Ok(()),
        Done::Nothing => Err(no_window(&benchmark.name).message),
    }
}
