//! Answers the gate's request for a suite.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::bencher::Bencher;
use super::checks::{check_names, no_window};
use super::serve::{injected, purpose, read, record, respond, unknown_name};
use super::session::{Purpose, Session};
use super::suite::Suite;
use memgate_protocol::{Command, Outcome, Record, Refusal};

/// The exit code of a process that could not answer at all.
const FAILED: u8 = 101;

/// Reads the request, does what it says, and writes the response.
pub(super) fn serve(suite: &Suite, request: &Path) -> ExitCode {
    let process = std::process::id();
    let Some((response_path, command)) = read(request) else { return ExitCode::from(FAILED) };
    let outcome = command.and_then(|command| answer(suite, command)).unwrap_or_else(Outcome::Refused);
    if respond(&response_path, outcome, process) { ExitCode::SUCCESS } else { ExitCode::from(FAILED) }
}

fn answer(suite: &Suite, command: Command) -> Result<Outcome, Refusal> {
    check_names(suite.names())?;
    match command {
        Command::List => Ok(Outcome::Listed(suite.names().map(str::to_owned).collect())),
        Command::Measure { name, engine, plan, file } => {
            measure(suite, &name, purpose(engine, plan, file.clone())?, file).map(Outcome::Measured)
        }
        Command::MeasureInjected { name, plan, injection } => {
            measure(suite, &name, injected(injection, plan)?, None).map(Outcome::Measured)
        }
    }
}

fn measure(suite: &Suite, name: &str, purpose: Purpose, file: Option<PathBuf>) -> Result<Record, Refusal> {
    let Some(benchmark) = suite.benchmarks.iter().find(|benchmark| benchmark.name == name) else {
        return Err(unknown_name(name));
    };
    let session = Session::new(purpose);
    (benchmark.function)(Bencher::new(session.clone()));
    record(session, name, file, no_window)
}
