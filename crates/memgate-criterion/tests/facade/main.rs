//! The facade as its users meet it: what a criterion bench binary answers to the gate, and that it is criterion otherwise.
//!
//! This executable is the test, and started again with a suite's name in its environment, the bench binary.

#![expect(clippy::duplicate_mod, reason = "one source is compiled against criterion and against the facade")]

#[path = "../../../../tests/support/request.rs"]
mod request;
#[path = "../../../../tests/support/runner.rs"]
mod runner;
#[path = "../../../../tests/support/suite_process.rs"]
mod suite_process;

mod answers;
mod command_line;
mod forms;
mod mains;
mod other_allocator;
mod reports;
mod same_numbers;
mod suites;
mod through_criterion;
mod through_facade;
mod timed;

use std::process::ExitCode;

fn main() -> ExitCode {
    if let Some(name) = suite_process::suite_to_be() {
        return suites::main(&name);
    }
    runner::main(
        &[
            answers::CASES,
            command_line::CASES,
            other_allocator::CASES,
            reports::CASES,
            same_numbers::CASES,
            timed::CASES,
        ]
        .concat(),
    )
}
