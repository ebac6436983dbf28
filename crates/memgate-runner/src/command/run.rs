//! Runs a command, with the library in front of its programs' `malloc`.

use std::num::NonZeroUsize;
use std::process::{Command, ExitStatus, Stdio};

use memgate_protocol::process_table::ProcessTable;
use memgate_report::command::{CommandEnd, ExecutableKind, KernelFigures, largest_resident};

use super::executable::look_at_program;
use super::folder::{CommandFolder, PRELOADED};
#[cfg(target_os = "linux")]
use super::prepared::{Patience, prepare};
use super::request::{Preparation, Surroundings};
use super::{CommandError, CommandRequest};
use crate::process::{Interrupt, Output, Watch, WatchedEnd, watch};

/// A command that has ended.
#[derive(Debug)]
pub(crate) struct RanCommand {
    /// The number of its process.
    pub(crate) process: u32,
    /// How it ended.
    pub(crate) end: CommandEnd,
    /// The end of what it wrote to standard error, where that was kept.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only on Linux the gate has commands"))]
    pub(crate) stderr: String,
    /// Whom it left, by name and number; they were killed.
    pub(crate) left: Vec<String>,
    /// What the kernel says of it.
    pub(crate) kernel: KernelFigures,
    /// Why it had no control group of its own, in words; none where it had.
    pub(crate) no_cgroup: Option<String>,
    /// What its processes said.
    pub(crate) table: ProcessTable,
    /// Where they left their call sites, where any are recorded.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "no call sites are recorded here"))]
    pub(crate) folder: CommandFolder,
}

/// Runs a command; none when the user pressed Ctrl-C.
///
/// # Errors
/// When it can't be started or followed.
pub(crate) fn run_command(
    request: &CommandRequest,
    interrupt: &Interrupt,
) -> Result<Option<RanCommand>, CommandError> {
    let mut command = Command::new(request.started_as());
    command.args(&request.arguments);
    let (folder, mut output, cores) = match &request.surroundings {
        Surroundings::Tools { takes_stdout } => {
            let folder = CommandFolder::make(library()?, request.has_sites)?;
            let (name, value) = folder.variable(std::env::var_os(PRELOADED));
            command.env(name, value);
            if *takes_stdout {
                command.stdout(Stdio::from(std::io::stderr()));
            }
            (folder, None, None)
        }
        Surroundings::Prepared(preparation) => {
            match prepared(&mut command, preparation, request, interrupt) {
                // Copying may have ended for that.
                Err(_) if interrupt.is_pressed() => return Ok(None),
                room => room?,
            }
        }
    };
    let how = Watch {
        time_limit: request.time_limit,
        output: output.as_ref().map(|(output, most)| (output, *most)),
        cores,
    };
    let watched = watch(command, how, interrupt).map_err(|problem| not_started(request, &problem))?;
    let end = match watched.end {
        WatchedEnd::Interrupted => return Ok(None),
        WatchedEnd::TimedOut => {
            CommandEnd::TimedOutAfterSeconds(request.time_limit.unwrap_or_default().as_secs())
        }
        WatchedEnd::Flooded => CommandEnd::FloodedBeyondBytes(output.as_ref().map_or(0, |(_, most)| *most)),
        WatchedEnd::Exited(status) => ended(status),
    };
    // In a terminal the command has heard of it as well, and perhaps ended of it first.
    if matches!(end, CommandEnd::Signal(_)) && Interrupt::was_pressed_by_now() {
        return Ok(None);
    }
    let table = folder.table()?;
    let kernel = KernelFigures {
        resident_peak_bytes: largest_resident(&table, watched.resident_peak_bytes),
        cgroup_peak_bytes: watched.cgroup_peak_bytes.as_ref().ok().copied(),
    };
    Ok(Some(RanCommand {
        process: watched.id,
        end,
        stderr: output.as_mut().map_or_else(String::new, |(output, _)| output.stderr_tail()),
        left: watched.left,
        kernel,
        no_cgroup: watched.cgroup_peak_bytes.err(),
        table,
        folder,
    }))
}

/// What is put in front of programs' `malloc`.
#[cfg(target_os = "linux")]
fn library() -> Result<Option<&'static [u8]>, CommandError> {
    memgate_preload::library().map(Some).map_err(|why| CommandError::NoLibrary(why.to_owned()))
}

/// Nothing: programs count by themselves.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::unnecessary_wraps, reason = "as on Linux")]
fn library() -> Result<Option<&'static [u8]>, CommandError> {
    Ok(None)
}

/// The folder, what a command prints to and how much it may, and how many processors it has.
type Room = (CommandFolder, Option<(Output, u64)>, Option<NonZeroUsize>);

#[cfg(target_os = "linux")]
fn prepared(
    command: &mut Command,
    preparation: &Preparation,
    request: &CommandRequest,
    interrupt: &Interrupt,
) -> Result<Room, CommandError> {
    let folder = CommandFolder::make_where_all_do(library()?, request.has_sites)?;
    let output = Output::new(folder.path())
        .map_err(CommandError::file("write what it prints, below", folder.path()))?;
    let patience = Patience::new(request.time_limit, interrupt);
    prepare(command, preparation, folder.path(), &output, patience)?;
    let before = std::env::var_os(PRELOADED).filter(|_| preparation.keeps_environment);
    let (name, value) = folder.variable(before);
    command.env(name, value);
    Ok((folder, Some((output, preparation.output_limit)), Some(preparation.cores)))
}

#[cfg(not(target_os = "linux"))]
fn prepared(
    _: &mut Command,
    _: &Preparation,
    _: &CommandRequest,
    _: &Interrupt,
) -> Result<Room, CommandError> {
    Err(CommandError::NoLibrary("those of memgate.toml are measured on Linux alone".to_owned()))
}

fn not_started(request: &CommandRequest, problem: &std::io::Error) -> CommandError {
    let why = match look_at_program(&request.program).kind {
        ExecutableKind::Dynamic
        | ExecutableKind::Static
        | ExecutableKind::Musl
        | ExecutableKind::NothingPreloaded
        | ExecutableKind::Privileged(_) => problem.to_string(),
        other => other.to_string(),
    };
    CommandError::Start { program: request.program.to_string_lossy().into_owned(), why }
}

fn ended(status: ExitStatus) -> CommandEnd {
    match status.code() {
        Some(code) => CommandEnd::ExitCode(code),
        None => CommandEnd::Signal(signal(status)),
    }
}

#[cfg(unix)]
fn signal(status: ExitStatus) -> i32 {
    std::os::unix::process::ExitStatusExt::signal(&status).unwrap_or(0)
}

#[cfg(not(unix))]
fn signal(_: ExitStatus) -> i32 {
    0
}
