//! Whether a report that was read can be what it says.
//!
//! A report may come from anywhere, such as the pull request of a stranger. What is checked here is that it is one that this
//! tool could have written: its names are names, its numbers are possible, and it does not contradict itself: what it says of
//! its numbers is what this tool says of them (`soundness_verdicts`). Its numbers may still be invented; a report informs, and
//! the exit code of the job that measured is the gate.
//!
//! The sums of call sites are not compared with the numbers: they explain a verdict, and no verdict follows from them.

use std::collections::HashSet;

use super::error::unsound;
use super::numbers::what_is_unsound;
use super::report_verdicts::{check_report, check_verdicts};
use super::{FormatError, check_benchmark, check_part};
use crate::model::EnvironmentField;
use crate::report::{Acceptance, BenchmarkReport, MetricReport, Report, SitesReport, TimeReport, is_raised};

/// Checks names, numbers and verdicts.
pub(super) fn check(report: &Report) -> Result<(), FormatError> {
    let mut places = HashSet::new();
    // Where the environments of base and head forbid a comparison.
    let mut incomparable = HashSet::new();
    for target in &report.targets {
        for name in [&target.target, &target.package, &target.bench_target] {
            check_part(name)?;
        }
        let fields: HashSet<(EnvironmentField, Option<&str>)> =
            target.differences.iter().map(|one| (one.field, one.only.as_deref())).collect();
        if fields.len() != target.differences.len() {
            let (package, bench_target) = (&target.package, &target.bench_target);
            return Err(unsound(format!("a difference of `{package}/{bench_target}` stands twice")));
        }
        if !places.insert((&target.target, &target.package, &target.bench_target)) {
            let (package, bench_target) = (&target.package, &target.bench_target);
            return Err(unsound(format!("the bench target `{package}/{bench_target}` stands twice")));
        }
        for difference in &target.differences {
            difference.only.as_deref().map_or(Ok(()), check_benchmark)?;
            let place = (&target.target, &target.package, &target.bench_target);
            incomparable.insert((place, difference.only.as_deref()));
        }
        let of_commands = target.environment.iter().flat_map(|environment| environment.commands.keys());
        of_commands.map(String::as_str).try_for_each(check_benchmark)?;
    }
    for change in &report.dependencies {
        for name in std::iter::once(&change.package)
            .chain(&change.base)
            .chain(&change.head)
            .chain(&change.gained_features)
            .chain(&change.lost_features)
        {
            check_part(name)?;
        }
    }
    for shard in &report.shards {
        check_part(&shard.target)?;
        for id in &shard.selected {
            check_part(&id.package)?;
            check_part(&id.bench_target)?;
            check_benchmark(&id.name)?;
        }
    }
    let mut ids = HashSet::new();
    for benchmark in &report.benchmarks {
        for name in [&benchmark.target, &benchmark.id.package, &benchmark.id.bench_target] {
            check_part(name)?;
        }
        check_benchmark(&benchmark.id.name)?;
        if !ids.insert((&benchmark.target, &benchmark.id)) {
            return Err(unsound(format!("the benchmark `{}` stands twice", benchmark.id)));
        }
        check_numbers(benchmark)?;
        let place = (&benchmark.target, &benchmark.id.package, &benchmark.id.bench_target);
        let is_comparable = !incomparable.contains(&(place, None))
            && !incomparable.contains(&(place, Some(benchmark.id.name.as_str())));
        check_verdicts(benchmark, is_comparable)?;
    }
    check_report(report)?;
    match &report.acceptance {
        Some(acceptance) => check_acceptance(acceptance),
        None => Ok(()),
    }
}

fn check_acceptance(acceptance: &Acceptance) -> Result<(), FormatError> {
    let raises = acceptance.raises.iter().map(|raise| (&raise.target, &raise.id));
    for (target, id) in raises.chain(acceptance.dropped.iter().map(|dropped| (&dropped.target, &dropped.id)))
    {
        for name in [target, &id.package, &id.bench_target] {
            check_part(name)?;
        }
        check_benchmark(&id.name)?;
    }
    let mut raised = HashSet::new();
    for raise in &acceptance.raises {
        if !raise.base.is_sound() || !raise.head.is_sound() || !is_raised(&raise.base, &raise.head) {
            return Err(unsound(format!("what is accepted for `{}` does not rise", raise.id)));
        }
        if !raised.insert((&raise.target, &raise.id, raise.metric)) {
            return Err(unsound(format!("what is accepted for `{}` stands twice", raise.id)));
        }
    }
    let is_commit =
        acceptance.base.len() <= 64 && acceptance.base.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_commit { Ok(()) } else { Err(unsound(format!("{:?} is no commit", acceptance.base))) }
}

fn check_numbers(benchmark: &BenchmarkReport) -> Result<(), FormatError> {
    let mut metrics = HashSet::new();
    for metric in &benchmark.metrics {
        if !metrics.insert(metric.metric) {
            return Err(unsound(format!("`{}` of `{}` stands twice", metric.metric, benchmark.id)));
        }
        if let Some(problem) = impossible(metric) {
            return Err(unsound(format!("`{}` of `{}` {problem}", metric.metric, benchmark.id)));
        }
    }
    let time = benchmark.time.as_deref().and_then(impossible_time);
    if let Some(problem) = time.or_else(|| benchmark.sites.as_deref().and_then(impossible_sites)) {
        return Err(unsound(format!("{problem} of `{}`", benchmark.id)));
    }
    Ok(())
}

/// What is wrong with the numbers of a time, before "of".
fn impossible_time(report: &TimeReport) -> Option<&'static str> {
    if report.time.is_some() == report.problem.is_some() {
        return Some("there is no time, or a time that could not be taken,");
    }
    let is_possible =
        |mean: &crate::model::MeanTime| mean.lower >= 0 && mean.picoseconds >= 0 && mean.lower <= mean.upper;
    let time = report.time.as_ref()?;
    let means = std::iter::once(&time.mean).chain(&time.saved);
    let is_change_possible =
        time.change.is_none_or(|change| time.saved.is_some() && change.lower <= change.upper);
    let is_limit_possible = report.limit.is_none_or(|limit| limit.absolute >= 0);
    (!(means.into_iter().all(is_possible) && is_change_possible && is_limit_possible))
        .then_some("there is an impossible time")
}

/// What is wrong with the numbers of call sites, before "of".
fn impossible_sites(sites: &SitesReport) -> Option<&'static str> {
    let mut metrics = HashSet::new();
    if !sites.explanations.iter().all(|explanation| metrics.insert(explanation.metric)) {
        return Some("one metric stands twice in the call sites");
    }
    let mut changes = sites.explanations.iter().flat_map(|explanation| &explanation.changes);
    let is_difference = |change: &crate::attribution::SiteChange| {
        change.delta == change.head.wrapping_sub(change.base.unwrap_or_default())
    };
    (!changes.all(is_difference))
        .then_some("a call site has another difference than its numbers, in the sites")
}

/// What is wrong with the numbers of a metric.
fn impossible(metric: &MetricReport) -> Option<&'static str> {
    let mut values = [&metric.base, &metric.head].into_iter().flatten();
    values
        .find_map(|value| what_is_unsound(metric.metric, value))
        .or_else(|| metric.limit.is_some_and(|limit| limit.absolute < 0).then_some("has a limit below zero"))
}
