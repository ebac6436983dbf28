//! What the engine `count` says of several threads.

#[path = "../support/runner.rs"]
mod runner;

mod lives;
mod peaks;
mod turns;

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: memgate::Alloc = memgate::Alloc::system();

fn main() -> ExitCode {
    runner::main(&[peaks::CASES, lives::CASES].concat())
}
