//! Criterion's processes, one benchmark at a time.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use memgate_protocol::{Harness, REQUEST_VARIABLE, TIMES_VARIABLE, TimeSettings};
use memgate_report::model::{BenchmarkId, TakenTime};

use super::criterion_files::{forget_measured, read_time};
use super::place::criterion_home;
use crate::cargo::BenchTarget;
use crate::error::Error;
use crate::measure::{MeasureOptions, NoAnswer, Progress, Suite, bench_process, ended_well, run_unchanged};
use crate::process::{Interrupt, Mark};

/// Where criterion keeps its files.
const HOME_VARIABLE: &str = "CRITERION_HOME";

/// How to take times.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TimesOptions<'a> {
    /// How long criterion may take for one benchmark.
    pub settings: TimeSettings,
    /// The name of the saved baseline.
    pub baseline: &'a str,
    /// Whether to save these times as that baseline.
    pub save: bool,
    /// Limits of each process.
    pub measure: MeasureOptions,
}

/// Takes the times of benchmarks, one after the other: two processes side by side would slow each other down. Benchmarks of
/// targets that are not criterion's have none.
///
/// `target_folder` is the one that the tool builds in; saved times lie in it, and are gone after `cargo clean`.
///
/// # Errors
/// When the user pressed Ctrl-C, or the folders can't be written to.
pub(crate) fn take_times(
    suites: &[Suite],
    ids: &[BenchmarkId],
    options: TimesOptions<'_>,
    target_folder: &Path,
    interrupt: &Interrupt,
    progress: &dyn Progress,
) -> Result<BTreeMap<BenchmarkId, TakenTime>, Error> {
    let work: Vec<(&BenchTarget, &BenchmarkId)> =
        ids.iter().filter_map(|id| Some((criterion_target(suites, id)?, id))).collect();
    let mut times = BTreeMap::new();
    if work.is_empty() {
        return Ok(times);
    }
    progress.begin("Timing", work.len());
    for (target, id) in work {
        let home = criterion_home(target_folder, id);
        std::fs::create_dir_all(&home).map_err(Error::file("make", &home))?;
        let time = take_time(target, id, options, &home, interrupt)?;
        progress.done(id);
        times.insert(id.clone(), time);
    }
    Ok(times)
}

fn criterion_target<'a>(suites: &'a [Suite], id: &BenchmarkId) -> Option<&'a BenchTarget> {
    suites.iter().filter_map(Suite::as_bench).find(|target| {
        target.harness == Harness::Criterion && target.package == id.package && target.name == id.bench_target
    })
}

fn take_time(
    target: &BenchTarget,
    id: &BenchmarkId,
    options: TimesOptions<'_>,
    home: &Path,
    interrupt: &Interrupt,
) -> Result<TakenTime, Error> {
    // A name may end in a number of its own, or in the one by which the gate tells apart what criterion does not.
    let candidates = std::iter::once((id.name.as_str(), 1)).chain(numbered(&id.name));
    for (full_id, number) in candidates {
        forget_measured(home).map_err(Error::file("empty", home))?;
        let mark = Mark::new(HOME_VARIABLE, home.as_os_str());
        let process = criterion(target, full_id, options, home);
        let outcome = run_unchanged(target, process, &mark, &options.measure, home, interrupt);
        match outcome.and_then(|outcome| ended_well(outcome, &options.measure)) {
            Ok(()) => {}
            Err(NoAnswer::Interrupted) => return Err(Error::Interrupted),
            Err(NoAnswer::Failed(failure)) => return Ok(Err(failure.message)),
        }
        if let Some(time) = read_time(home, full_id, number, options.baseline) {
            return Ok(Ok(time));
        }
    }
    Ok(Err("criterion left no time: the routine takes none, or measures something else than time".to_owned()))
}

/// `name #2` as `name` and 2.
fn numbered(name: &str) -> Option<(&str, usize)> {
    let (name, number) = name.rsplit_once(" #")?;
    Some((name, number.parse().ok()?))
}

fn criterion(target: &BenchTarget, full_id: &str, options: TimesOptions<'_>, home: &Path) -> Command {
    let mut command = bench_process(target);
    command.args(["--bench", "--noplot", "--color", "never"]);
    command.args([if options.save { "--save-baseline" } else { "--baseline-lenient" }, options.baseline]);
    // What begins with a dash would be an option.
    command.args(["--exact", "--", full_id]);
    command.env(HOME_VARIABLE, home).env(TIMES_VARIABLE, options.settings.to_string());
    command.env_remove(REQUEST_VARIABLE);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_number_at_the_end_is_one() {
        assert_eq!(numbered("g/f #12"), Some(("g/f", 12)));
        assert_eq!(numbered("issue #12/f"), None);
        assert_eq!(numbered("f #x"), None);
        assert_eq!(numbered("f"), None);
    }
}
