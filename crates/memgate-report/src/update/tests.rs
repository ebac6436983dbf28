//! Plans over literal data.

use std::collections::BTreeMap;

use super::{ChangeKind, UpdateError, UpdateInput, UpdatePlan, plan_update};
use crate::model::{
    BaselineKey, Baselines, BenchmarkResult, Failure, FailureKind, LeftOut, MetricMap, Need, Run, Selection,
};
use crate::rules::Policy;
use crate::samples::{TRIPLE, baselines_of, measured, metrics, part, run_and_baselines, run_of, steady};

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
