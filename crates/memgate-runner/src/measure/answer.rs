//! What an ended bench process amounts to.

use std::path::Path;
use std::process::ExitStatus;

use memgate_protocol::{Outcome, Refusal, RefusalKind, Response, ResponseError};
use memgate_report::model::{Failure, FailureKind};
use memgate_report::text::exit_code;

use super::MeasureOptions;
use crate::process::{ChildEnd, ChildOutcome};

/// Why there is no answer.
#[derive(Debug)]
pub enum NoAnswer {
    /// The process failed, or refused.
    Failed(Failure),
    /// The user pressed Ctrl-C.
    Interrupted,
}

impl NoAnswer {
    pub(super) fn not_started(problem: &dyn std::fmt::Display) -> Self {
        Self::Failed(Failure {
            kind: FailureKind::Start,
            message: format!("failed to start its process: {problem}"),
            stderr: String::new(),
        })
    }

    /// Something that the process consists of is not any more what was built.
    pub(crate) fn replaced(file: &Path) -> Failure {
        Failure {
            kind: FailureKind::Start,
            message: format!(
                "another build has replaced {} since it was built: wait until nobody else builds in this target folder, or set \
                 CARGO_TARGET_DIR to a folder of this tree's own",
                file.display()
            ),
            stderr: String::new(),
        }
    }

    /// The failure of a benchmark whose target is gone from a later build.
    pub(crate) fn not_built() -> Failure {
        Failure {
            kind: FailureKind::Start,
            message: "its bench target was not built again".to_owned(),
            stderr: String::new(),
        }
    }

    pub(super) fn other_question() -> Self {
        Self::Failed(Failure {
            kind: FailureKind::Crashed,
            message: "its process answered something else than it was asked; its memgate and this tool have to be of the same version".to_owned(),
            stderr: String::new(),
        })
    }
}

/// What an ended process has answered, and what was seen of it besides.
pub(super) struct Answer {
    pub(super) response: Response,
    /// Whether it had started other processes.
    pub(super) started_others: bool,
}

/// Judges an ended process together with the response that it left.
pub(super) fn answer_of(
    outcome: ChildOutcome,
    response: Result<Response, ResponseError>,
    forked: bool,
    options: &MeasureOptions,
) -> Result<Answer, NoAnswer> {
    let Ended { status, left_processes, started_others, stderr } = ended(outcome, options)?;
    let fail = |kind, message: String| Err(NoAnswer::Failed(Failure { kind, message, stderr }));
    if forked {
        let message =
            "the routine forked, and the copy went on into the harness; start other programs instead";
        return fail(FailureKind::Forked, message.to_owned());
    }
    // What crashed is told by how it crashed, even if it left somebody behind.
    if left_processes && status.success() {
        let message = "it left processes running, which were stopped; wait for what the routine starts";
        return fail(FailureKind::Forked, message.to_owned());
    }
    match response {
        Ok(Response { outcome: Outcome::Refused(Refusal { kind, message }), .. }) => {
            let kind = if kind == RefusalKind::Version { FailureKind::Version } else { FailureKind::Refused };
            fail(kind, message)
        }
        Ok(response) if status.success() => Ok(Answer { response, started_others }),
        Ok(_) => fail(FailureKind::Crashed, format!("it was measured, and then {}", ending(status))),
        Err(ResponseError::Absent) => {
            fail(FailureKind::Crashed, format!("it {} before it was measured", ending(status)))
        }
        Err(error @ ResponseError::Version { .. }) => fail(FailureKind::Version, error.to_string()),
        Err(error) => fail(FailureKind::Crashed, format!("it {}: {error}", ending(status))),
    }
}

/// Judges an ended process of which nothing is asked but to succeed.
pub(crate) fn ended_well(outcome: ChildOutcome, options: &MeasureOptions) -> Result<(), NoAnswer> {
    let Ended { status, stderr, .. } = ended(outcome, options)?;
    if status.success() {
        return Ok(());
    }
    let message = format!("it {}", ending(status));
    Err(NoAnswer::Failed(Failure { kind: FailureKind::Crashed, message, stderr }))
}

/// A process that came to its own end.
struct Ended {
    status: ExitStatus,
    left_processes: bool,
    started_others: bool,
    stderr: String,
}

fn ended(outcome: ChildOutcome, options: &MeasureOptions) -> Result<Ended, NoAnswer> {
    let ChildOutcome { end, stderr } = outcome;
    let (kind, message) = match end {
        ChildEnd::Exited { status, left_processes, started_others } => {
            return Ok(Ended { status, left_processes, started_others, stderr });
        }
        ChildEnd::NotStarted(problem) => return Err(NoAnswer::not_started(&problem)),
        ChildEnd::Interrupted => return Err(NoAnswer::Interrupted),
        ChildEnd::TimedOut => (
            FailureKind::TimedOut,
            format!(
                "it ran longer than {} s and was stopped; make what it measures smaller, or raise --time-limit",
                options.time_limit.as_secs_f64()
            ),
        ),
        ChildEnd::Flooded => (
            FailureKind::Flooded,
            format!(
                "it printed more than {} and was stopped; what a benchmark prints, it prints each of the many times that it is run",
                memgate_protocol::units::human(
                    i64::try_from(options.output_limit).unwrap_or(i64::MAX),
                    memgate_protocol::Unit::Bytes
                )
            ),
        ),
    };
    Err(NoAnswer::Failed(Failure { kind, message, stderr }))
}

/// How a process ended, as a verb.
fn ending(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        let name = match signal {
            4 => " (SIGILL)",
            6 => " (SIGABRT)",
            8 => " (SIGFPE)",
            9 => " (SIGKILL)",
            11 => " (SIGSEGV)",
            15 => " (SIGTERM)",
            _ => "",
        };
        return format!("was ended by signal {signal}{name}");
    }
    match status.code() {
        // The code that Rust's runtime gives a process whose main thread panicked.
        Some(101) => "panicked (exit code 101)".to_owned(),
        Some(code) => format!("exited with code {}", exit_code(code)),
        None => format!("ended with {status}"),
    }
}
