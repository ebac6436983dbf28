//! The harness as its users meet it: what a bench binary answers to the gate, and to a command line.
//!
//! This executable is the test, and started again with a suite's name in its environment, the bench binary.

#[path = "../support/request.rs"]
mod request;
#[path = "../support/runner.rs"]
mod runner;
#[path = "../support/suite_process.rs"]
mod suite_process;

mod answers;
mod command_line;
#[cfg(all(feature = "dhat", feature = "stats_alloc"))]
mod engines;
mod suites;
mod windows;
mod worker;

use std::process::ExitCode;

fn main() -> ExitCode {
    if let Some(name) = suite_process::suite_to_be() {
        return suites::main(&name);
    }
    if cfg!(miri) {
        // Every case here starts processes, which Miri can't.
        return ExitCode::SUCCESS;
    }
    let mut cases = [answers::CASES, command_line::CASES, windows::CASES].concat();
    #[cfg(all(feature = "dhat", feature = "stats_alloc"))]
    cases.extend_from_slice(engines::CASES);
    cases.sort_unstable_by_key(|case| case.0);
    runner::main(&cases)
}
