//! What every answer to the gate's request is made of, whoever knows the benchmarks.

use std::path::{Path, PathBuf};

use super::checks::{check_allocator, check_process};
use super::measure::Measured;
use super::session::{Done, Purpose, Session};
use crate::alloc::{Capacity, Recording, installed_allocator, is_fork};
use memgate_protocol::capture::Capture;
use memgate_protocol::{
    Command, Engine, Injection, Outcome, Record, Refusal, RefusalKind, Request, RequestError, Response,
    WindowPlan,
};

/// Where the answer to a request goes, and what is asked. None when there is nobody to answer to; that has been printed.
#[expect(clippy::print_stderr, reason = "without a response file, standard error is all that is left")]
pub(super) fn read(request: &Path) -> Option<(PathBuf, Result<Command, Refusal>)> {
    match Request::read(request) {
        Ok(request) => Some((request.response, Ok(request.command))),
        Err(error @ RequestError::Version { .. }) => {
            let message = format!("the request can't be served: {error}");
            let RequestError::Version { response, .. } = error else { unreachable!("matched above") };
            Some((response, Err(Refusal { kind: RefusalKind::Version, message })))
        }
        Err(error) => {
            eprintln!("error: memgate request {}: {error}", request.display());
            None
        }
    }
}

/// Writes the response of a process that was `process` when it read the request, and says whether it could.
#[must_use]
#[expect(clippy::print_stderr, reason = "without a response file, standard error is all that is left")]
pub(super) fn respond(response_path: &Path, outcome: Outcome, process: u32) -> bool {
    if std::process::id() != process {
        confess_fork(response_path, process);
        return false;
    }
    let written = Response::new(installed_allocator(), outcome).write(response_path);
    if let Err(error) = &written {
        eprintln!("error: failed to write {}: {error}", response_path.display());
    }
    written.is_ok()
}

/// The routine forked, and this is the child, which went on into the harness. It must not answer in its parent's
/// name; it leaves a sign beside the response, so that the parent's numbers are not believed either.
fn confess_fork(response: &Path, parent: u32) {
    let message = format!("process {} is a fork of {parent}\n", std::process::id());
    // Nothing to be done about a failure: the parent's reader decides what a missing sign means.
    let _ = std::fs::write(fork_sign(response), message);
}

/// The file whose presence says that the routine forked.
fn fork_sign(response: &Path) -> PathBuf {
    response.with_extension("forked")
}

/// What a benchmark is to be run for, when that can be done.
pub(super) fn purpose(engine: Engine, plan: WindowPlan, file: Option<PathBuf>) -> Result<Purpose, Refusal> {
    let plan = plan.checked().map_err(|error| Refusal::new(RefusalKind::Request, error))?;
    check_allocator(engine)?;
    match engine {
        Engine::Sites if file.is_none() => {
            Err(Refusal::new(RefusalKind::Request, "the engine `sites` needs a file to write its capture to"))
        }
        Engine::Sites => {
            let recording = Recording::prepare(Capacity::default())
                .map_err(|error| Refusal::new(RefusalKind::Engine, error))?;
            Ok(Purpose::Record(recording, plan))
        }
        _ => Ok(Purpose::Measure(engine, plan, file)),
    }
}

/// The purpose of a regression, when that can be done.
pub(super) fn injected(injection: Injection, plan: WindowPlan) -> Result<Purpose, Refusal> {
    purpose(Engine::Count, plan, None)?;
    Ok(Purpose::MeasureInjected(injection, plan))
}

/// What a benchmark's function has left in its session; `no_window` is what to say when that is nothing.
pub(super) fn record(
    session: Session,
    name: &str,
    file: Option<PathBuf>,
    no_window: fn(&str) -> Refusal,
) -> Result<Record, Refusal> {
    let measured = match session.finish() {
        Done::Measured(measured) => measured,
        Done::Recorded(measured, capture) => {
            write_capture(Capture { name: name.to_owned(), ..capture }, file)?;
            measured
        }
        Done::Nothing | Done::Tested => return Err(no_window(name)),
    };
    check_process()?;
    let Measured { windows, threads, peak_error_bytes, long_run } = measured;
    Ok(Record { name: name.to_owned(), threads, peak_error_bytes, is_custom: false, long_run, windows })
}

/// The error of a request for a benchmark that is not there.
pub(super) fn unknown_name(name: &str) -> Refusal {
    Refusal::new(RefusalKind::UnknownName, format_args!("no benchmark is named `{name}`"))
}

fn write_capture(capture: Capture, file: Option<PathBuf>) -> Result<(), Refusal> {
    if is_fork() {
        // It would be put in the place of the parent's.
        return Ok(());
    }
    let file = file.unwrap_or_default();
    capture.write(&file).map_err(|error| {
        Refusal::new(
            RefusalKind::Request,
            format_args!("failed to write the capture {}: {error}", file.display()),
        )
    })
}
