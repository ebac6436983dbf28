//! `cargo xtask`: this repository's tasks, and the pattern to copy for your own.

#![forbid(unsafe_code)]

mod launch;

use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo xtask memgate [COMMAND] [FILTER...]
       cargo xtask compat [criterion|divan] [CRATE...]

Measures the memory benchmarks and compares them with the baselines. `cargo xtask memgate --help` has more.
`compat` tries the facades on popular crates, and is long.
";

#[expect(clippy::print_stderr, reason = "usage goes to the user")]
fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    match arguments.next() {
        Some(task) if task == "memgate" => launch::memgate(arguments),
        // A package of its own, so that nobody builds it who only wants the gate.
        Some(task) if task == "compat" => compat(arguments),
        _ => {
            eprint!("{USAGE}");
            ExitCode::from(2)
        }
    }
}

#[expect(clippy::print_stderr, reason = "there is nobody else to tell")]
fn compat(arguments: impl Iterator<Item = std::ffi::OsString>) -> ExitCode {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = std::process::Command::new(cargo);
    command.args(["run", "--package", "memgate-compat", "--"]).args(arguments);
    match command.status() {
        Ok(status) => ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(101)),
        Err(error) => {
            eprintln!("error: failed to start cargo: {error}");
            ExitCode::from(101)
        }
    }
}
