//! Large files take time in proportion to their size. What is asserted is only that none takes a minute: where each part is held
//! against all others, each of these takes several.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use memgate_protocol::Metric;

use crate::acceptance::loosened_rules;
use crate::compare::{ComparisonInput, compare, merge_reports};
use crate::config::parse_config;
use crate::model::{
    BaselineKey, Baselines, BenchmarkId, EnvironmentDifference, EnvironmentField, MetricKey, Observation,
    Selection, Shard,
};
use crate::render::{Format, RenderOptions, render};
use crate::report::{Acceptance, Raise, Report, TargetReport};
use crate::samples::{TRIPLE, report, run_and_baselines};
use crate::update::{SitesSummary, UpdateInput, plan_update, render_update};

#[track_caller]
fn within_a_minute(work: impl FnOnce()) {
    let (before, started) = (own_time(), Instant::now());
    work();
    let spent = match (before, own_time()) {
        (Some(before), Some(after)) => after.saturating_sub(before),
        _ => started.elapsed(),
    };
    assert!(spent < Duration::from_secs(60), "{spent:?}");
}

/// How long this thread has had a processor, where the system tells it: other tests take their share.
fn own_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: u64 = text.split_whitespace().next()?.parse().ok()?;
    (nanoseconds > 0).then(|| Duration::from_nanos(nanoseconds))
}

fn renderings(report: &Report) {
    let options = RenderOptions {
        verbose: false,
        cold: false,
        color: false,
        width: None,
        command: "cargo memgate".into(),
        cargo_flags: Vec::new(),
        filters: Vec::new(),
    };
    for format in [Format::Terminal, Format::Markdown, Format::Junit] {
        assert!(!render(report, format, &options).is_empty());
    }
}

#[test]
fn a_configuration_of_many_rules_is_read_and_used() {
    const RULES: usize = 20_000;
    let text: String = (0..RULES)
        .map(|index| {
            format!(
                "[[benchmark]]\nmatch = \"parser/memory/{index}/*\"\nlimits = {{ allocs = {{}}, peak_bytes = {{}} }}\n\
                 [[waiver]]\nbenchmark = \"parser/memory/{index}\"\nmetric = \"allocs\"\nlimit = 1\nreason = \"later\"\n"
            )
        })
        .collect();
    let (mut run, baselines) = run_and_baselines();
    let part = &mut run.bench_targets[0];
    let result = part.results.values().next().unwrap().clone();
    part.results = (0..2_000).map(|index| (format!("{index}/a"), result.clone())).collect();
    part.declared = part.results.keys().cloned().collect();
    within_a_minute(|| {
        let config = parse_config(&text).unwrap();
        let (runs, policy, today) = ([run], &config.policy, jiff::civil::date(2026, 11, 23));
        let input = ComparisonInput { runs: &runs, baselines: &baselines, policy, today, strict: false };
        assert!(compare(input).benchmarks.len() >= 2_000);
        assert_eq!(loosened_rules(&config, &config, &[]), [] as [&str; 0]);
    });
}

#[test]
fn many_benchmarks_are_updated() {
    let (mut run, baselines) = run_and_baselines();
    run.selection = Selection::default();
    let part = &mut run.bench_targets[0];
    let key = BaselineKey::new(&*run.target, &*part.package, &*part.bench_target);
    let metrics = baselines[&key].benchmarks.values().next().unwrap().clone();
    part.declared = (0..100_000).map(|index| format!("{index}")).collect();
    part.results = BTreeMap::new();
    let mut baseline = baselines[&key].clone();
    baseline.benchmarks = part.declared.iter().map(|name| (name.clone(), metrics.clone())).collect();
    let baselines = Baselines::from([(key, baseline)]);
    within_a_minute(|| {
        let runs = [run];
        let policy = Default::default();
        let input =
            UpdateInput { runs: &runs, baselines: &baselines, policy: &policy, all: false, prune: true };
        let plan = plan_update(input).unwrap();
        assert!(!render_update(&plan, &SitesSummary::default(), 1, false, false).is_empty());
    });
}

#[test]
fn reports_of_many_shards_raises_and_targets_are_put_together() {
    let sample = report();
    let shard = |index: usize| Shard {
        target: TRIPLE.into(),
        selection: Selection { filters: vec![index.to_string()], ..Selection::default() },
        partition: "count:1/1000".parse().unwrap(),
        selected: BTreeSet::new(),
        revision: None,
    };
    let raise = |index: usize| Raise {
        target: TRIPLE.into(),
        id: BenchmarkId::new("p", "t", index.to_string()),
        metric: MetricKey::steady(Metric::Allocs),
        base: Observation::Exact(1),
        head: Observation::Exact(2),
    };
    let target = |index: usize| TargetReport {
        bench_target: format!("t{index}"),
        differences: vec![EnvironmentDifference {
            field: EnvironmentField::Rustc,
            only: None,
            base: "1.90.0".into(),
            head: "1.95.0".into(),
        }],
        failure: None,
        ..sample.targets[0].clone()
    };
    let benchmark = |index: usize| {
        let mut benchmark = sample.benchmarks[0].clone();
        benchmark.id.bench_target = format!("t{index}");
        benchmark.metrics.truncate(1);
        benchmark
    };
    let leg = |from: usize| Report {
        shards: (from..from + 500).map(shard).collect(),
        acceptance: Some(Box::new(Acceptance {
            raises: (0..20_000).map(raise).collect(),
            ..Acceptance::default()
        })),
        targets: (from..from + 2_500).map(target).collect(),
        benchmarks: (from..from + 2_500).map(benchmark).collect(),
        ..Report::default()
    };
    within_a_minute(|| {
        let merged = merge_reports(vec![leg(0), leg(10_000)], false).unwrap();
        assert_eq!(merged.acceptance.as_ref().unwrap().raises.len(), 20_000);
        assert_eq!(merged.notices.len(), 1_000);
        renderings(&merged);
    });
}
