//! How commands end, and are to end.

use std::fmt;

use memgate_protocol::Unit;
use memgate_protocol::units::human;
use serde::Serialize;

use crate::text::exit_code;

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
    /// It was killed because it printed more than so many bytes.
    FloodedBeyondBytes(u64),
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
            Self::ExitCode(code) => write!(f, "it ended with exit code {}", exit_code(*code)),
            Self::Signal(signal) => match signal_name(*signal) {
                Some(name) => write!(f, "it was ended by signal {signal} ({name})"),
                None => write!(f, "it was ended by signal {signal}"),
            },
            Self::TimedOutAfterSeconds(0) => {
                f.write_str("it was killed within a second, which is all the time that it has")
            }
            Self::TimedOutAfterSeconds(seconds) => {
                write!(f, "it was killed after {seconds} s, which is all the time that it has")
            }
            Self::FloodedBeyondBytes(bytes) => {
                let bytes = human(i64::try_from(*bytes).unwrap_or(i64::MAX), Unit::Bytes);
                write!(f, "it was killed when it had printed more than {bytes}")
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
