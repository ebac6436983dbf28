//! What is known of a command that was run, as data.

use std::fmt;

use memgate_protocol::Metric;
use serde::Serialize;

use super::problem::CommandProblem;
use super::programs::ProgramRow;
use super::totals::CommandTotals;
use crate::explain::ExplainedSite;

/// A command that was run, and what was counted of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandReport {
    /// Its words.
    pub command: Vec<String>,
    /// Why it failed, or is not counted. It was measured when there is no reason.
    pub problems: Vec<CommandProblem>,
    /// How it ended.
    pub end: CommandEnd,
    /// Its numbers; none when a part of it was not seen.
    pub totals: Option<CommandTotals>,
    /// What the kernel says: the highest resident memory of any of its processes. Noisy, and none where it does not tell.
    pub resident_peak_bytes: Option<u64>,
    /// How many processes were seen.
    pub processes: usize,
    /// Its programs, the largest first.
    pub programs: Vec<ProgramRow>,
    /// Where it allocated, by metric; none when nobody asked.
    pub sites: Vec<CommandSites>,
    /// What has to be known of the numbers.
    pub notes: Vec<String>,
}

impl CommandReport {
    /// Whether it ended as it was to, and all of it was counted.
    #[must_use]
    pub fn is_measured(&self) -> bool {
        self.problems.is_empty()
    }
}

/// One metric of a command by call site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CommandSites {
    /// The metric.
    pub metric: Metric,
    /// The sum of what was recorded.
    pub value: i64,
    /// The sites, the largest first. With the rest, their values add up to the sum.
    pub sites: Vec<ExplainedSite>,
    /// What is counted for no site: blocks that were freed in another process than they were allocated in.
    pub other_processes_blocks: i64,
    /// What was counted when no more stacks could be told apart.
    pub beyond_limit: i64,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CommandEnd {
    /// By itself, with an exit code.
    ExitCode(i32),
    /// By a signal.
    Signal(i32),
    /// It was killed because it ran for so many seconds.
    TimedOutAfterSeconds(u64),
}

/// How a command is to end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExpectedEnd {
    /// Its exit code.
    pub exit_code: i32,
}

impl ExpectedEnd {
    /// Whether this is how it ended.
    #[must_use]
    pub fn is(self, end: CommandEnd) -> bool {
        end == CommandEnd::ExitCode(self.exit_code)
    }
}

impl fmt::Display for CommandEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ExitCode(code) => write!(f, "it ended with exit code {code}"),
            Self::Signal(signal) => match signal_name(*signal) {
                Some(name) => write!(f, "it was ended by signal {signal} ({name})"),
                None => write!(f, "it was ended by signal {signal}"),
            },
            Self::TimedOutAfterSeconds(seconds) => {
                write!(f, "it was killed after {seconds} s, as --timeout has it")
            }
        }
    }
}

/// The signals that have one number on every architecture of Linux that there is a library for.
fn signal_name(signal: i32) -> Option<&'static str> {
    Some(match signal {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        5 => "SIGTRAP",
        6 => "SIGABRT",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        _ => return None,
    })
}
