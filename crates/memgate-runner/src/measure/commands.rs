//! A whole command, in as many runs as it takes.

use memgate_report::command::{CommandTotals, KernelFigures, command_failure, observe_command, totals};
use memgate_report::model::{BenchmarkResult, Failure, FailureKind};

use super::answer::NoAnswer;
use super::suite::{CommandPlan, CommandSuite};
use super::{MeasureOptions, ProcessCounts};
use crate::cargo::BuiltFile;
use crate::command::{CommandError, CommandRequest, RanCommand, Surroundings, problems, run_command};
use crate::process::Interrupt;

/// Runs a command as often as is stated, and where its numbers do not agree more often, up to the stated maximum. None when the user
/// pressed Ctrl-C.
pub(crate) fn measure_command(
    suite: &CommandSuite,
    name: &str,
    options: &MeasureOptions,
    interrupt: &Interrupt,
) -> Option<BenchmarkResult> {
    let ProcessCounts { least, most, .. } = options.processes;
    let mut runs: Vec<(CommandTotals, KernelFigures)> = Vec::new();
    loop {
        match run_once(suite, name, options, false, interrupt) {
            Ok(ran) => runs.push((totals(&ran.table), ran.kernel)),
            Err(NoAnswer::Failed(failure)) => return Some(BenchmarkResult::Failed(failure)),
            Err(NoAnswer::Interrupted) => return None,
        }
        let count = u32::try_from(runs.len()).unwrap_or(u32::MAX);
        // What the kernel says never does.
        let agree = runs.windows(2).all(|pair| pair[0].0 == pair[1].0);
        if count >= most || count >= least && agree {
            break;
        }
    }
    observe_command(&runs).map(BenchmarkResult::Measured)
}

/// Runs a command once, with its call sites or without.
///
/// # Errors
/// When it failed, or a part of it was not seen, and when the user pressed Ctrl-C.
pub(crate) fn run_once(
    suite: &CommandSuite,
    name: &str,
    options: &MeasureOptions,
    has_sites: bool,
    interrupt: &Interrupt,
) -> Result<RanCommand, NoAnswer> {
    let Some(CommandPlan { request, expected }) = suite.commands.get(name) else {
        return Err(NoAnswer::Failed(NoAnswer::not_built()));
    };
    let time_limit = request.time_limit.or(Some(options.time_limit));
    let request = CommandRequest { has_sites, time_limit, ..request.clone() };
    let replaced = || suite.built_files.iter().find(|file| file.is_replaced()).map(BuiltFile::path);
    if let Some(file) = replaced() {
        return Err(NoAnswer::Failed(NoAnswer::replaced(file)));
    }
    let ran = run_command(&request, interrupt).map_err(|error| not_run(&error))?;
    let ran = ran.ok_or(NoAnswer::Interrupted)?;
    if let Some(file) = replaced() {
        return Err(NoAnswer::Failed(NoAnswer::replaced(file)));
    }
    match command_failure(&problems(&request, *expected, &ran), &ran.stderr) {
        Some(failure) => Err(NoAnswer::Failed(with_hint(failure, &request))),
        None => Ok(ran),
    }
}

/// Says of a command that ended badly what it lacks perhaps, as programs do that look for their settings.
fn with_hint(mut failure: Failure, request: &CommandRequest) -> Failure {
    let is_prepared = matches!(&request.surroundings, Surroundings::Prepared(preparation) if !preparation.keeps_environment);
    if failure.kind == FailureKind::Crashed && is_prepared {
        failure.message += "; of variables it has PATH, HOME, TMPDIR, LC_ALL and TZ: `env` gives it others, `keep-environment` all";
    }
    failure
}

fn not_run(error: &CommandError) -> NoAnswer {
    NoAnswer::Failed(Failure { kind: FailureKind::Start, message: error.to_string(), stderr: String::new() })
}
