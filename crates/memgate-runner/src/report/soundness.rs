//! Whether a report that was read can be what it says.
//!
//! A report may come from anywhere, such as the pull request of a stranger. What is checked here is that it is one that this
//! tool could have written: its names are names, its numbers are possible, and it does not contradict itself. Its numbers
//! may still be invented; a report informs, and the exit code of the job that measured is the gate.

use std::collections::HashSet;

use memgate::protocol::Metric;

use super::{BenchmarkReport, MetricReport, Report};
use crate::acceptance::Acceptance;
use crate::compare::Verdict;
use crate::format::{FormatError, check_foreign_name, check_part};
use crate::model::EnvironmentField;

/// Checks names, numbers and verdicts.
pub(super) fn check(report: &Report) -> Result<(), FormatError> {
    let mut places = HashSet::new();
    for target in &report.targets {
        for name in [&target.target, &target.package, &target.bench_target] {
            check_part(name)?;
        }
        let fields: HashSet<EnvironmentField> = target.differences.iter().map(|one| one.field).collect();
        if fields.len() != target.differences.len() {
            let (package, bench_target) = (&target.package, &target.bench_target);
            return Err(unsound(format!("a difference of `{package}/{bench_target}` stands twice")));
        }
        if !places.insert((&target.target, &target.package, &target.bench_target)) {
            let (package, bench_target) = (&target.package, &target.bench_target);
            return Err(unsound(format!("the bench target `{package}/{bench_target}` stands twice")));
        }
    }
    for shard in &report.shards {
        check_part(&shard.target)?;
        for id in &shard.selected {
            check_part(&id.package)?;
            check_part(&id.bench_target)?;
            check_foreign_name(&id.name)?;
        }
    }
    let mut ids = HashSet::new();
    for benchmark in &report.benchmarks {
        for name in [&benchmark.target, &benchmark.id.package, &benchmark.id.bench_target] {
            check_part(name)?;
        }
        check_foreign_name(&benchmark.id.name)?;
        if !ids.insert((&benchmark.target, &benchmark.id)) {
            return Err(unsound(format!("the benchmark `{}` stands twice", benchmark.id)));
        }
        check_benchmark(benchmark)?;
    }
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
        check_foreign_name(&id.name)?;
    }
    for raise in &acceptance.raises {
        if !raise.base.is_sound() || !raise.head.is_sound() || raise.head.maximum() < raise.base.minimum() {
            return Err(unsound(format!("what is accepted for `{}` does not rise", raise.id)));
        }
    }
    let is_commit =
        acceptance.base.len() <= 64 && acceptance.base.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_commit { Ok(()) } else { Err(unsound(format!("{:?} is no commit", acceptance.base))) }
}

fn check_benchmark(benchmark: &BenchmarkReport) -> Result<(), FormatError> {
    let mut metrics = HashSet::new();
    for metric in &benchmark.metrics {
        if !metrics.insert(metric.metric) {
            return Err(unsound(format!("`{}` of `{}` stands twice", metric.metric, benchmark.id)));
        }
        if let Some(problem) = impossible(metric) {
            return Err(unsound(format!("`{}` of `{}` {problem}", metric.metric, benchmark.id)));
        }
    }
    let explained = benchmark.sites.iter().flat_map(|sites| &sites.explanations);
    let mut explanations = HashSet::new();
    if !explained.into_iter().all(|explanation| explanations.insert(explanation.metric)) {
        return Err(unsound(format!("the call sites of one metric of `{}` stand twice", benchmark.id)));
    }
    let worst = benchmark.metrics.iter().map(|metric| metric.verdict).max().unwrap_or(Verdict::Ok);
    let time = benchmark.time.as_ref().map_or(Verdict::Ok, |time| time.verdict);
    let worst = worst.max(time);
    let is_consistent = match benchmark.verdict {
        Verdict::Failed => benchmark.failure.is_some() || time == Verdict::Failed,
        Verdict::Missing => benchmark.failure.is_none() && worst <= Verdict::Missing,
        verdict => benchmark.failure.is_none() && (verdict == worst || verdict == worst.max(Verdict::New)),
    };
    if is_consistent {
        return Ok(());
    }
    let (verdict, id) = (benchmark.verdict, &benchmark.id);
    Err(unsound(format!("the verdict on `{id}` is `{verdict}`, which its metrics contradict")))
}

/// What is wrong with the numbers of a metric.
fn impossible(metric: &MetricReport) -> Option<&'static str> {
    let mut values = [&metric.base, &metric.head].into_iter().flatten();
    if values.clone().any(|value| !value.is_sound()) {
        return Some("is no spread of values");
    }
    if metric.metric.metric != Metric::RetainedBytes && values.any(|value| value.minimum() < 0) {
        return Some("is negative");
    }
    (metric.limit.is_some_and(|limit| limit.absolute < 0)).then_some("has a limit below zero")
}

fn unsound(problem: String) -> FormatError {
    FormatError::Unsound(problem)
}
