//! Runs a command, and puts together what is known of it afterwards.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::os::fd::AsFd;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus, Stdio};

use memgate_protocol::process_table::ProcessTable;
use memgate_report::command::{
    CommandEnd, CommandProblem, CommandReport, ExecutableFacts, Witnesses, judge, notes, process_count,
    programs, totals,
};

use super::CommandError;
use super::executable::look_at_program;
use super::folder::CommandFolder;
use super::recorded::read_recorded;
use super::request::{CommandRequest, MeasuredCommand};
use crate::error::Error;
use crate::process::{Interrupt, Watched, WatchedEnd, watch};

/// Runs a command, and counts what it does with the heap.
///
/// # Errors
/// When it can't be started or followed, or the user pressed Ctrl-C.
pub(crate) fn measure_command(
    request: &CommandRequest,
    interrupt: &Interrupt,
) -> Result<MeasuredCommand, Error> {
    let library = memgate_preload::library().map_err(|why| CommandError::NoLibrary(why.to_owned()))?;
    let folder = CommandFolder::make(library, request.has_sites)?;
    let command = command(request, &folder)?;
    let watched =
        watch(command, request.time_limit, interrupt).map_err(|problem| not_started(request, problem))?;
    let end = match watched.end {
        WatchedEnd::Interrupted => return Err(Error::Interrupted),
        WatchedEnd::TimedOut => {
            CommandEnd::TimedOutAfterSeconds(request.time_limit.unwrap_or_default().as_secs())
        }
        WatchedEnd::Exited(status) => ended(status),
    };
    // In a terminal the command has heard of it as well, and perhaps ended of it first.
    if matches!(end, CommandEnd::Signal(_)) && Interrupt::was_pressed_by_now() {
        return Err(Error::Interrupted);
    }
    let table = folder.table()?;
    Ok(put_together(request, &folder, &table, end, watched))
}

/// The command as it is run: with the library in front of it, and nothing else of ours.
fn command(request: &CommandRequest, folder: &CommandFolder) -> Result<Command, Error> {
    let mut command = Command::new(&request.program);
    command.args(&request.arguments);
    command.env("LD_PRELOAD", folder.preloaded(std::env::var_os("LD_PRELOAD")));
    if request.takes_stdout {
        let stderr = std::io::stderr().as_fd().try_clone_to_owned();
        command.stdout(Stdio::from(stderr.map_err(Error::file("write to", "standard error"))?));
    }
    Ok(command)
}

fn not_started(request: &CommandRequest, problem: std::io::Error) -> CommandError {
    use memgate_report::command::ExecutableKind;

    let program = request.program.to_string_lossy().into_owned();
    let kind = look_at_program(&request.program).kind;
    let why = match kind {
        ExecutableKind::Dynamic | ExecutableKind::Static | ExecutableKind::Musl => problem.to_string(),
        other => other.to_string(),
    };
    CommandError::Start { program, why }
}

fn ended(status: ExitStatus) -> CommandEnd {
    match status.code() {
        Some(code) => CommandEnd::ExitCode(code),
        None => CommandEnd::Signal(status.signal().unwrap_or(0)),
    }
}

fn put_together(
    request: &CommandRequest,
    folder: &CommandFolder,
    table: &ProcessTable,
    end: CommandEnd,
    watched: Watched,
) -> MeasuredCommand {
    let executables = executables(&request.program, table);
    let witnesses = Witnesses {
        program: &request.program,
        process: watched.id,
        table,
        executables: &executables,
        end,
        expected: request.expected,
        left: &watched.left,
    };
    let problems = judge(&witnesses);
    let is_whole = !problems.iter().any(CommandProblem::is_partial);
    let recorded = (request.has_sites && is_whole).then(|| read_recorded(folder, table));
    let (profile, sites, more_notes) = match recorded {
        Some(recorded) => (Some(recorded.profile), recorded.sites, recorded.notes),
        None => (None, Vec::new(), Vec::new()),
    };
    let words = std::iter::once(&request.program).chain(&request.arguments);
    let report = CommandReport {
        command: words.map(|word| word.to_string_lossy().into_owned()).collect(),
        end,
        totals: is_whole.then(|| totals(table)),
        resident_peak_bytes: watched.resident_peak_bytes,
        processes: process_count(table),
        programs: programs(table),
        sites,
        notes: [notes(table), more_notes].concat(),
        problems,
    };
    MeasuredCommand { report, profile }
}

/// The files of all programs, by the name under which the table or the command line has them.
fn executables(program: &OsStr, table: &ProcessTable) -> BTreeMap<OsString, ExecutableFacts> {
    let seen = table.processes.iter().map(|entry| &*entry.executable);
    let started = table.announcements.iter().map(|said| &*said.program);
    let mut executables = BTreeMap::new();
    for name in std::iter::once(program).chain(seen).chain(started).filter(|name| !name.is_empty()) {
        if !executables.contains_key(name) {
            executables.insert(name.to_owned(), look_at_program(name));
        }
    }
    executables
}
