//! Plans over literal data.

use std::collections::BTreeMap;

use super::{ChangeKind, UpdateError, UpdateInput, UpdatePlan, plan_update};
use crate::model::{
    BaselineKey, Baselines, BenchmarkId, BenchmarkResult, Failure, FailureKind, LeftOut, MetricKey,
    MetricMap, Need, Observation, Run, Selection,
};
use crate::rules::{LimitRule, Policy};
use crate::samples::{
    TRIPLE, baselines_of, measured, metrics, part, run_and_baselines, run_of, run_with_kernels_figures,
    steady,
};

fn plan(run: &Run, baselines: &Baselines, all: bool, prune: bool) -> Result<UpdatePlan, UpdateError> {
    let policy = Policy::default();
    plan_update(UpdateInput { runs: std::slice::from_ref(run), baselines, policy: &policy, all, prune })
}

fn committed(benchmarks: &[(&str, &MetricMap)]) -> BTreeMap<String, MetricMap> {
    benchmarks.iter().map(|(name, metrics)| ((*name).to_owned(), steady(metrics))).collect()
}

fn heads(benchmarks: &[(&str, &MetricMap)]) -> BTreeMap<String, BenchmarkResult> {
    benchmarks.iter().map(|(name, metrics)| ((*name).to_owned(), measured((*metrics).clone()))).collect()
}

fn key() -> BaselineKey {
    BaselineKey::new(TRIPLE, "parser", "memory")
}

#[test]
fn within_the_limit_the_committed_value_stays() {
    let (base, head) = (metrics(&[100_000], 10), metrics(&[100_900], 10));
    let baselines = baselines_of("memory", committed(&[("a", &base)]));
    let run = run_of(vec![part("memory", heads(&[("a", &head)]))]);
    assert_eq!(plan(&run, &baselines, false, false).unwrap(), UpdatePlan::default());
    let all = plan(&run, &baselines, true, false).unwrap();
    assert_eq!(all.writes[&key()].benchmarks["a"], steady(&head));
}

#[test]
fn slow_creep_adds_up_against_one_anchor() {
    let mut baselines = baselines_of("memory", committed(&[("a", &metrics(&[100_000], 10))]));
    let mut written = Vec::new();
    for step in 1..=4 {
        let run = run_of(vec![part("memory", heads(&[("a", &metrics(&[100_000 + step * 400], 10))]))]);
        let plan = plan(&run, &baselines, false, false).unwrap();
        written.push(plan.writes.len());
        baselines.extend(plan.writes);
    }
    assert_eq!(written, [0, 0, 1, 0], "1,200 of 100,000 is the first beyond 1 %");
}

#[test]
fn new_changed_and_gone_are_written() {
    let baselines =
        baselines_of("memory", committed(&[("changed", &metrics(&[0], 10)), ("gone", &metrics(&[0], 1))]));
    let run =
        run_of(vec![part("memory", heads(&[("changed", &metrics(&[0], 9)), ("new", &metrics(&[0], 1))]))]);
    let plan = plan(&run, &baselines, false, false).unwrap();
    let kinds: Vec<(String, bool)> = plan
        .changes
        .iter()
        .map(|change| (change.id.name.clone(), matches!(change.kind, ChangeKind::Changed(_))))
        .collect();
    assert_eq!(kinds, [("changed".into(), true), ("new".into(), false), ("gone".into(), false)]);
    assert_eq!(plan.writes[&key()].benchmarks.keys().collect::<Vec<_>>(), ["changed", "new"]);
}

#[test]
fn a_filtered_update_never_drops() {
    let baselines = baselines_of("memory", committed(&[("a", &metrics(&[0], 10)), ("b", &metrics(&[0], 1))]));
    let mut run = run_of(vec![part("memory", heads(&[("a", &metrics(&[0], 11))]))]);
    run.selection = Selection { filters: vec!["a".into()], ..Selection::default() };
    let filtered = plan(&run, &baselines, false, false).unwrap();
    assert_eq!(filtered.writes[&key()].benchmarks.keys().collect::<Vec<_>>(), ["a", "b"]);
    let pruned = plan(&run, &baselines, false, true).unwrap();
    assert_eq!(pruned.writes[&key()].benchmarks.keys().collect::<Vec<_>>(), ["a"]);
}

#[test]
fn a_bench_target_that_is_gone_goes_unless_it_was_only_left_out() {
    let mut baselines = baselines_of("memory", committed(&[("a", &metrics(&[0], 1))]));
    baselines.extend(baselines_of("gone", committed(&[("a", &metrics(&[0], 1))])));
    let elsewhere = BaselineKey { target: "aarch64-apple-darwin".into(), ..key() };
    let gone_elsewhere = BaselineKey { bench_target: "gone".into(), ..elsewhere.clone() };
    baselines.insert(elsewhere, baselines[&key()].clone());
    baselines.insert(gone_elsewhere.clone(), baselines[&key()].clone());
    let gone = BaselineKey::new(TRIPLE, "parser", "gone");
    let mut run = run_of(vec![part("memory", heads(&[("a", &metrics(&[0], 1))]))]);
    assert_eq!(plan(&run, &baselines, false, false).unwrap().removals, std::slice::from_ref(&gone));
    assert_eq!(plan(&run, &baselines, false, true).unwrap().removals, [gone_elsewhere, gone]);
    run.left_out.push(LeftOut {
        package: "parser".into(),
        bench_target: "gone".into(),
        needs: vec![Need::Feature("x".into())],
    });
    assert_eq!(plan(&run, &baselines, false, false).unwrap(), UpdatePlan::default());
    run.left_out.clear();
    run.selection = Selection { packages: vec!["parser".into()], ..Selection::default() };
    assert_eq!(plan(&run, &baselines, false, false).unwrap(), UpdatePlan::default());
}

#[test]
fn another_environment_is_all_or_nothing() {
    let (run, baselines) = run_and_baselines();
    let older = BaselineKey::new(TRIPLE, "parser", "older");
    let mut only_older = run.clone();
    only_older.bench_targets.remove(0);
    only_older.selection.bench_targets = vec!["older".into()];
    let whole = plan(&only_older, &baselines, false, false).unwrap();
    assert_eq!(whole.writes[&older].environment.rustc, "1.95.0 (59807616e 2026-04-14)");
    let mut baselines = baselines;
    let more = steady(&metrics(&[0], 1));
    baselines.get_mut(&older).unwrap().benchmarks.insert("more".into(), more);
    only_older.selection.filters = vec!["incomparable".into()];
    only_older.bench_targets[0].declared.push("more".into());
    let error = plan(&only_older, &baselines, false, false).unwrap_err().to_string();
    assert!(error.contains("run `update` without filters"), "{error}");
}

#[test]
fn what_failed_touches_nothing() {
    let failure =
        Failure { kind: FailureKind::Crashed, message: "it panicked".into(), stderr: String::new() };
    let mut results = heads(&[("a", &metrics(&[0], 11))]);
    results.insert("b".into(), BenchmarkResult::Failed(failure));
    let baselines = baselines_of("memory", committed(&[("a", &metrics(&[0], 10))]));
    let error = plan(&run_of(vec![part("memory", results)]), &baselines, false, false).unwrap_err();
    assert_eq!(error, UpdateError::Failed("parser/memory/b".into(), "it panicked".into()));
}

#[test]
fn what_only_some_machines_can_measure_stays_committed_elsewhere() {
    let cgroup = MetricKey::CGROUP;
    let gated = LimitRule::Gated { relative: None, absolute: None };
    let limits = MetricKey::KERNEL.map(|key| (key, gated)).into();
    let policy = Policy { limits, ..Policy::default() };
    let plan = |run: &Run, baselines: &Baselines, all| {
        let runs = std::slice::from_ref(run);
        plan_update(UpdateInput { runs, baselines, policy: &policy, all, prune: false }).unwrap()
    };
    let with_groups = run_with_kernels_figures();
    let baselines = plan(&with_groups, &Baselines::new(), true).writes;
    let (key, name) = baselines
        .iter()
        .flat_map(|(key, baseline)| {
            baseline.benchmarks.iter().map(move |(name, metrics)| (key, name, metrics))
        })
        .find_map(|(key, name, metrics)| metrics.get(cgroup).map(|_| (key.clone(), name.clone())))
        .unwrap();

    let mut without = with_groups.clone();
    for result in without.bench_targets.iter_mut().flat_map(|part| part.results.values_mut()) {
        let BenchmarkResult::Measured(measurement) = result else { continue };
        let told = measurement.metrics.iter().filter(|(key, _)| *key != cgroup);
        measurement.metrics = told.map(|(key, value)| (key, value.clone())).collect();
    }
    let same = plan(&without, &baselines, false);
    assert!(same.is_empty(), "{:?}", same.changes);
    assert_eq!(same.kept, [(BenchmarkId::new(&*key.package, &*key.bench_target, &*name), cgroup)]);
    // Also where the other values are new.
    for result in without.bench_targets.iter_mut().flat_map(|part| part.results.values_mut()) {
        let BenchmarkResult::Measured(measurement) = result else { continue };
        measurement.metrics.insert("allocs".parse().unwrap(), Observation::Exact(1_000));
    }
    for all in [false, true] {
        let changed = plan(&without, &baselines, all);
        let (old, new) = (&baselines[&key].benchmarks[&name], &changed.writes[&key].benchmarks[&name]);
        assert_eq!(new.get(cgroup), old.get(cgroup));
        assert_eq!(new.get("allocs".parse().unwrap()), Some(&Observation::Exact(1_000)));
        assert_eq!(changed.kept.len(), 1);
    }
    assert!(plan(&with_groups, &baselines, false).kept.is_empty());
    // Of what has no limit any more, nothing is committed.
    let policy = Policy::default();
    let runs = [without];
    let input = UpdateInput { runs: &runs, baselines: &baselines, policy: &policy, all: false, prune: false };
    let ungated = plan_update(input).unwrap();
    assert_eq!(ungated.writes[&key].benchmarks[&name].get(cgroup), None);
    assert!(ungated.kept.is_empty());
}
