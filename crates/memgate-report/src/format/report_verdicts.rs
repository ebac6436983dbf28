//! Whether the verdicts of a report are those that its own numbers, limits and waivers have.
//!
//! Every verdict is computed again by the code that computed it, so that there is no second opinion of what a rise is.

use super::FormatError;
use super::error::unsound;
use crate::compare::{about_gating, metric_verdict, time_verdict};
use crate::report::{BenchmarkReport, MetricReport, NoticeKind, Report, TimeReport, Verdict};
use crate::rules::Rules;

/// The exponents that a configuration can have, in thousandths.
const EXPONENT_LIMITS: std::ops::RangeInclusive<i64> = 0..=10_000;

/// Longer names of branches can't be, in bytes.
const LONGEST_BRANCH: usize = 255;

/// Checks what a report says of all its benchmarks.
pub(super) fn check_report(report: &Report) -> Result<(), FormatError> {
    if report.pull_request.as_ref().is_some_and(|pull| pull.base_branch.len() > LONGEST_BRANCH) {
        return Err(unsound(format!("its pull request has a branch of more than {LONGEST_BRANCH} bytes")));
    }
    if report.exponent_limit.thousandths().is_some_and(|limit| !EXPONENT_LIMITS.contains(&limit)) {
        return Err(unsound("its limit of exponents is none that can be configured".to_owned()));
    }
    // What nothing holds back must not look green, and neither must a limit that was compared with nothing.
    if about_gating(&report.benchmarks).is_some() && !report.has_notice(NoticeKind::NothingGated) {
        return Err(unsound("nothing in it is gated, and it does not say so".to_owned()));
    }
    let is_unsaved = |time: &TimeReport| {
        time.limit.is_some() && time.time.is_some_and(|time| time.change.is_none() || time.saved.is_none())
    };
    let mut times = report.benchmarks.iter().filter_map(|benchmark| benchmark.time.as_deref());
    if times.any(is_unsaved) && !report.has_notice(NoticeKind::NoSavedTimes) {
        return Err(unsound("a time has a limit and no saved time, and it does not say so".to_owned()));
    }
    Ok(())
}

/// Checks the verdicts on a benchmark and on its metrics. `is_comparable`: whether the environments of base and head are.
pub(super) fn check_verdicts(benchmark: &BenchmarkReport, is_comparable: bool) -> Result<(), FormatError> {
    let id = &benchmark.id;
    let mut worst = Verdict::Ok;
    for metric in &benchmark.metrics {
        let said = metric.verdict;
        let found = found(benchmark, metric, is_comparable)
            .map_err(|problem| unsound(format!("`{}` of `{id}` {problem}", metric.metric)))?;
        if said != found {
            let problem = format!("is said to be `{said}`, and by its own numbers is `{found}`");
            return Err(unsound(format!("`{}` of `{id}` {problem}", metric.metric)));
        }
        worst = worst.max(found);
    }
    let is_measured = benchmark.processes > 0;
    if is_measured && benchmark.failure.is_some() {
        return Err(unsound(format!("`{id}` failed, and was measured")));
    }
    if is_measured && benchmark.metrics.is_empty() {
        return Err(unsound(format!("`{id}` was measured, and has no numbers")));
    }
    let of_memory = match (&benchmark.failure, is_measured) {
        (Some(_), _) => Verdict::Failed,
        (None, false) => Verdict::Missing,
        (None, true) => worst,
    };
    let mut of_time = Verdict::Ok;
    if let Some(time) = benchmark.time.as_deref() {
        of_time = time_verdict(time.time.as_ref(), time.limit);
        if of_time != time.verdict {
            let said = time.verdict;
            let problem = format!("is said to be `{said}`, and by its own numbers is `{of_time}`");
            return Err(unsound(format!("the time of `{id}` {problem}")));
        }
    }
    let is_without_base = is_measured && benchmark.metrics.iter().all(|metric| metric.base.is_none());
    let found = of_memory.max(of_time);
    // Without a baseline it is new, though none of its metrics is gated.
    if benchmark.verdict == found || (is_without_base && benchmark.verdict == found.max(Verdict::New)) {
        return Ok(());
    }
    let verdict = benchmark.verdict;
    Err(unsound(format!(
        "the verdict on `{id}` is `{verdict}`, which its metrics contradict: they are `{found}`"
    )))
}

/// The verdict that a metric's own numbers have, or what is wrong with it besides.
fn found(
    benchmark: &BenchmarkReport,
    metric: &MetricReport,
    is_comparable: bool,
) -> Result<Verdict, &'static str> {
    let Some(head) = &metric.head else {
        return match (&benchmark.failure, benchmark.processes) {
            _ if metric.base.is_none() => Err("has no number at all"),
            (Some(_), 0) => Ok(Verdict::Failed),
            (None, 0) => Ok(Verdict::Missing),
            _ => Err("was measured, and has no measured number"),
        };
    };
    if benchmark.processes == 0 {
        return Err("was not measured, and has a measured number");
    }
    let rules = Rules { limit: metric.limit, budget: metric.budget };
    let verdict = |waived| metric_verdict(is_comparable, rules, metric.base.as_ref(), head, waived);
    let Some(waiver) = &metric.waiver else { return Ok(verdict(None)) };
    if verdict(None) != Verdict::Regressed {
        return Err("has a waiver that it does not need");
    }
    if waiver.is_expired && waiver.expires.is_none() {
        return Err("has a waiver that has expired and never does");
    }
    Ok(verdict((!waiver.is_expired).then_some(waiver.limit)))
}
