//! What the executables of this package share: the workloads, and the clock around them.
//!
//! A process has one global allocator, so each allocator under test is an executable of its own (`src/bin/`). The
//! bench target `overhead` runs them in turns and compares what they print.

#![forbid(unsafe_code)]

mod measurement;
mod timing;
mod workload;

use std::process::ExitCode;

pub use measurement::measurement_main;
pub use timing::nanoseconds_per_run;
pub use workload::{BLOCKS, CHURNED_BLOCKS, Workload, change_churned_blocks};

/// The `main` of an executable that stands for one allocator: `NAME WORKLOAD THREADS` prints the nanoseconds that one
/// run of the workload takes.
///
/// `prepare` is called with the arguments that follow, right before the clock starts.
#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the driver reads the number from standard output"
)]
pub fn main<G>(prepare: impl FnOnce(&[String]) -> G) -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [workload, threads, rest @ ..] = arguments.as_slice() else {
        eprintln!("usage: WORKLOAD THREADS [OPTION...]; `cargo bench -p memgate-overhead` runs this");
        return ExitCode::from(2);
    };
    let (Some(workload), Ok(threads @ 1..)) = (Workload::named(workload), threads.parse::<usize>()) else {
        eprintln!("unknown workload `{workload}`, or `{threads}` is not a number of threads");
        return ExitCode::from(2);
    };
    let fixture = workload.fixture();
    let guard = prepare(rest);
    let nanoseconds = nanoseconds_per_run(workload, &fixture, threads);
    drop(guard);
    println!("{nanoseconds}");
    ExitCode::SUCCESS
}
