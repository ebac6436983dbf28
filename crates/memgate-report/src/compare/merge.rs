//! Several reports as one.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{about_gating, not_measured_on, shards};
use crate::model::{BenchmarkId, OverlapError};
use crate::renames::renames;
use crate::report::{DependencyChange, NoticeKind, Report, TargetReport};
use crate::rules::ExponentLimit;
use crate::scaling::scaling;

/// Puts reports of shards or targets together.
///
/// # Errors
/// When a benchmark was measured in two of them, parts of a bench target in environments that differ, or a shard is
/// doubled or not of the same whole as the others. A shard that is lost is a notice.
pub fn merge_reports(reports: Vec<Report>, strict: bool) -> Result<Report, OverlapError> {
    let is_one = reports.len() == 1;
    let exponent_limit = reports.iter().map(|report| report.exponent_limit).reduce(ExponentLimit::stricter);
    let mut pull_requests = reports.iter().map(|report| &report.pull_request);
    let pull_request = pull_requests.next().cloned().flatten();
    // Legs of several pull requests are those of none.
    let pull_request = pull_request.filter(|first| pull_requests.all(|other| other.as_ref() == Some(first)));
    let mut merged =
        Report { tool: env!("CARGO_PKG_VERSION").into(), strict, pull_request, ..Report::default() };
    let mut targets: BTreeMap<(String, String, String), TargetReport> = BTreeMap::new();
    let mut said: HashSet<(NoticeKind, String)> = HashSet::new();
    let mut changed: HashSet<DependencyChange> = HashSet::new();
    for report in reports {
        merged.strict |= report.strict;
        merged.shards.extend(report.shards);
        merged.benchmarks.extend(report.benchmarks);
        merged.renames.extend(report.renames);
        let notices = report.notices.into_iter();
        merged.notices.extend(notices.filter(|notice| said.insert((notice.kind, notice.text.clone()))));
        let dependencies = report.dependencies.into_iter();
        merged.dependencies.extend(dependencies.filter(|change| changed.insert(change.clone())));
        if let Some(acceptance) = report.acceptance {
            merged.acceptance.get_or_insert_default().add(*acceptance);
        }
        for target in report.targets {
            match targets.entry((target.target.clone(), target.package.clone(), target.bench_target.clone()))
            {
                Entry::Vacant(place) => {
                    place.insert(target);
                }
                Entry::Occupied(mut place) => add_part(place.get_mut(), target)?,
            }
        }
    }
    merged.targets = targets.into_values().collect();
    // Before the benchmarks are looked at: a doubled shard has doubled benchmarks.
    shards::check(&merged)?;
    // A shard reports what other shards measured as missing; what was measured anywhere is not.
    let is_measured =
        |benchmark: &crate::report::BenchmarkReport| benchmark.verdict != crate::report::Verdict::Missing;
    let mut measured: BTreeSet<(String, BenchmarkId)> = BTreeSet::new();
    for benchmark in merged.benchmarks.iter().filter(|benchmark| is_measured(benchmark)) {
        let place = (benchmark.target.clone(), benchmark.id.clone());
        if !measured.insert(place) {
            let (id, target) = (benchmark.id.clone(), benchmark.target.clone());
            return Err(OverlapError::MeasuredTwice { id, target });
        }
    }
    merged.benchmarks.retain(|benchmark| {
        is_measured(benchmark) || measured.insert((benchmark.target.clone(), benchmark.id.clone()))
    });
    merged.benchmarks.sort_by(|a, b| (&a.target, &a.id).cmp(&(&b.target, &b.id)));
    // What holds for one part need not hold for the whole.
    if !is_one && about_gating(&merged.benchmarks).is_none() {
        merged.notices.retain(|notice| notice.kind != NoticeKind::NothingGated);
    }
    // Nor what one lacks that was built with other features.
    let measured = merged.targets.iter().filter(|target| target.environment.is_some());
    let measured: Vec<String> = measured
        .map(|target| not_measured_on(&target.target, &target.package, &target.bench_target))
        .collect();
    merged.notices.retain(|notice| {
        let is_of = |beginning: &String| notice.text.starts_with(beginning);
        notice.kind != NoticeKind::NotMeasured || !measured.iter().any(is_of)
    });
    // A series may lie in several parts.
    merged.exponent_limit = exponent_limit.unwrap_or_default();
    merged.scaling = scaling(&merged.benchmarks, merged.exponent_limit);
    merged.renames = renames(&merged.benchmarks, &merged.renames);
    shards::put_together(&mut merged)?;
    Ok(merged)
}

/// Adds what another shard says of a bench target. What failed in one of them failed.
fn add_part(target: &mut TargetReport, part: TargetReport) -> Result<(), OverlapError> {
    if let (Some(first), Some(second)) = (&target.environment, &part.environment)
        && let Some(difference) = first.differences(second).first()
    {
        return Err(OverlapError::Environments {
            package: part.package,
            bench_target: part.bench_target,
            target: part.target,
            difference: difference.to_string(),
        });
    }
    match (&mut target.environment, part.environment) {
        (Some(first), Some(second)) => first.add_commands_of(&second),
        (first, second) => *first = first.take().or(second),
    }
    target.failure = target.failure.take().or(part.failure);
    for difference in part.differences {
        if !target.differences.contains(&difference) {
            target.differences.push(difference);
        }
    }
    Ok(())
}
