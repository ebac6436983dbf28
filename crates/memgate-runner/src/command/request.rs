//! What is asked of a command, and what comes of it.

use std::ffi::OsString;
use std::time::Duration;

use memgate_report::command::{CommandReport, ExpectedEnd};
use memgate_report::sites::Profile;

/// A command that is to be measured.
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
    /// How it is to end.
    pub(crate) expected: ExpectedEnd,
    /// Whether the tool needs standard output for itself, so that the command's goes to standard error.
    pub(crate) takes_stdout: bool,
}

/// A command that was measured.
#[derive(Debug)]
pub(crate) struct MeasuredCommand {
    /// What is shown.
    pub(crate) report: CommandReport,
    /// Every stack, for files; none where nothing was recorded, or a part of the command was not seen.
    pub(crate) profile: Option<Profile>,
}

/// Runs a command, and counts what it does with the heap.
///
/// # Errors
/// Always: only Linux has a loader that puts libraries in front of programs as they are.
#[cfg(not(target_os = "linux"))]
pub(crate) fn measure_command(
    _: &CommandRequest,
    _: &crate::process::Interrupt,
) -> Result<MeasuredCommand, crate::error::Error> {
    let why = "whole commands are measured on Linux with glibc alone".to_owned();
    Err(super::CommandError::NoLibrary(why).into())
}
