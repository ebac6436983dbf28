//! A command: run, counted, judged.

use memgate_report::command::{CommandReport, ExpectedEnd};
use memgate_report::sites::Profile;

use crate::command::CommandRequest;
use crate::error::Error;
use crate::process::Interrupt;

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
/// When it can't be started or followed, or the user pressed Ctrl-C.
#[cfg(target_os = "linux")]
pub(crate) fn measure_command(
    request: &CommandRequest,
    expected: ExpectedEnd,
    interrupt: &Interrupt,
) -> Result<MeasuredCommand, Error> {
    let ran = crate::command::run_command(request, interrupt)?.ok_or(Error::Interrupted)?;
    Ok(linux::put_together(request, expected, ran))
}

/// Runs no command: only Linux has a loader that puts libraries in front of programs as they are.
///
/// # Errors
/// Always.
#[cfg(not(target_os = "linux"))]
pub(crate) fn measure_command(
    _: &CommandRequest,
    _: ExpectedEnd,
    _: &Interrupt,
) -> Result<MeasuredCommand, Error> {
    let why = "whole commands are measured on Linux with glibc alone".to_owned();
    Err(crate::command::CommandError::NoLibrary(why).into())
}

#[cfg(target_os = "linux")]
mod linux {
    use memgate_report::command::{
        CommandProblem, CommandReport, ExpectedEnd, notes, process_count, programs, totals,
    };

    use super::MeasuredCommand;
    use crate::command::{CommandRequest, RanCommand, problems};
    use crate::session::command_sites::{read_recorded, roots_here};
    use crate::symbols::Symbolizer;

    /// What is known of a command that has ended.
    pub(super) fn put_together(
        request: &CommandRequest,
        expected: ExpectedEnd,
        ran: RanCommand,
    ) -> MeasuredCommand {
        let problems = problems(request, expected, &ran);
        let RanCommand { end, kernel, no_cgroup, table, folder, .. } = ran;
        let is_whole = !problems.iter().any(CommandProblem::is_partial);
        let is_recorded = table.processes.iter().any(|entry| !entry.is_linked);
        let recorded = (request.has_sites && is_whole && is_recorded)
            .then(|| read_recorded(&folder, &table, &mut Symbolizer::new(roots_here())));
        let (profile, sites, more_notes) = match recorded {
            Some(recorded) => (Some(recorded.profile), recorded.sites, recorded.notes),
            None => (None, Vec::new(), Vec::new()),
        };
        let words = std::iter::once(&request.program).chain(&request.arguments);
        let report = CommandReport {
            command: words.map(|word| word.to_string_lossy().into_owned()).collect(),
            end,
            totals: is_whole.then(|| totals(&table)),
            kernel,
            no_cgroup,
            processes: process_count(&table),
            programs: programs(&table),
            sites,
            notes: [notes(&table), more_notes].concat(),
            problems,
        };
        MeasuredCommand { report, profile }
    }
}
