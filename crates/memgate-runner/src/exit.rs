//! The exit codes, and what leads to each: the one place that knows.

use memgate_report::command::CommandReport;
use memgate_report::report::Outcome;

use crate::error::Error;
use crate::process::Interrupt;

/// The exit codes of the tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
#[non_exhaustive]
pub enum ExitCode {
    /// Everything that the baselines declare was measured, and nothing rose above its limit.
    Passed = 0,
    /// The command line or the configuration is wrong.
    Usage = 2,
    /// Something regressed, or exceeds its budget.
    Regressed = 100,
    /// The gate could not do its work.
    Failed = 101,
    /// Only with `--strict`: a baseline is stale.
    Stale = 103,
    /// A benchmark is missing or can't be compared, a bench target was not measured, or there is no baseline at all for this
    /// target.
    CoverageGap = 104,
    /// SIGHUP, as when a terminal is closed: 128 plus the number of the signal, as shells have it.
    HungUp = 129,
    /// Ctrl-C, which is SIGINT.
    Interrupted = 130,
    /// SIGQUIT.
    Quit = 131,
    /// SIGTERM, as when a job of CI is cancelled.
    Terminated = 143,
}

impl ExitCode {
    /// Every code with its meaning, for people.
    pub const MEANINGS: [(Self, &'static str); 10] = [
        (
            Self::Passed,
            "everything that the baselines declare was measured, and nothing rose above its limit; of `measure`, the whole command was measured",
        ),
        (Self::Usage, "the command line or the configuration is wrong"),
        (Self::Regressed, "a regression, or a budget exceeded"),
        (
            Self::Failed,
            "the gate could not do its work: a build or a benchmark failed, a file can't be read; of `measure`, a part of the command \
             was not seen, or it ended in another way than it was to",
        ),
        (
            Self::Stale,
            "only with --strict: a baseline is stale (improved, new, exact before and noisy now, a waiver or the numbers of a test no longer needed, or a committed file beside it that can't be read)",
        ),
        (
            Self::CoverageGap,
            "a coverage gap: a benchmark is missing from the run or was measured in another environment than its \
             baseline, a bench target that uses memgate was not measured, there is no baseline at all for this target triple, or a shard is lost or doubled",
        ),
        (Self::HungUp, "ended by SIGHUP, as when a terminal is closed; nothing was changed"),
        (Self::Interrupted, "interrupted by Ctrl-C (SIGINT); nothing was changed"),
        (Self::Quit, "ended by SIGQUIT; nothing was changed"),
        (Self::Terminated, "ended by SIGTERM, as when a job of CI is cancelled; nothing was changed"),
    ];

    /// The code of a command that a signal has ended.
    fn of_signal(number: i32) -> Self {
        let codes = [Self::HungUp, Self::Quit, Self::Terminated];
        codes.into_iter().find(|code| i32::from(code.code()) == 128 + number).unwrap_or(Self::Interrupted)
    }

    /// The number.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code.code())
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Passed => Self::Passed,
            Outcome::Stale => Self::Stale,
            Outcome::CoverageGap => Self::CoverageGap,
            Outcome::Regressed => Self::Regressed,
            Outcome::Failed => Self::Failed,
        }
    }
}

impl From<&CommandReport> for ExitCode {
    fn from(report: &CommandReport) -> Self {
        if report.is_measured() { Self::Passed } else { Self::Failed }
    }
}

impl From<&Error> for ExitCode {
    fn from(error: &Error) -> Self {
        match error {
            Error::Usage(_) | Error::Config(_) | Error::NotSetUp | Error::Rename(_) => Self::Usage,
            Error::Cargo(error) if error.is_usage() => Self::Usage,
            Error::Init(error) if error.is_usage() => Self::Usage,
            Error::Git(error) if error.is_usage() => Self::Usage,
            Error::Command(error) if error.is_usage() => Self::Usage,
            Error::Overlap(error) if error.is_coverage_gap() => Self::CoverageGap,
            // As it is where other bench targets were measured.
            Error::NoBenchTarget { is_coverage_gap: true, .. } => Self::CoverageGap,
            Error::Cargo(_)
            | Error::Git(_)
            | Error::Revisions(_)
            | Error::Init(_)
            | Error::Store(_)
            | Error::Overlap(_)
            | Error::NoBenchTarget { .. }
            | Error::Input { .. }
            | Error::Rejected(_)
            | Error::File { .. }
            | Error::Several(_)
            | Error::Update(_)
            | Error::Export(_)
            | Error::Unmeasured(_)
            | Error::Command(_)
            | Error::Comment(_) => Self::Failed,
            Error::Interrupted => Self::of_signal(Interrupt::signal()),
        }
    }
}
