//! The signal that asks threads where they are, in processes that do what services do.

#[path = "../../../../tests/support/runner.rs"]
mod runner;

#[cfg(target_os = "linux")]
mod asked;
#[cfg(target_os = "linux")]
mod foreign;
#[cfg(target_os = "linux")]
mod many;
#[cfg(target_os = "linux")]
#[path = "../heap/process.rs"]
mod process;

use std::process::ExitCode;

#[global_allocator]
static HEAP: memgate_live::Heap = memgate_live::Heap::system();

fn main() -> ExitCode {
    #[cfg(target_os = "linux")]
    let cases = [foreign::CASES, many::CASES].concat();
    #[cfg(not(target_os = "linux"))]
    let cases: Vec<runner::Case> = Vec::new();
    runner::main(&cases)
}
