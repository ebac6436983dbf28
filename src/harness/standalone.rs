//! `cargo bench` without the gate: each benchmark in a process of its own, and a table.
//!
//! The processes are this very executable with a request, so that the numbers are those of the gate.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, ExitCode, ExitStatus};

use super::benchmark::Benchmark;
use super::checks::check_allocator;
use super::suite::Suite;
use super::table;
use memgate_protocol::{
    Command, CountWindow, Engine, EngineWindows, Outcome, REQUEST_VARIABLE, Record, Request, Response,
    WindowPlan,
};

/// The exit code when a benchmark failed.
const FAILED: u8 = 101;

/// The exit code of a child that could not become another program, where the C library can't tell its parent, as under an emulator.
const NOT_STARTED: i32 = 127;

/// As many folders of one name are passed by.
const MOST_FOLDERS: u32 = 1_000;

/// Measures the benchmarks and prints a row for each.
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "the table is this command's output")]
pub(super) fn run(suite: &Suite, benchmarks: &[&Benchmark], quiet: bool) -> ExitCode {
    if let Err(refusal) = check_allocator(Engine::Count) {
        eprintln!("error: {}", refusal.message);
        return ExitCode::from(FAILED);
    }
    if benchmarks.is_empty() {
        if !quiet {
            println!("{}/{}: no benchmark selected", suite.package, suite.target);
        }
        return ExitCode::SUCCESS;
    }
    let width = benchmarks.iter().map(|benchmark| benchmark.name.chars().count()).max().unwrap_or(0);
    println!("{}", table::header(&format!("{}/{}", suite.package, suite.target), width));
    let mut failed = false;
    for benchmark in benchmarks {
        match measure(&benchmark.name) {
            Ok(record) => println!("{}", row(&record, width)),
            Err(problem) => {
                failed = true;
                println!("{}", table::message(&benchmark.name, &format!("failed: {problem}"), width));
            }
        }
    }
    if !quiet {
        println!("\none process for each; memgate's gate measures more, and compares");
    }
    if failed { ExitCode::from(FAILED) } else { ExitCode::SUCCESS }
}

fn row(record: &Record, width: usize) -> String {
    let EngineWindows::Count(windows) = &record.windows else {
        return table::message(&record.name, "failed: answered with another engine's windows", width);
    };
    let Some(last) = windows.steady.last() else {
        return table::message(&record.name, "failed: no steady window", width);
    };
    let (leaked, _) = windows.leaked_bytes(record.long_run).unwrap_or_default();
    let shown = CountWindow { growth_bytes: leaked, ..*last };
    table::row(&record.name, &shown, windows.steady.iter().any(|window| window != last), width)
}

fn measure(name: &str) -> Result<Record, String> {
    let folder = make_folder(&std::env::temp_dir())?;
    let result = measure_in(&folder, name);
    // A folder left behind in the system's temporary folder is no reason to fail.
    let _ = std::fs::remove_dir_all(&folder);
    result
}

/// Makes a folder that was not there: one of a killed process with this one's number, or one that somebody else has put there, may have
/// an answer in it.
fn make_folder(parent: &Path) -> Result<PathBuf, String> {
    let id = std::process::id();
    let mut number = 0_u32;
    loop {
        let folder = parent.join(format!("memgate-{id}-{number}"));
        match std::fs::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == ErrorKind::AlreadyExists && number < MOST_FOLDERS => number += 1,
            Err(error) => return Err(format!("failed to make {}: {error}", folder.display())),
        }
    }
}

fn measure_in(folder: &Path, name: &str) -> Result<Record, String> {
    let request_path = folder.join("request.json");
    let response_path = folder.join("response.json");
    let command = Command::measure(name, Engine::Count, WindowPlan::default());
    let request = Request::new(&response_path, command)
        .to_json()
        .map_err(|error| format!("failed to write the request: {error}"))?;
    std::fs::write(&request_path, request)
        .map_err(|error| format!("failed to write {}: {error}", request_path.display()))?;
    let executable =
        std::env::current_exe().map_err(|error| format!("failed to find this executable: {error}"))?;
    let runner = std::env::var(runner_variable()).unwrap_or_default();
    let status =
        ended(&executable, &runner, &request_path).map_err(|error| format!("failed to start it: {error}"))?;
    let response =
        Response::read(&response_path).map_err(|error| format!("{error} ({status}){}", advice(status)))?;
    if !status.success() {
        return Err(format!("it answered, and then ended badly ({status})"));
    }
    match response.outcome {
        Outcome::Measured(record) => Ok(record),
        Outcome::Refused(refusal) => Err(refusal.message),
        Outcome::Listed(_) => Err("it answered another question".to_owned()),
    }
}

/// How a program ended that has the request, started by the runner where it does not start by itself.
///
/// By itself first: where an emulator starts it without being asked, as wine does, the runner is a program for another system.
fn ended(executable: &Path, runner: &str, request: &Path) -> std::io::Result<ExitStatus> {
    let by_itself = status(&mut Process::new(executable), request);
    let mut words = runner.split_whitespace();
    match (&by_itself, words.next()) {
        (Ok(status), _) if status.code() != Some(NOT_STARTED) => by_itself,
        (_, None) => by_itself,
        (_, Some(program)) => status(Process::new(program).args(words).arg(executable), request),
    }
}

fn status(process: &mut Process, request: &Path) -> std::io::Result<ExitStatus> {
    process
        .env(REQUEST_VARIABLE, request)
        // As the tool does: a backtrace is captured on the heap.
        .envs([("RUST_BACKTRACE", "0"), ("RUST_LIB_BACKTRACE", "0")])
        .status()
}

/// cargo's variable for the runner of this target.
fn runner_variable() -> String {
    let triple = memgate_target::TARGET.replace(['-', '.'], "_").to_uppercase();
    format!("CARGO_TARGET_{triple}_RUNNER")
}

/// What to do where a program of this target does not start by itself.
fn advice(status: ExitStatus) -> String {
    if status.code() != Some(NOT_STARTED) {
        return String::new();
    }
    format!(
        ": it could not be started; where this machine needs an emulator for it, put that into {}, or register it with binfmt_misc",
        runner_variable()
    )
}

#[cfg(all(test, not(miri)))]
mod tests {
    use super::*;

    #[test]
    fn what_lies_there_already_is_no_answer() {
        let parent = tempfile::tempdir().unwrap();
        let first = make_folder(parent.path()).unwrap();
        std::fs::write(first.join("response.json"), "of one that was killed").unwrap();
        let second = make_folder(parent.path()).unwrap();
        assert_eq!(std::fs::read_dir(second).unwrap().count(), 0);
        assert!(make_folder(&parent.path().join("absent")).unwrap_err().starts_with("failed to make "));
    }

    #[cfg(unix)]
    #[test]
    fn what_does_not_start_by_itself_is_started_by_the_runner() {
        let code = |executable: &str, runner: &str| {
            ended(Path::new(executable), runner, Path::new("request")).ok().and_then(|status| status.code())
        };
        assert_eq!(code("/no/such/program", "false with words"), Some(1));
        assert_eq!(code("true", "false"), Some(0));
        // An emulator has the code of its own for it.
        assert!(matches!(code("/no/such/program", ""), None | Some(NOT_STARTED)));
    }
}
