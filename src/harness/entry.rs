//! Where a bench target begins: the gate's request, or the command line.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use super::arguments::{Action, Arguments, HELP, ListFormat};
use super::benchmark::{Benchmark, number_of_benchmarks};
use super::suite::Suite;
use super::{checks, serve_suite, standalone, test_run};
use memgate_protocol::{REQUEST_VARIABLE, keep_marker};

/// The exit code of a command line that can't be understood.
const USAGE: u8 = 2;

// Here rather than beside the suite's other methods: a suite knows nothing of what may be done with it.
impl Suite {
    /// Does what the command line or the gate's request says; to be returned from `main`.
    ///
    /// `cargo bench` measures and prints a table, `cargo test --benches` runs each benchmark once, `--list` and the
    /// filters work as those of libtest, and `--help` explains them.
    #[must_use]
    // Compiled where it is called, as the marker in it.
    #[inline]
    pub fn main(self) -> ExitCode {
        keep_marker();
        if let Some(request) = std::env::var_os(REQUEST_VARIABLE) {
            return serve_suite::serve(&self, Path::new(&request));
        }
        from_command_line(&self, std::env::args_os().skip(1))
    }
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a bench target talks to its user")]
fn from_command_line(suite: &Suite, line: impl Iterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::parse(line) {
        Ok(arguments) => arguments,
        Err(problem) => {
            eprintln!("error: {problem}\n\n{HELP}");
            return ExitCode::from(USAGE);
        }
    };
    if arguments.action == Action::Help {
        print!("{HELP}");
        return ExitCode::SUCCESS;
    }
    if let Err(refusal) = checks::check_names(suite.names()) {
        eprintln!("error: {}", refusal.message);
        return ExitCode::from(USAGE);
    }
    let selected: Vec<&Benchmark> =
        suite.benchmarks.iter().filter(|benchmark| arguments.selects(&benchmark.name)).collect();
    match arguments.action {
        Action::List => {
            for benchmark in &selected {
                println!("{}: benchmark", benchmark.name);
            }
            if arguments.list_format == ListFormat::Pretty {
                println!("\n0 tests, {}", number_of_benchmarks(selected.len()));
            }
            ExitCode::SUCCESS
        }
        Action::Test => {
            let filtered_out = suite.benchmarks.len() - selected.len();
            test_run::run(&selected, filtered_out, arguments.quiet)
        }
        Action::Table | Action::Help => standalone::run(suite, &selected, arguments.quiet),
    }
}
