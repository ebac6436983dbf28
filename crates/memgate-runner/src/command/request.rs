//! What is asked of a command.

use std::ffi::OsString;
use std::time::Duration;

/// A command that is to be run.
#[derive(Debug)]
pub(crate) struct CommandRequest {
    /// The program.
    pub(crate) program: OsString,
    /// Its arguments.
    pub(crate) arguments: Vec<OsString>,
    /// Whether call sites are to be recorded.
    pub(crate) has_sites: bool,
    /// How long it may run.
    pub(crate) time_limit: Option<Duration>,
    /// Whether the tool needs standard output for itself, so that the command's goes to standard error.
    pub(crate) takes_stdout: bool,
}
