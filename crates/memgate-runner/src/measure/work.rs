//! One request to one bench process.

use std::path::Path;
use std::process::Command as Process;

use memgate_protocol::capture::Capture;
use memgate_protocol::{
    Command, Engine, Injection, Outcome, PROTOCOL_VERSION, REQUEST_VARIABLE, Record, Request, Response,
    ResponseError, WindowPlan,
};
use memgate_report::model::{Failure, FailureKind};
use tempfile::TempDir;

use super::MeasureOptions;
use super::answer::{Answer, NoAnswer, answer_of};
use crate::cargo::BenchTarget;
use crate::process::{ChildEnd, ChildOutcome, Interrupt, Mark, run_child};
use crate::store::read_left;

/// Far above what a hundred thousand names take.
const MAXIMUM_RESPONSE_BYTES: u64 = 1 << 26;
/// Far above what the tables of the engines hold.
pub(crate) const MAXIMUM_CAPTURE_BYTES: u64 = 1 << 29;

/// A bench target, and how to ask it.
#[derive(Clone, Copy, Debug)]
pub struct Bench<'a> {
    /// The target.
    pub target: &'a BenchTarget,
    /// How to measure.
    pub options: &'a MeasureOptions,
    /// Where requests and responses are written.
    pub folder: &'a Path,
    /// Ctrl-C.
    pub interrupt: &'a Interrupt,
}

/// What a bench target says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The names of its benchmarks, in the order of the source.
    pub names: Vec<String>,
    /// The type of its allocator, or none when nothing can be counted.
    pub allocator: Option<String>,
    /// The version of what is counted.
    pub probe: u32,
}

/// What was counted in one process.
pub(super) struct Counted {
    pub(super) record: Record,
    /// Whether the process started others, of which nothing is counted.
    pub(super) starts_processes: bool,
}

/// Asks a bench target what it has.
///
/// # Errors
/// When the process did not answer, or said that it can't.
pub fn list_benchmarks(bench: Bench<'_>) -> Result<Listing, NoAnswer> {
    // The marker says it before the process is started.
    if bench.target.protocol != PROTOCOL_VERSION {
        return Err(NoAnswer::Failed(Failure {
            kind: FailureKind::Version,
            message: format!(
                "the bench target was built with a memgate that speaks version {} of the protocol; this tool is {} and \
                 speaks version {PROTOCOL_VERSION}: use the same version of memgate and memgate-runner",
                bench.target.protocol,
                env!("CARGO_PKG_VERSION")
            ),
            stderr: String::new(),
        }));
    }
    let Answer { response, .. } = ask(bench, &request_folder(bench)?, Command::List)?;
    match response.outcome {
        Outcome::Listed(names) => Ok(Listing { names, allocator: response.allocator, probe: response.probe }),
        Outcome::Refused(_) | Outcome::Measured(_) => Err(NoAnswer::other_question()),
    }
}

/// Measures one benchmark in one process.
///
/// # Errors
/// When the process did not answer, or said that it can't.
pub fn measure_once(
    bench: Bench<'_>,
    name: &str,
    engine: Engine,
    plan: WindowPlan,
) -> Result<Record, NoAnswer> {
    measured(ask(bench, &request_folder(bench)?, Command::measure(name, engine, plan))?, name)
}

/// Counts one benchmark in one process. With `injection`, a regression is done on purpose in every window.
///
/// # Errors
/// When the process did not answer, or said that it can't.
pub(super) fn count_once(
    bench: Bench<'_>,
    name: &str,
    plan: WindowPlan,
    injection: Option<Injection>,
) -> Result<Counted, NoAnswer> {
    let command = match injection {
        None => Command::measure(name, Engine::Count, plan),
        Some(injection) => Command::MeasureInjected { name: name.to_owned(), plan, injection },
    };
    let answer = ask(bench, &request_folder(bench)?, command)?;
    // A runner may have the bench process as a child of its own.
    let starts_processes = answer.started_others && bench.target.runner.is_empty();
    Ok(Counted { record: measured(answer, name)?, starts_processes })
}

/// Measures one benchmark in one process with an engine that leaves a file: `sites`, or `dhat`. Gives what `read` makes
/// of that file, besides the record.
///
/// # Errors
/// When the process did not answer, or said that it can't, or `read` can't.
pub fn measure_to_file<T>(
    bench: Bench<'_>,
    name: &str,
    engine: Engine,
    plan: WindowPlan,
    read: impl FnOnce(&Path) -> Result<T, String>,
) -> Result<(Record, T), NoAnswer> {
    let folder = request_folder(bench)?;
    let file = folder.path().join("capture");
    let command = Command::Measure { name: name.to_owned(), engine, plan, file: Some(file.clone()) };
    let record = measured(ask(bench, &folder, command)?, name)?;
    let read = read(&file).map_err(|message| {
        NoAnswer::Failed(Failure { kind: FailureKind::Crashed, message, stderr: String::new() })
    })?;
    Ok((record, read))
}

/// Records the call stacks of one benchmark in one process. Gives the sums, and the capture.
///
/// # Errors
/// When the process did not answer, or said that it can't, or left no capture that can be read.
pub fn record_sites(bench: Bench<'_>, name: &str) -> Result<(Record, Capture), NoAnswer> {
    let read = |file: &Path| {
        let bytes = read_left(file, MAXIMUM_CAPTURE_BYTES).map_err(|error| error.to_string());
        let capture = bytes.and_then(|bytes| Capture::parse(&bytes).map_err(|error| error.to_string()));
        capture.map_err(|error| format!("failed to read its call stacks: {error}"))
    };
    measure_to_file(bench, name, Engine::Sites, bench.options.plan, read)
}

fn measured(answer: Answer, name: &str) -> Result<Record, NoAnswer> {
    match answer.response.outcome {
        Outcome::Measured(record) if record.name == name => Ok(record),
        Outcome::Measured(_) | Outcome::Refused(_) | Outcome::Listed(_) => Err(NoAnswer::other_question()),
    }
}

fn request_folder(bench: Bench<'_>) -> Result<TempDir, NoAnswer> {
    let not_made = |error| NoAnswer::not_started(&format!("a folder in {}: {error}", bench.folder.display()));
    TempDir::new_in(bench.folder).map_err(not_made)
}

/// Starts the process with a request, waits, and reads the response.
fn ask(bench: Bench<'_>, folder: &TempDir, command: Command) -> Result<Answer, NoAnswer> {
    let request_path = folder.path().join("request.json");
    let response_path = folder.path().join("response.json");
    let request =
        Request::new(&response_path, command).to_json().map_err(|error| NoAnswer::not_started(&error))?;
    std::fs::write(&request_path, request)
        .map_err(|error| NoAnswer::not_started(&format!("{}: {error}", request_path.display())))?;
    let mut process = bench_process(bench.target);
    process.env(REQUEST_VARIABLE, &request_path);
    let mark = Mark::new(REQUEST_VARIABLE, request_path.as_os_str());
    let outcome = run_unchanged(bench.target, process, &mark, bench.options, folder.path(), bench.interrupt)?;
    if let (ChildEnd::NotStarted(problem), Some(path)) = (&outcome.end, gone(bench.target)) {
        return Err(NoAnswer::not_started(&format!("{problem}: {} is gone", path.display())));
    }
    let forked = response_path.with_extension("forked").exists();
    answer_of(outcome, read_response(&response_path), forked, bench.options)
}

fn read_response(path: &Path) -> Result<Response, ResponseError> {
    match read_left(path, MAXIMUM_RESPONSE_BYTES).map_err(std::io::Error::from) {
        Ok(bytes) => Response::parse(&bytes),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(ResponseError::Absent),
        Err(error) => Err(ResponseError::Read(error)),
    }
}

/// What a process needs and is not there any more. The system only says that something is not.
fn gone(target: &BenchTarget) -> Option<&Path> {
    [&target.folder, &target.executable]
        .into_iter()
        .map(std::path::PathBuf::as_path)
        .find(|path: &&Path| !path.exists())
}

/// Runs a process of a bench target, and asserts that it was what had been built: somebody else may build in the same place
/// at any time. `folder` takes what it prints.
pub(crate) fn run_unchanged(
    target: &BenchTarget,
    process: Process,
    mark: &Mark,
    options: &MeasureOptions,
    folder: &Path,
    interrupt: &Interrupt,
) -> Result<ChildOutcome, NoAnswer> {
    let outcome = match target.replaced_file() {
        Some(file) => return Err(NoAnswer::Failed(NoAnswer::replaced(file))),
        None => run_child(process, mark, options.child_limits(), folder, interrupt),
    };
    target.replaced_file().map_or(Ok(outcome), |file| Err(NoAnswer::Failed(NoAnswer::replaced(file))))
}

/// A process of a bench target as cargo would start it, with nothing asked of it yet.
pub(crate) fn bench_process(target: &BenchTarget) -> Process {
    let mut process = match target.runner.split_first() {
        Some((runner, arguments)) => {
            let mut process = Process::new(runner);
            process.args(arguments).arg(&target.executable);
            process
        }
        None => Process::new(&target.executable),
    };
    process.current_dir(&target.folder).envs(&target.variables);
    // A backtrace is captured on the heap, by every error of anyhow's and every panic: with the variable set in CI and
    // not elsewhere, the numbers would differ.
    process.env("RUST_BACKTRACE", "0").env("RUST_LIB_BACKTRACE", "0");
    process
}
