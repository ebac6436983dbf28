//! The engine `sites`: compared with the engine `count`, against a model, and against what is known of the stacks.
//!
//! This executable is the test, and started again with a suite's name in its environment, the bench binary. Built with
//! `-Cforce-frame-pointers=yes` it follows those, and otherwise the unwind tables; `builds` tests both in any case.

#[path = "../support/request.rs"]
mod request;
#[path = "../support/runner.rs"]
mod runner;
#[path = "../support/suite_process.rs"]
mod suite_process;
#[path = "../harness/worker.rs"]
mod worker;

#[expect(unsafe_code, reason = "is an allocator")]
mod allocator;
mod builds;
mod ends;
mod leaks;
mod model;
mod program;
mod random;
mod recorded;
mod routines;
mod stacks;
mod sums;
mod symbols;
mod threads;
mod trees;

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: memgate::Alloc<allocator::Fickle> = memgate::Alloc::new(allocator::Fickle);

fn main() -> ExitCode {
    if suite_process::suite_to_be().is_some() {
        return routines::suite().main();
    }
    if !memgate::__private::is_built_in(memgate_protocol::Engine::Sites) {
        // Call stacks can't be taken on this platform.
        return ExitCode::SUCCESS;
    }
    let cases = [sums::CASES, model::CASES, stacks::CASES, leaks::CASES, ends::CASES, builds::CASES].concat();
    runner::main(&cases)
}
