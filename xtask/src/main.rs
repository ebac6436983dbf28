//! `cargo xtask`: this repository's tasks, and the pattern to copy for your own.

#![forbid(unsafe_code)]

use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo xtask memgate [COMMAND] [FILTER...]

Measures the memory benchmarks and holds them against the baselines. `cargo xtask memgate --help` has more.
";

#[expect(clippy::print_stderr, reason = "usage goes to the user")]
fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    match arguments.next() {
        Some(task) if task == "memgate" => memgate_runner::run("cargo xtask memgate", arguments),
        _ => {
            eprint!("{USAGE}");
            ExitCode::from(2)
        }
    }
}
