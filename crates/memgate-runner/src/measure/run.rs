//! All selected benchmarks of all bench targets, side by side.

use std::collections::BTreeMap;
use std::path::Path;

use memgate_protocol::Refusal;
use memgate_report::model::{BenchTargetRun, BenchmarkId, Environment, Failure, FailureKind};

use super::answer::NoAnswer;
use super::benchmark::measure_benchmark;
use super::collision::{Tried, try_alone};
use super::commands::measure_command;
use super::side_by_side::{side_by_side, side_by_side_or_alone};
use super::suite::{CommandSuite, Suite};
use super::work::{Bench, Listing, list_benchmarks};
use super::{MeasureOptions, Wanted, Work};
use crate::cargo::BenchTarget;
use crate::error::Error;
use crate::process::Interrupt;

/// Is told how far the measuring is.
pub trait Progress: Sync {
    /// So many benchmarks are to be worked on; `work` says how, as in "Measuring".
    fn begin(&self, work: &'static str, benchmarks: usize);
    /// One more is done.
    fn done(&self, id: &BenchmarkId);
}

/// Asks every bench target what it has, side by side, and those that fail once more, one after the other: they may have got
/// in each other's way. A target that can't even say what it has is a part of a run, too.
///
/// # Errors
/// When the user pressed Ctrl-C, or the folder for requests can't be made.
pub fn list(
    suites: &[Suite],
    options: &MeasureOptions,
    folder: &Path,
    interrupt: &Interrupt,
) -> Result<Vec<BenchTargetRun>, Error> {
    std::fs::create_dir_all(folder).map_err(Error::file("make", folder))?;
    let list_one = |suite: &Suite| {
        let target = match suite {
            Suite::Bench(target) => target,
            Suite::Commands(suite) => return Some(listed_commands(suite)),
        };
        match list_benchmarks(Bench { target, options, folder, interrupt }) {
            Ok(listing) => Some(listed_target(target, listing)),
            Err(NoAnswer::Failed(failure)) => Some(failed_target(target, failure)),
            Err(NoAnswer::Interrupted) => None,
        }
    };
    let mut parts = side_by_side(options.jobs.get(), suites, list_one).ok_or(Error::Interrupted)?;
    if options.jobs.get() > 1 && suites.len() > 1 {
        for (suite, part) in suites.iter().zip(&mut parts) {
            let kind = part.failure.as_ref().map(|failure| failure.kind);
            if matches!(kind, Some(FailureKind::Crashed | FailureKind::TimedOut)) {
                *part = list_one(suite).ok_or(Error::Interrupted)?;
            }
        }
    }
    Ok(parts)
}

/// Measures the benchmarks that are wanted of what [`list`] found, side by side, and gives the parts of a run. A benchmark that
/// fails is a result like any other.
///
/// Of a failure that does not come about when the benchmark runs alone, the message says so.
///
/// # Errors
/// When the user pressed Ctrl-C.
pub fn measure_wanted(
    suites: &[Suite],
    mut listed: Vec<BenchTargetRun>,
    work: Work<'_>,
    options: &MeasureOptions,
    folder: &Path,
    interrupt: &Interrupt,
    progress: &dyn Progress,
) -> Result<Vec<BenchTargetRun>, Error> {
    let mut items = Vec::new();
    for (index, (suite, part)) in suites.iter().zip(&listed).enumerate() {
        let ids = part.declared.iter().map(|name| part.id(name));
        // Orphans of a command are told by nothing else being started meanwhile.
        let is_command = matches!(suite, Suite::Commands(_));
        let alone = |wanted: Wanted| Wanted { alone: wanted.alone || is_command, ..wanted };
        items.extend(ids.filter_map(|id| Some((index, suite, alone((work.wanted)(&id)?), id))));
    }
    progress.begin(work.word, items.len());
    let jobs = options.jobs.get();
    let bench = |target| Bench { target, options, folder, interrupt };
    let runs_alone = |(_, _, wanted, _): &(usize, &Suite, Wanted, BenchmarkId)| wanted.alone;
    let mut results = side_by_side_or_alone(jobs, &items, runs_alone, |(_, suite, wanted, id)| {
        let result = match suite {
            Suite::Bench(target) => measure_benchmark(bench(target), &id.name, wanted.injection)?,
            Suite::Commands(suite) => measure_command(suite, &id.name, options, interrupt)?,
        };
        progress.done(id);
        Some(result)
    })
    .ok_or(Error::Interrupted)?;
    if jobs > 1 && items.iter().filter(|item| !runs_alone(item)).count() > 1 {
        let tried = items.iter().zip(&mut results);
        let tried = tried.filter_map(|((_, suite, wanted, id), result)| {
            Some(Tried { id, bench: bench(suite.as_bench()?), wanted: *wanted, result })
        });
        try_alone(tried.collect(), options).ok_or(Error::Interrupted)?;
    }
    for ((index, _, _, id), result) in items.into_iter().zip(results) {
        listed[index].results.insert(id.name, result);
    }
    Ok(listed)
}

fn listed_target(target: &BenchTarget, listing: Listing) -> BenchTargetRun {
    let Listing { names, allocator, probe } = listing;
    let Some(allocator) = allocator else {
        let Refusal { message, .. } = Refusal::allocator_not_installed();
        return failed_target(target, Failure { kind: FailureKind::Refused, message, stderr: String::new() });
    };
    let environment = Environment {
        allocator,
        commands: BTreeMap::new(),
        features: target.features.clone(),
        probe,
        profile: target.profile.clone(),
        rustc: target.rustc.clone(),
        rustflags: target.rustflags.clone(),
        target: target.target.clone(),
    };
    BenchTargetRun {
        package: target.package.clone(),
        bench_target: target.name.clone(),
        environment: Some(environment),
        failure: None,
        declared: names,
        results: BTreeMap::new(),
        sites: BTreeMap::new(),
        package_features: None,
    }
}

fn listed_commands(suite: &CommandSuite) -> BenchTargetRun {
    BenchTargetRun {
        package: suite.package.clone(),
        bench_target: suite.name.clone(),
        environment: Some(suite.environment.clone()),
        failure: None,
        declared: suite.commands.keys().cloned().collect(),
        results: BTreeMap::new(),
        sites: BTreeMap::new(),
        package_features: None,
    }
}

fn failed_target(target: &BenchTarget, failure: Failure) -> BenchTargetRun {
    BenchTargetRun {
        package: target.package.clone(),
        bench_target: target.name.clone(),
        environment: None,
        failure: Some(failure),
        declared: Vec::new(),
        results: BTreeMap::new(),
        sites: BTreeMap::new(),
        package_features: None,
    }
}
