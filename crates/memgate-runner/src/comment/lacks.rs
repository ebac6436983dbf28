//! What a run did not leave, though it should have.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use memgate_report::comment::Lack;
use memgate_report::model::BaselineKey;
use memgate_report::report::{Conclusion, Outcome, Report, Verdict, outcome};

use super::Intake;

/// What is lacking. Files are named from the folder among `given` that they were found in; `conclusion` is how the run
/// ended, as far as that is known, and `expected` is what has baselines, of which there has to be a report. Both are from who
/// is trusted, never from a report.
///
/// A report has everything that its selection covers and that has a baseline: what is excluded, lost a shard, or was removed
/// by the change is in it, as missing. So a bench target that is in none was not asked for, or its report did not arrive.
#[must_use]
pub fn lacks(
    intake: &Intake,
    given: &[PathBuf],
    conclusion: Option<Conclusion>,
    expected: &BTreeSet<BaselineKey>,
) -> Vec<Lack> {
    let Intake { report, rejected, .. } = intake;
    let mut lacks = Vec::new();
    let bad_end = conclusion.filter(|conclusion| *conclusion != Conclusion::Success);
    // A red report is why a run fails: then there is nothing to add.
    let is_explained = bad_end == Some(Conclusion::Failure) && explains_failure(report);
    lacks.extend(bad_end.filter(|_| !is_explained).map(Lack::Run));
    if !intake.has_report() && rejected.is_empty() {
        lacks.push(Lack::Report);
    }
    let triples: BTreeSet<&String> = expected.iter().map(|key| &key.target).collect();
    let (present, absent): (BTreeSet<&String>, BTreeSet<&String>) =
        triples.into_iter().partition(|target| is_about(report, target));
    lacks.extend(absent.into_iter().cloned().map(Lack::Target));
    let of_present = expected.iter().filter(|key| present.contains(&key.target));
    lacks.extend(of_present.filter(|key| !has(report, key)).cloned().map(Lack::BenchTarget));
    lacks.extend(rejected.iter().map(|rejected| Lack::File {
        name: named_from(&rejected.path, given).display().to_string(),
        problem: rejected.problem.to_string(),
    }));
    lacks
}

fn named_from<'a>(path: &'a Path, given: &[PathBuf]) -> &'a Path {
    let below = |folder: &PathBuf| path.strip_prefix(folder).ok().filter(|rest| !rest.as_os_str().is_empty());
    given.iter().find_map(below).unwrap_or(path)
}

fn explains_failure(report: &Report) -> bool {
    outcome(report) != Outcome::Passed
}

/// Whether a report says anything of a target that was measured or could not be.
fn is_about(report: &Report, triple: &str) -> bool {
    let is_measured = |target: &memgate_report::report::TargetReport| {
        target.environment.is_some() || target.failure.is_some()
    };
    report.targets.iter().any(|target| target.target == triple && is_measured(target))
        || report
            .benchmarks
            .iter()
            .any(|benchmark| benchmark.target == triple && benchmark.verdict != Verdict::Missing)
}

/// Whether a report has a bench target, whatever it says of it.
fn has(report: &Report, key: &BaselineKey) -> bool {
    report.targets.iter().any(|part| {
        part.target == key.target && part.package == key.package && part.bench_target == key.bench_target
    }) || report.benchmarks.iter().any(|benchmark| {
        benchmark.target == key.target
            && benchmark.id.package == key.package
            && benchmark.id.bench_target == key.bench_target
    })
}
