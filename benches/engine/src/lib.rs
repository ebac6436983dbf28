//! Synthetic runs and baselines of any size, for measuring memgate's own engine.

pub mod worst_case;

use std::collections::BTreeMap;

use memgate_protocol::Metric;
use memgate_report::compare::{ComparisonInput, compare};
use memgate_report::model::{
    Baseline, BaselineKey, Baselines, BenchTargetRun, BenchmarkResult, Environment, Measurement, MetricKey,
    MetricMap, Observation, Phase, Profile, Run, Selection,
};
use memgate_report::report::Report;
use memgate_report::rules::Policy;

const TRIPLE: &str = "x86_64-unknown-linux-gnu";
const PACKAGE: &str = "synthetic";
const BENCH_TARGET: &str = "memory";
/// One benchmark in this many has risen.
const REGRESSED_EVERY: usize = 100;

/// A run of `count` benchmarks, one in a hundred of which has one alloc more than in [`baseline`].
#[must_use]
pub fn run(count: usize) -> Run {
    let results: BTreeMap<String, BenchmarkResult> = (0..count)
        .map(|index| {
            let metrics = metrics(index, usize::from(index % REGRESSED_EVERY == 0));
            let measurement = Measurement {
                metrics,
                peak_error_bytes: 0,
                processes: 2,
                threads: 1,
                is_custom: false,
                starts_processes: false,
            };
            (name(index), BenchmarkResult::Measured(measurement))
        })
        .collect();
    let part = BenchTargetRun {
        package: PACKAGE.into(),
        bench_target: BENCH_TARGET.into(),
        environment: Some(environment()),
        failure: None,
        declared: results.keys().cloned().collect(),
        results,
        sites: BTreeMap::new(),
        package_features: None,
    };
    Run {
        partition: None,
        revision: None,
        tool: "0.1.0".into(),
        target: TRIPLE.into(),
        selection: Selection::default(),
        bench_targets: vec![part],
        left_out: Vec::new(),
    }
}

/// A baseline of `count` benchmarks.
#[must_use]
pub fn baseline(count: usize) -> Baseline {
    let steady = |index| {
        let metrics = metrics(index, 0);
        let steady = metrics.iter().filter(|(key, _)| key.phase == Phase::Steady);
        (name(index), steady.map(|(key, value)| (key, value.clone())).collect())
    };
    Baseline { environment: environment(), benchmarks: (0..count).map(steady).collect() }
}

/// Holds a run against a baseline.
#[must_use]
pub fn compared(runs: &[Run], baselines: &Baselines) -> Report {
    let today = jiff::civil::date(2026, 11, 23);
    compare(ComparisonInput { runs, baselines, policy: &Policy::default(), today, strict: false })
}

/// A baseline as the only one of a repository.
#[must_use]
pub fn alone(baseline: Baseline) -> Baselines {
    Baselines::from([(BaselineKey::new(TRIPLE, PACKAGE, BENCH_TARGET), baseline)])
}

fn name(index: usize) -> String {
    format!("group_{}/case_{}/{}", index % 97, index % 13, index)
}

/// Values that differ from benchmark to benchmark, and `more` allocs.
fn metrics(index: usize, more: usize) -> MetricMap {
    let value = |key: MetricKey| {
        let size = i64::try_from(index * 37 % 100_003 + 1).unwrap_or(i64::MAX);
        match key.metric {
            Metric::Allocs => size + i64::try_from(more).unwrap_or(i64::MAX),
            Metric::LeakedBytes => 0,
            Metric::Reallocs => size % 7,
            Metric::PeakBytes | Metric::TotalBytes | Metric::RetainedBytes => size * 24,
        }
    };
    MetricKey::all().map(|key| (key, Observation::Exact(value(key)))).collect()
}

fn environment() -> Environment {
    Environment {
        allocator: "std::alloc::System".into(),
        commands: BTreeMap::new(),
        features: Vec::new(),
        probe: 1,
        profile: profile(),
        rustc: "1.95.0 (59807616e 2026-04-14)".into(),
        rustflags: Vec::new(),
        target: TRIPLE.into(),
    }
}

/// The settings of an ordinary `cargo bench`.
#[must_use]
pub fn profile() -> Profile {
    Profile {
        codegen_units: None,
        debug_assertions: false,
        lto: "false".into(),
        name: "bench".into(),
        opt_level: "3".into(),
        overflow_checks: false,
        packages: Vec::new(),
        panic: "unwind".into(),
    }
}
