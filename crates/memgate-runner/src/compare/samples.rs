//! A comparison in which every verdict comes up once, for the tests of several rooms.

use std::collections::BTreeMap;

use memgate::protocol::Metric;

use super::{ComparisonInput, Policy, compare};
use crate::format::tests_support::environment;
use crate::model::{
    Baseline, BaselineKey, Baselines, BenchTargetRun, BenchmarkResult, Failure, FailureKind, Measurement,
    MetricKey, MetricMap, Observation, Run, Selection,
};
use crate::report::{Report, Timing};

pub(crate) const TRIPLE: &str = "x86_64-unknown-linux-gnu";

/// Values of all metrics, of which the two that are given matter.
pub(crate) fn metrics(peak_bytes: &[i64], allocs: i64) -> MetricMap {
    MetricKey::all()
        .map(|key| match key.metric {
            Metric::PeakBytes => (key, Observation::of(peak_bytes.to_vec()).unwrap()),
            Metric::Allocs => (key, Observation::Exact(allocs)),
            _ => (key, Observation::Exact(0)),
        })
        .collect()
}

/// The part of [`metrics`] that a baseline has.
pub(crate) fn steady(metrics: &MetricMap) -> MetricMap {
    let steady = metrics.iter().filter(|(key, _)| key.phase == crate::model::Phase::Steady);
    steady.map(|(key, value)| (key, value.clone())).collect()
}

pub(crate) fn measured(metrics: MetricMap) -> BenchmarkResult {
    BenchmarkResult::Measured(Measurement { metrics, peak_error_bytes: 0, processes: 2, threads: 1 })
}

pub(crate) fn part(bench_target: &str, results: BTreeMap<String, BenchmarkResult>) -> BenchTargetRun {
    BenchTargetRun {
        package: "parser".into(),
        bench_target: bench_target.into(),
        environment: Some(environment()),
        failure: None,
        declared: results.keys().cloned().collect(),
        results,
    }
}

pub(crate) fn run_of(bench_targets: Vec<BenchTargetRun>) -> Run {
    Run {
        tool: "0.1.0".into(),
        target: TRIPLE.into(),
        selection: Selection::default(),
        bench_targets,
        left_out: Vec::new(),
    }
}

pub(crate) fn baselines_of(bench_target: &str, benchmarks: BTreeMap<String, MetricMap>) -> Baselines {
    let key = BaselineKey::new(TRIPLE, "parser", bench_target);
    Baselines::from([(key, Baseline { environment: environment(), benchmarks })])
}

pub(crate) const CONFIG: &str = r#"
[[benchmark]]
match = "*/over budget"
budget = { peak_bytes = "8 KiB" }

[[benchmark]]
match = "nothing/*"

[[waiver]]
benchmark = "parser/memory/waived"
metric = "allocs"
limit = 12
reason = "interning lands with the next release"
expires = "2027-01-31"

[[waiver]]
benchmark = "parser/memory/ok"
metric = "allocs"
limit = 12
reason = "not needed any more"
expires = "2026-01-31"
"#;

/// A benchmark of each verdict, named after it.
pub(crate) fn run_and_baselines() -> (Run, Baselines) {
    let rows: [(&str, Option<MetricMap>, Option<MetricMap>); 9] = [
        ("ok", Some(metrics(&[4_096], 10)), Some(metrics(&[4_100], 10))),
        ("improved", Some(metrics(&[40_960], 10)), Some(metrics(&[20_480], 9))),
        ("new", None, Some(metrics(&[123_456_789], 1_000))),
        ("waived", Some(metrics(&[4_096], 10)), Some(metrics(&[4_096], 12))),
        ("noisy", Some(metrics(&[10_000, 12_000], 10)), Some(metrics(&[10_000, 20_000], 10))),
        ("missing", Some(metrics(&[4_096], 10)), None),
        ("over budget", Some(metrics(&[8_300], 10)), Some(metrics(&[8_300], 10))),
        ("regressed", Some(metrics(&[4_096], 120)), Some(metrics(&[1_048_576], 121))),
        ("regressed/from zero", Some(metrics(&[0], 0)), Some(metrics(&[64], 2))),
    ];
    let (mut heads, mut bases) = (BTreeMap::new(), BTreeMap::new());
    for (name, base, head) in rows {
        if let Some(base) = base {
            bases.insert(name.to_owned(), steady(&base));
        }
        if let Some(head) = head {
            heads.insert(name.to_owned(), measured(head));
        }
    }
    let failure = Failure {
        kind: FailureKind::Crashed,
        message: "it panicked (exit code 101) before it was measured".into(),
        stderr: "thread 'main' panicked at benches/memory.rs:7:5:\n<script>alert(1)</script> | `x`".into(),
    };
    heads.insert("failed".into(), BenchmarkResult::Failed(failure));
    let mut baselines = baselines_of("memory", bases);
    let mut old = environment();
    old.rustc = "1.90.0 (abc 2025-09-01)".into();
    let numbers = BTreeMap::from([("incomparable".to_owned(), steady(&metrics(&[4_096], 10)))]);
    let key = BaselineKey::new(TRIPLE, "parser", "older");
    baselines.insert(key, Baseline { environment: old, benchmarks: numbers });
    let head = BTreeMap::from([("incomparable".to_owned(), measured(metrics(&[4_096], 11)))]);
    (run_of(vec![part("memory", heads), part("older", head)]), baselines)
}

/// The report on [`run_and_baselines`].
pub(crate) fn report() -> Report {
    let (run, baselines) = run_and_baselines();
    let policy: Policy = crate::config::parse_config(CONFIG).unwrap().policy;
    let mut report = compare(ComparisonInput {
        runs: &[run],
        baselines: &baselines,
        policy: &policy,
        today: jiff::civil::date(2026, 11, 23),
        strict: false,
    });
    report.timing = Some(Timing { build_ms: 1_040, measure_ms: 4_210 });
    report
}
