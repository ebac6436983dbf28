//! All selected benchmarks of all bench targets, side by side.

use std::collections::BTreeMap;
use std::path::Path;

use memgate_protocol::Refusal;
use memgate_report::model::{BenchTargetRun, BenchmarkId, Environment, Failure, FailureKind};

use super::answer::NoAnswer;
use super::benchmark::measure_benchmark;
use super::collision::{Tried, try_alone};
use super::side_by_side::{side_by_side, side_by_side_or_alone};
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
    targets: &[BenchTarget],
    options: &MeasureOptions,
    folder: &Path,
    interrupt: &Interrupt,
) -> Result<Vec<BenchTargetRun>, Error> {
    std::fs::create_dir_all(folder).map_err(Error::file("make", folder))?;
    let list_one = |target: &BenchTarget| match list_benchmarks(Bench { target, options, folder, interrupt })
    {
        Ok(listing) => Some(listed_target(target, listing)),
        Err(NoAnswer::Failed(failure)) => Some(failed_target(target, failure)),
        Err(NoAnswer::Interrupted) => None,
    };
    let mut parts = side_by_side(options.jobs.get(), targets, list_one).ok_or(Error::Interrupted)?;
    if options.jobs.get() > 1 && targets.len() > 1 {
        for (target, part) in targets.iter().zip(&mut parts) {
            let kind = part.failure.as_ref().map(|failure| failure.kind);
            if matches!(kind, Some(FailureKind::Crashed | FailureKind::TimedOut)) {
                *part = list_one(target).ok_or(Error::Interrupted)?;
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
    targets: &[BenchTarget],
    mut listed: Vec<BenchTargetRun>,
    work: Work<'_>,
    options: &MeasureOptions,
    folder: &Path,
    interrupt: &Interrupt,
    progress: &dyn Progress,
) -> Result<Vec<BenchTargetRun>, Error> {
    let mut items = Vec::new();
    for (index, (target, part)) in targets.iter().zip(&listed).enumerate() {
        let ids = part.declared.iter().map(|name| part.id(name));
        items.extend(ids.filter_map(|id| Some((index, target, (work.wanted)(&id)?, id))));
    }
    progress.begin(work.word, items.len());
    let jobs = options.jobs.get();
    let bench = |target| Bench { target, options, folder, interrupt };
    let runs_alone = |(_, _, wanted, _): &(usize, &BenchTarget, Wanted, BenchmarkId)| wanted.alone;
    let mut results = side_by_side_or_alone(jobs, &items, runs_alone, |(_, target, wanted, id)| {
        let result = measure_benchmark(bench(target), &id.name, wanted.injection)?;
        progress.done(id);
        Some(result)
    })
    .ok_or(Error::Interrupted)?;
    if jobs > 1 && items.iter().filter(|item| !runs_alone(item)).count() > 1 {
        let tried = items.iter().zip(&mut results);
        let tried = tried.map(|((_, target, wanted, id), result)| Tried {
            id,
            bench: bench(target),
            wanted: *wanted,
            result,
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
