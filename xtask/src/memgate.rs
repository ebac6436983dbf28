//! The tool, as `cargo xtask memgate` starts it.

use std::process::ExitCode;

fn main() -> ExitCode {
    memgate_runner::run("cargo xtask memgate", std::env::args_os().skip(1))
}
