//! What is asked again before it is said.
//!
//! A value that differs from process to process may agree in two of them by luck. So what would be red, or make a baseline
//! stale, is measured anew in more processes, and only if these say the same it is said. A leak of which there was no time to
//! be sure is looked at for longer.

use std::collections::BTreeSet;

use memgate_protocol::Metric;

use super::run::became_noisy;
use crate::model::{BenchmarkId, MetricKey, Run};
use crate::report::{MetricReport, Report, Verdict};
use crate::scaling::benchmarks_of;

/// The run with everything measured again, by `again`, of which `judge` says something that matters.
///
/// The second measurement takes the place of the first. Each benchmark is measured again once: what other numbers then say
/// of it is what is said.
///
/// # Errors
/// Those of `again`.
pub fn without_doubt<E>(
    mut run: Run,
    judge: impl Fn(&Run) -> Report,
    mut again: impl FnMut(Run, &BTreeSet<BenchmarkId>) -> Result<Run, E>,
) -> Result<Run, E> {
    let mut asked: BTreeSet<BenchmarkId> = BTreeSet::new();
    loop {
        // A series may become steeper by what the second measurement says of one of its sizes.
        let doubtful: BTreeSet<BenchmarkId> = in_doubt(&judge(&run)).difference(&asked).cloned().collect();
        if doubtful.is_empty() {
            return Ok(run);
        }
        run = again(run, &doubtful)?;
        asked.extend(doubtful);
    }
}

/// The benchmarks of which a report says that they rose, fell, or vary where they did not, or that their series grows more
/// steeply.
fn in_doubt(report: &Report) -> BTreeSet<BenchmarkId> {
    let matters = |verdict| matches!(verdict, Verdict::Regressed | Verdict::OverBudget | Verdict::Improved);
    let of_values = report.benchmarks.iter().filter(|benchmark| {
        benchmark.metrics.iter().any(|metric| matters(metric.verdict) || may_leak(metric))
            || became_noisy(benchmark).is_some()
    });
    let of_series = report.scaling.iter().filter(|series| series.steeper().next().is_some());
    let measured =
        of_values.filter(|benchmark| benchmark.processes > 0).map(|benchmark| benchmark.id.clone());
    let of_series = of_series.flat_map(|series| benchmarks_of(series, &report.benchmarks));
    measured.chain(of_series.map(|benchmark| benchmark.id.clone())).collect()
}

/// Whether a value may be a leak that base had not, and nothing is sure. Where base is a spread, that is no news.
fn may_leak(metric: &MetricReport) -> bool {
    let is_new = || match (&metric.base, &metric.head) {
        (Some(base), Some(head)) => base.is_exact() && head.maximum() > base.maximum(),
        _ => false,
    };
    metric.metric == MetricKey::steady(Metric::LeakedBytes) && metric.verdict == Verdict::Noisy && is_new()
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;
    use crate::model::Observation;
    use crate::samples::{report, run_and_baselines, scaled_report};

    fn asked(report: &Report) -> Vec<Vec<String>> {
        let mut asked = Vec::new();
        let judge = |_: &Run| report.clone();
        let run = without_doubt(run_and_baselines().0, judge, |run, ids| -> Result<Run, Infallible> {
            asked.push(ids.iter().map(|id| id.name.clone()).collect());
            Ok(run)
        });
        assert!(run.is_ok());
        asked
    }

    #[test]
    fn what_matters_is_asked_again_once() {
        let names = ["improved", "over budget", "regressed", "regressed/from zero"];
        assert_eq!(asked(&report()), [names.map(str::to_owned)]);
    }

    #[test]
    fn a_leak_that_is_not_sure_is_asked_again_where_base_is() {
        let asked_of = |base: Vec<i64>, key: MetricKey| {
            let mut report = report();
            report.scaling.clear();
            report.benchmarks.retain(|benchmark| !benchmark.metrics.is_empty());
            report.benchmarks.truncate(1);
            let benchmark = &mut report.benchmarks[0];
            benchmark.processes = 2;
            benchmark.metrics.truncate(1);
            benchmark.metrics[0].metric = key;
            benchmark.metrics[0].verdict = Verdict::Noisy;
            benchmark.metrics[0].base = Observation::of(base);
            benchmark.metrics[0].head = Observation::of(vec![0, 12]);
            asked(&report).len()
        };
        let leaked = MetricKey::steady(Metric::LeakedBytes);
        assert_eq!(asked_of(vec![0], leaked), 1);
        assert_eq!(asked_of(vec![0, 12], leaked), 0);
        assert_eq!(asked_of(vec![12], leaked), 0);
        assert_eq!(asked_of(vec![0], MetricKey::steady(Metric::RetainedBytes)), 0);
    }

    #[test]
    fn a_series_is_asked_again_as_a_whole_and_by_its_own_names() {
        for separator in ["/", "::"] {
            let mut report = scaled_report();
            let series = report.scaling[0].series.name.clone();
            for benchmark in &mut report.benchmarks {
                benchmark.id.name =
                    benchmark.id.name.replace(&format!("{series}/"), &format!("{series}{separator}"));
                benchmark.metrics.iter_mut().for_each(|metric| metric.verdict = Verdict::Ok);
            }
            let names = report.scaling[0].sizes.iter().map(|size| format!("{series}{separator}{size}"));
            let mut names: Vec<String> = names.collect();
            names.sort();
            assert_eq!(asked(&report), [names]);
        }
    }
}
