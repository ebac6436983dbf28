//! All selected benchmarks of all bench targets, side by side.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use memgate::protocol::{Injection, Refusal};

use super::MeasureOptions;
use super::answer::NoAnswer;
use super::benchmark::measure_benchmark;
use super::work::{Bench, Listing, list_benchmarks};
use crate::cargo::BenchTarget;
use crate::error::Error;
use crate::model::{BenchTargetRun, BenchmarkId, Environment, Failure, FailureKind};
use crate::process::Interrupt;

/// Is told how far the measuring is.
pub trait Progress: Sync {
    /// So many benchmarks are to be worked on; `work` says how, as in "Measuring".
    fn begin(&self, work: &'static str, benchmarks: usize);
    /// One more is done.
    fn done(&self, id: &BenchmarkId);
}

/// Shows nothing.
#[derive(Clone, Copy, Debug)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _: &'static str, _: usize) {}
    fn done(&self, _: &BenchmarkId) {}
}

/// Asks every bench target what it has, side by side. A target that can't even say that is a part of a run, too.
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
    side_by_side(options.jobs.get(), targets, |target| {
        match list_benchmarks(Bench { target, options, folder, interrupt }) {
            Ok(listing) => Some(listed_target(target, listing)),
            Err(NoAnswer::Failed(failure)) => Some(failed_target(target, failure)),
            Err(NoAnswer::Interrupted) => None,
        }
    })
    .ok_or(Error::Interrupted)
}

/// Measures the benchmarks of which `selected` is true, of what [`list`] found, side by side, and gives the parts of a run.
///
/// A benchmark that fails is a result like any other.
///
/// # Errors
/// When the user pressed Ctrl-C.
pub fn measure(
    targets: &[BenchTarget],
    listed: Vec<BenchTargetRun>,
    selected: &dyn Fn(&BenchmarkId) -> bool,
    options: &MeasureOptions,
    folder: &Path,
    interrupt: &Interrupt,
    progress: &dyn Progress,
) -> Result<Vec<BenchTargetRun>, Error> {
    let wanted = |id: &BenchmarkId| selected(id).then_some(None);
    measure_wanted(targets, listed, &wanted, "Measuring", options, folder, interrupt, progress)
}

/// Measures the benchmarks that are wanted of what [`list`] found. `wanted` is none for those that are not; of the others
/// it has the regression that is to be done on purpose, or none. `work_word` is for [`Progress::begin`].
///
/// # Errors
/// When the user pressed Ctrl-C.
pub fn measure_wanted(
    targets: &[BenchTarget],
    mut listed: Vec<BenchTargetRun>,
    wanted: &dyn Fn(&BenchmarkId) -> Option<Option<Injection>>,
    work_word: &'static str,
    options: &MeasureOptions,
    folder: &Path,
    interrupt: &Interrupt,
    progress: &dyn Progress,
) -> Result<Vec<BenchTargetRun>, Error> {
    let mut work = Vec::new();
    for (index, (target, part)) in targets.iter().zip(&listed).enumerate() {
        let ids = part.declared.iter().map(|name| part.id(name));
        work.extend(ids.filter_map(|id| Some((index, target, wanted(&id)?, id))));
    }
    progress.begin(work_word, work.len());
    let results = side_by_side(options.jobs.get(), &work, |(_, target, injection, id)| {
        let bench = Bench { target, options, folder, interrupt };
        let result = measure_benchmark(bench, &id.name, *injection)?;
        progress.done(id);
        Some(result)
    })
    .ok_or(Error::Interrupted)?;
    for ((index, _, _, id), result) in work.into_iter().zip(results) {
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
    }
}

/// Does the work on every item with so many threads, and gives the results in the order of the items. None as soon as
/// one of them is none; what has not begun by then is left undone.
pub fn side_by_side<T: Sync, R: Send>(
    threads: usize,
    items: &[T],
    work: impl Fn(&T) -> Option<R> + Sync,
) -> Option<Vec<R>> {
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<Option<R>>> = Mutex::new(items.iter().map(|_| None).collect());
    std::thread::scope(|scope| {
        for _ in 0..threads.min(items.len()) {
            scope.spawn(|| {
                while let Some((index, item)) = {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    items.get(index).map(|item| (index, item))
                } {
                    let Some(result) = work(item) else {
                        next.store(items.len(), Ordering::Relaxed);
                        return;
                    };
                    let mut results = results.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    results[index] = Some(result);
                }
            });
        }
    });
    results.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        let items: Vec<usize> = (0..100).collect();
        assert_eq!(
            side_by_side(4, &items, |item| Some(item * 2)),
            Some(items.iter().map(|item| item * 2).collect())
        );
        assert_eq!(side_by_side(4, &items, |item| (*item != 50).then_some(())), None);
        assert_eq!(side_by_side(4, &[] as &[u8], |_| Some(())), Some(Vec::new()));
    }
}
