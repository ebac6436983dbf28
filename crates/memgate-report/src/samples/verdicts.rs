//! A comparison in which every verdict comes up once, for the tests of several rooms.

use std::collections::BTreeMap;

use memgate_protocol::Metric;

use super::environments::environment;
use crate::attribution::{ChangeKind, ChangeNote, ChangeSubject, Explanation, SiteChange, Unexplained};
use crate::compare::{ComparisonInput, add_times, compare};
use crate::model::{
    Baseline, BaselineKey, Baselines, BenchTargetRun, BenchmarkResult, BenchmarkTime, Failure, FailureKind,
    LeftOut, MeanTime, Measurement, MetricKey, MetricMap, Need, Observation, Run, Selection, TimeChange,
};
use crate::report::{MeasuredPullRequest, Report, SitesReport, Timing};
use crate::rules::{ExponentLimit, LimitRule, Policy, Relative};
use crate::sites::{OtherSites, Place, SiteNumbers, StoredSite, StoredSites};

pub const TRIPLE: &str = "x86_64-unknown-linux-gnu";

/// Values of all metrics, of which the two that are given matter.
pub fn metrics(peak_bytes: &[i64], allocs: i64) -> MetricMap {
    MetricKey::all()
        .map(|key| match key.metric {
            Metric::PeakBytes => (key, Observation::of(peak_bytes.to_vec()).unwrap()),
            Metric::Allocs => (key, Observation::Exact(allocs)),
            _ => (key, Observation::Exact(0)),
        })
        .collect()
}

/// The part of [`metrics`] that a baseline has.
pub fn steady(metrics: &MetricMap) -> MetricMap {
    let steady = metrics.iter().filter(|(key, _)| key.phase == crate::model::Phase::Steady);
    steady.map(|(key, value)| (key, value.clone())).collect()
}

pub fn measured(metrics: MetricMap) -> BenchmarkResult {
    BenchmarkResult::Measured(Measurement {
        metrics,
        peak_error_bytes: 0,
        processes: 2,
        threads: 1,
        is_custom: false,
        starts_processes: false,
    })
}

pub fn part(bench_target: &str, results: BTreeMap<String, BenchmarkResult>) -> BenchTargetRun {
    BenchTargetRun {
        package: "parser".into(),
        bench_target: bench_target.into(),
        environment: Some(environment()),
        failure: None,
        declared: results.keys().cloned().collect(),
        results,
        sites: BTreeMap::new(),
        package_features: None,
    }
}

pub fn run_of(bench_targets: Vec<BenchTargetRun>) -> Run {
    Run {
        partition: None,
        revision: None,
        tool: "0.1.0".into(),
        target: TRIPLE.into(),
        selection: Selection::default(),
        bench_targets,
        left_out: Vec::new(),
    }
}

pub fn baselines_of(bench_target: &str, benchmarks: BTreeMap<String, MetricMap>) -> Baselines {
    let key = BaselineKey::new(TRIPLE, "parser", bench_target);
    Baselines::from([(key, Baseline { environment: environment(), benchmarks })])
}

pub const CONFIG: &str = r#"
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
pub fn run_and_baselines() -> (Run, Baselines) {
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
pub fn report() -> Report {
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

/// The same with the call sites of what is red, and one whose call sites could not be recorded.
pub fn explained_report() -> Report {
    let place = |function: &str, line| Place {
        function: function.to_owned(),
        file: Some("src/lib.rs".to_owned()),
        line,
    };
    let change = |delta: i64| SiteChange {
        subject: ChangeSubject::Site,
        operation: "Box::new".to_owned(),
        place: Some(place("parser::helper::<u8>", 12)),
        through: vec![Place { function: "dep::take".to_owned(), file: None, line: 0 }],
        callers: vec![place("parser::middle", 34), place("memory::regressed::{closure#0}", 56)],
        base: (delta > 1).then_some(10),
        head: delta + if delta > 1 { 10 } else { 0 },
        delta,
        kind: if delta > 1 { ChangeKind::Grew } else { ChangeKind::New },
        notes: if delta > 1 {
            vec![ChangeNote::WasIn { function: "parser::old".to_owned() }]
        } else {
            vec![]
        },
    };
    let gone = SiteChange { kind: ChangeKind::Gone, base: Some(2), head: 0, delta: -2, ..change(1) };
    let older = SiteChange {
        subject: ChangeSubject::OlderBlocks,
        operation: String::new(),
        place: None,
        through: Vec::new(),
        callers: Vec::new(),
        ..change(1)
    };
    let mut report = report();
    for benchmark in &mut report.benchmarks {
        let explanations = benchmark
            .red()
            .map(|metric| Explanation {
                metric: metric.metric,
                changes: vec![change(6), change(1), older.clone(), gone.clone()],
                unexplained: vec![Unexplained::BaseDiffers { sites: 119, gated: 120 }],
                peak: None,
            })
            .collect::<Vec<_>>();
        benchmark.sites = match &*benchmark.id.name {
            "over budget" => Some(Box::new(SitesReport::failed("it panicked".to_owned()))),
            _ if explanations.is_empty() => None,
            _ => Some(Box::new(SitesReport {
                explanations,
                notes: vec!["/bin/app has no debug information".to_owned()],
                failure: None,
            })),
        };
    }
    report
}

/// The run of [`run_and_baselines`] with the call sites of two benchmarks.
pub fn run_with_sites() -> Run {
    let numbers = |allocs| SiteNumbers::default().with(Metric::Allocs, allocs);
    let site = |key: &str, positions| StoredSite { key: key.parse().expect("a key"), positions };
    let sites = StoredSites {
        sites: vec![
            site("Box::new <- parser::helper", vec![numbers(1), numbers(2)]),
            site("Vec::push <- parser::split <- parser::parse", vec![numbers(4)]),
        ],
        other: OtherSites { sites: 2, numbers: numbers(3), largest: numbers(2) },
        older: SiteNumbers::default().with(Metric::RetainedBytes, -8),
    };
    let (mut run, _) = run_and_baselines();
    for part in &mut run.bench_targets {
        let names = part.results.keys().take(2).cloned();
        part.sites = names.map(|name| (name, sites.clone())).collect();
    }
    run
}

/// A run of a shard.
pub fn shard_run() -> Run {
    Run { partition: "hash:2/3".parse().ok(), ..run_with_sites() }
}

/// A run that left a bench target out, and of which a benchmark starts other processes.
pub fn incomplete_run() -> Run {
    let left_out = LeftOut {
        package: "parser".into(),
        bench_target: "other".into(),
        needs: vec![Need::Feature("heap".into()), Need::Main],
    };
    let mut run = Run { left_out: vec![left_out], ..shard_run() };
    let results = run.bench_targets.iter_mut().flat_map(|part| part.results.values_mut());
    for result in results {
        if let BenchmarkResult::Measured(measurement) = result {
            measurement.starts_processes = true;
        }
    }
    run
}

/// The sizes of a series.
pub const SIZES: [i64; 4] = [10, 100, 1_000, 10_000];

/// A report on the series `build`, of its committed and measured peaks and of one allocation each.
pub fn series_report(base: &[i64], head: &[i64], policy: &Policy) -> Report {
    let of = |peaks: &[i64]| {
        let named = |(size, peak): (&i64, &i64)| (format!("build/{size}"), metrics(&[*peak], 1));
        SIZES.iter().zip(peaks).map(named).collect::<BTreeMap<_, _>>()
    };
    let heads = of(head).into_iter().map(|(name, metrics)| (name, measured(metrics))).collect();
    let bases = of(base).into_iter().map(|(name, metrics)| (name, steady(&metrics))).collect();
    let run = Run { partition: "hash:2/3".parse().ok(), ..run_of(vec![part("memory", heads)]) };
    compare(ComparisonInput {
        runs: &[run],
        baselines: &baselines_of("memory", bases),
        policy,
        today: jiff::civil::date(2026, 11, 23),
        strict: false,
    })
}

/// A report on a shard with a series that became quadratic.
pub fn scaled_report() -> Report {
    let policy = Policy { exponent: ExponentLimit::Gated(150), ..Policy::default() };
    series_report(&SIZES.map(|size| 8 * size + 24), &SIZES.map(|size| 8 * size * size), &policy)
}

/// The same for a pull request.
pub fn pull_request_report() -> Report {
    let pull_request = Some(MeasuredPullRequest { number: 5, base_branch: "release/1.x".to_owned() });
    Report { pull_request, ..scaled_report() }
}

/// A time whose change's confidence interval is a tenth wide.
pub fn time(saved: i64, lower: i64) -> BenchmarkTime {
    let mean = |picoseconds: i64| MeanTime {
        picoseconds,
        lower: picoseconds / 10 * 9,
        upper: picoseconds.saturating_add(picoseconds / 10),
    };
    let change =
        TimeChange { millionths: lower.saturating_add(50_000), lower, upper: lower.saturating_add(100_000) };
    let saved = mean(saved);
    BenchmarkTime { mean: saved, confidence_percent: 95, saved: Some(saved), change: Some(change) }
}

/// The report with times: limited, and of each trend.
pub fn timed_report() -> Report {
    let mut report = report();
    let limit = LimitRule::Gated { relative: Some(Relative::percent(15)), absolute: Some(2_000_000) };
    let policy = Policy { time: Some(limit), ..Policy::default() };
    let measured = report.benchmarks.iter().filter(|benchmark| benchmark.processes > 0);
    let ids: Vec<_> = measured.map(|benchmark| benchmark.id.clone()).collect();
    let taken = [
        Ok(time(12_345_678, 300_000)),
        Ok(time(999_000, -200_000)),
        Ok(time(1_500_000_000, 30_000)),
        Ok(time(420, -50_000)),
        Err("it panicked (exit code 101)".to_owned()),
        Ok(BenchmarkTime { saved: None, change: None, ..time(1_000, 0) }),
    ];
    add_times(&mut report, ids.into_iter().zip(taken).collect(), &policy, "memgate");
    report
}
