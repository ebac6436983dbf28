//! Times against saved times.

use std::collections::BTreeMap;

use crate::model::{BenchmarkId, BenchmarkTime, TakenTime};
use crate::report::{Notice, NoticeKind, Report, TimeReport, Verdict};
use crate::rules::{Limit, Policy};
use crate::text::BENCHMARKS;

/// Puts times into a report, each with its verdict. A time without a limit changes no verdict of its benchmark.
///
/// `baseline` is the name under which times are saved.
pub fn add_times(
    report: &mut Report,
    mut times: BTreeMap<BenchmarkId, TakenTime>,
    policy: &Policy,
    baseline: &str,
) {
    let (mut unsaved, mut unsaved_and_limited) = (0, 0);
    if times.is_empty() {
        report.notices.push(Notice {
            kind: NoticeKind::Times,
            text: "no times: none of these benchmarks is criterion's".to_owned(),
        });
    }
    for benchmark in &mut report.benchmarks {
        let Some(taken) = times.remove(&benchmark.id) else { continue };
        let time = judged(taken, policy.time_limit(&benchmark.id));
        if let Some(problem) = &time.problem {
            let text = format!("no time of {}: {problem}", benchmark.id);
            report.notices.push(Notice { kind: NoticeKind::Times, text });
        }
        if time.time.is_some_and(|time| time.change.is_none()) {
            unsaved += 1;
            unsaved_and_limited += usize::from(time.limit.is_some());
        }
        benchmark.verdict = benchmark.verdict.max(time.verdict);
        benchmark.time = Some(Box::new(time));
    }
    let of = |count: usize| format!("of {}", BENCHMARKS.counted(count));
    if unsaved_and_limited > 0 {
        let text = format!(
            "the times {} have a limit, and none are saved as `{baseline}` to compare them with",
            of(unsaved_and_limited)
        );
        report.notices.push(Notice { kind: NoticeKind::NoSavedTimes, text });
    } else if unsaved > 0 {
        let text = format!("no times {} are saved as `{baseline}` yet", of(unsaved));
        report.notices.push(Notice { kind: NoticeKind::Times, text });
    }
}

fn judged(taken: TakenTime, limit: Option<Limit>) -> TimeReport {
    let (time, problem) = match taken {
        Ok(time) => (Some(time), None),
        Err(problem) => (None, Some(problem)),
    };
    TimeReport { verdict: time_verdict(time.as_ref(), limit), time, problem, limit }
}

/// The verdict on a time, or on there being none.
pub(crate) fn time_verdict(time: Option<&BenchmarkTime>, limit: Option<Limit>) -> Verdict {
    match (time, limit) {
        (_, None) => Verdict::Ok,
        (None, Some(_)) => Verdict::Failed,
        (Some(time), Some(limit)) if is_exceeded(limit, time) => Verdict::Regressed,
        (Some(_), Some(_)) => Verdict::Ok,
    }
}

/// Whether even the lower end of the change's confidence interval is beyond the limit: what may be noise is not red.
fn is_exceeded(limit: Limit, time: &BenchmarkTime) -> bool {
    let (Some(saved), Some(change)) = (time.saved, time.change) else { return false };
    let least_rise = i128::from(saved.picoseconds) * i128::from(change.lower) / 1_000_000;
    let least = i128::from(saved.picoseconds) + least_rise;
    limit.is_exceeded(saved.picoseconds, i64::try_from(least).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Outcome, outcome};
    use crate::rules::{LimitRule, Relative};
    use crate::samples::{report, time};

    fn limited(relative: u64, absolute: i64) -> Policy {
        let rule = LimitRule::Gated { relative: Some(Relative::percent(relative)), absolute: Some(absolute) };
        Policy { time: Some(rule), ..Policy::default() }
    }

    /// A report of one benchmark that is ok, with its time.
    fn with_time(taken: TakenTime, policy: &Policy) -> Report {
        let mut report = report();
        report.benchmarks.retain(|benchmark| benchmark.verdict == Verdict::Ok);
        report.benchmarks.truncate(1);
        report.targets.iter_mut().for_each(|target| target.failure = None);
        report.notices.clear();
        let id = report.benchmarks[0].id.clone();
        add_times(&mut report, BTreeMap::from([(id, taken)]), policy, "memgate");
        report
    }

    #[test]
    fn without_a_limit_no_time_is_red() {
        for taken in [Ok(time(1_000, 9_000_000)), Err("it panicked".to_owned())] {
            let report = with_time(taken, &Policy::default());
            assert_eq!((outcome(&report), report.benchmarks[0].verdict), (Outcome::Passed, Verdict::Ok));
        }
    }

    #[test]
    fn the_whole_interval_must_be_beyond_both_parts_of_the_limit() {
        let outcome_of = |taken, policy: &Policy| outcome(&with_time(taken, policy));
        assert_eq!(outcome_of(Ok(time(1_000, 100_000)), &limited(10, 0)), Outcome::Passed);
        assert_eq!(outcome_of(Ok(time(1_000, 101_000)), &limited(10, 0)), Outcome::Regressed);
        assert_eq!(outcome_of(Ok(time(1_000, 101_000)), &limited(10, 200)), Outcome::Passed);
        assert_eq!(outcome_of(Ok(time(1_000, i64::MAX)), &limited(10, 0)), Outcome::Regressed);
    }

    #[test]
    fn with_a_limit_what_was_not_compared_is_not_green() {
        let unsaved = BenchmarkTime { saved: None, change: None, ..time(1_000, 0) };
        assert_eq!(outcome(&with_time(Ok(unsaved), &limited(10, 0))), Outcome::CoverageGap);
        let failed = with_time(Err("it panicked".to_owned()), &limited(10, 0));
        assert_eq!((outcome(&failed), failed.benchmarks[0].verdict), (Outcome::Failed, Verdict::Failed));
    }
}
