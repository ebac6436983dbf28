//! A gate that is right, and gates that are not.

use memgate_protocol::{Injection, Metric};

use super::{Regression, is_trusted, judge_clean, judge_injected, render_selftest};
use crate::model::{BenchmarkId, MetricKey, Observation};
use crate::report::{Report, Verdict};
use crate::rules::{LimitRule, Policy, Relative};
use crate::samples::report;

fn id() -> BenchmarkId {
    "p/t/f".parse().unwrap()
}

fn injection(regression: Regression, values: &[i64], policy: &Policy) -> Option<Injection> {
    regression.injection(&id(), &Observation::of(values.to_vec()).unwrap(), policy)
}

#[test]
fn the_smallest_regression_is_injected() {
    let policy = Policy::default();
    assert_eq!(injection(Regression::Allocs, &[120], &policy), Some(Injection::Allocs(1)));
    assert_eq!(injection(Regression::PeakBytes, &[8_000], &policy), Some(Injection::PeakBytes(257)));
    assert_eq!(injection(Regression::PeakBytes, &[1_000_000], &policy), Some(Injection::PeakBytes(10_001)));
    assert_eq!(injection(Regression::PeakBytes, &[0], &policy), Some(Injection::PeakBytes(1)));
    assert_eq!(injection(Regression::LeakedBytes, &[0], &policy), Some(Injection::LeakedBytes(1)));
    assert_eq!(injection(Regression::Reallocs, &[3, 5], &policy), Some(Injection::Reallocs(5)));
}

#[test]
fn limits_and_budgets_of_the_configuration_count() {
    let allocs = MetricKey::steady(Metric::Allocs);
    let rule = LimitRule::Gated { relative: Some(Relative::percent(5)), absolute: None };
    let five = Policy { limits: [(allocs, rule)].into(), ..Policy::default() };
    assert_eq!(injection(Regression::Allocs, &[100], &five), Some(Injection::Allocs(6)));
    let off = Policy { limits: [(allocs, LimitRule::Off)].into(), ..Policy::default() };
    assert_eq!(injection(Regression::Allocs, &[100], &off), None);
}

/// A report of the benchmarks whose allocs regressed.
fn red() -> (Report, Vec<BenchmarkId>) {
    let mut report = report();
    let allocs = MetricKey::steady(Metric::Allocs);
    report.benchmarks.retain(|benchmark| {
        let is_red = |verdict| verdict == Verdict::Regressed;
        benchmark.metrics.iter().any(|metric| metric.metric == allocs && is_red(metric.verdict))
    });
    report.targets.clear();
    report.notices.clear();
    let ids = report.benchmarks.iter().map(|benchmark| benchmark.id.clone()).collect();
    (report, ids)
}

/// The gate that everyone fears.
fn always_ok(mut report: Report) -> Report {
    for benchmark in &mut report.benchmarks {
        benchmark.verdict = Verdict::Ok;
        benchmark.metrics.iter_mut().for_each(|metric| metric.verdict = Verdict::Ok);
    }
    report
}

#[test]
fn a_gate_that_always_says_ok_is_not_proven() {
    let (report, ids) = red();
    assert!(judge_injected(Regression::Allocs, &ids, 0, &report).is_proven());
    let judged = judge_injected(Regression::Allocs, &ids, 0, &always_ok(report));
    assert!(!judged.is_proven());
    insta::assert_snapshot!(render_selftest(&[judged]), @r"
      more allocations      0 of 2 judged right  NOT PROVEN
          parser/memory/regressed: allocs is ok, and the benchmark is ok
          parser/memory/regressed/from zero: allocs is ok, and the benchmark is ok
          all: as a whole, the report is Passed and not Regressed

    memgate: the gate can't be trusted with these benchmarks; see above
    ");
}

#[test]
fn another_metric_than_the_injected_one_is_no_proof() {
    let (mut report, ids) = red();
    let peak = MetricKey::steady(Metric::PeakBytes);
    for metric in report.benchmarks.iter_mut().flat_map(|benchmark| &mut benchmark.metrics) {
        metric.verdict = if metric.metric == peak { Verdict::Regressed } else { Verdict::Ok };
    }
    assert!(!judge_injected(Regression::Allocs, &ids, 0, &report).is_proven());
    assert!(judge_injected(Regression::PeakBytes, &ids, 0, &report).is_proven());
    report.benchmarks.remove(0);
    assert!(!judge_injected(Regression::PeakBytes, &ids, 0, &report).is_proven(), "one was not measured");
}

#[test]
fn nothing_injected_has_to_be_green_and_nothing_gated_proves_nothing() {
    let (report, _) = red();
    assert!(!judge_clean(&report).is_proven());
    assert!(judge_clean(&always_ok(report.clone())).is_proven());
    let not_gated = judge_injected(Regression::Allocs, &[], 3, &report);
    assert!(!not_gated.is_proven() && not_gated.is_not_gated());
    let clean = judge_clean(&always_ok(report.clone()));
    let (report, ids) = red();
    let proven = judge_injected(Regression::Allocs, &ids, 0, &report);
    assert!(is_trusted(&[proven, not_gated.clone(), clean.clone()]));
    assert!(!is_trusted(&[not_gated, clean]), "nothing is proven");
    assert!(!is_trusted(&[]));
}
