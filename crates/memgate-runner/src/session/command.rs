//! A command: run, counted, judged.

use memgate_report::command::{
    CommandProblem, CommandReport, CommandSites, ExpectedEnd, notes, process_count, programs, totals,
};
use memgate_report::sites::Profile;

use crate::command::{CommandRequest, RanCommand, problems, run_command};
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
pub(crate) fn measure_command(
    request: &CommandRequest,
    expected: ExpectedEnd,
    interrupt: &Interrupt,
) -> Result<MeasuredCommand, Error> {
    let ran = run_command(request, interrupt)?.ok_or(Error::Interrupted)?;
    let problems = problems(request, expected, &ran);
    let is_whole = !problems.iter().any(CommandProblem::is_partial);
    let is_recorded = ran.table.processes.iter().any(|entry| !entry.is_linked);
    let (profile, sites, more_notes) =
        if request.has_sites && is_whole && is_recorded { recorded(&ran) } else { Recorded::default() };
    let RanCommand { end, kernel, no_cgroup, table, .. } = ran;
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
    Ok(MeasuredCommand { report, profile })
}

/// What was recorded of a command, with names: every stack, what is shown of them, and what has to be known.
type Recorded = (Option<Profile>, Vec<CommandSites>, Vec<String>);

#[cfg(target_os = "linux")]
fn recorded(ran: &RanCommand) -> Recorded {
    use super::command_sites::{read_recorded, roots_here};

    let mut symbolizer = crate::symbols::Symbolizer::new(roots_here());
    let recorded = read_recorded(&ran.folder, &ran.table, &mut symbolizer);
    (Some(recorded.profile), recorded.sites, recorded.notes)
}

/// What counts by itself records none.
#[cfg(not(target_os = "linux"))]
fn recorded(_: &RanCommand) -> Recorded {
    Recorded::default()
}
