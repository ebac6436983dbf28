//! The allocator in processes that do what services do: threads, forks, signals, and more stacks than there is room for.

#[path = "../../../../tests/support/runner.rs"]
mod runner;

mod asked;
mod counting;
#[cfg(unix)]
mod forks;
mod full;
#[cfg(unix)]
mod process;
#[cfg(unix)]
mod signals;
mod stacks;
mod threads;

use std::process::ExitCode;

#[global_allocator]
static HEAP: memgate_live::Heap = memgate_live::Heap::system();

fn main() -> ExitCode {
    let cases = [counting::CASES, full::CASES, stacks::CASES, threads::CASES].concat();
    #[cfg(unix)]
    let cases = [&cases, forks::CASES, signals::CASES].concat();
    runner::main(&cases)
}
