//! Whole comparisons over literal data.

use std::collections::BTreeMap;

use memgate_protocol::Metric;
use proptest::prelude::*;

use super::{ComparisonInput, compare};
use crate::config::parse_config;
use crate::model::{BaselineKey, Baselines, EnvironmentField, MetricKey, Observation, Run, Selection};
use crate::report::{NoticeKind, Outcome, Report, Verdict, outcome};
use crate::rules::{Limit, Policy};
use crate::samples::{
    baselines_of, baselines_of_commands, measured, metrics, part, report, run_and_baselines, run_of,
    run_of_commands, steady,
};

fn compared(runs: &[Run], baselines: &Baselines, policy: &Policy, strict: bool) -> Report {
    compare(ComparisonInput { runs, baselines, policy, today: jiff::civil::date(2026, 11, 23), strict })
}

fn verdicts(report: &Report) -> BTreeMap<String, Verdict> {
    report.benchmarks.iter().map(|benchmark| (benchmark.id.name.clone(), benchmark.verdict)).collect()
}

#[test]
fn every_verdict_is_reached() {
    let report = report();
    for (name, verdict) in verdicts(&report) {
        let expected = name.split('/').next().unwrap();
        assert_eq!(verdict.word(), expected, "{name}");
    }
    let kinds: Vec<NoticeKind> = report.notices.iter().map(|notice| notice.kind).collect();
    assert_eq!(kinds, [NoticeKind::StaleWaiver, NoticeKind::ExpiredWaiver, NoticeKind::UnmatchedGlob]);
    assert_eq!(outcome(&report), Outcome::Failed);
}

#[test]
fn the_most_serious_outcome_wins() {
    let (mut run, baselines) = run_and_baselines();
    let policy = parse_config(crate::samples::CONFIG).unwrap().policy;
    let mut without = |names: &[&str], strict| {
        for part in &mut run.bench_targets {
            part.results.retain(|name, _| !names.iter().any(|gone| name.starts_with(gone)));
        }
        run.selection.skips.extend(names.iter().map(|name| format!("/{name}")));
        outcome(&compared(std::slice::from_ref(&run), &baselines, &policy, strict))
    };
    assert_eq!(without(&[], true), Outcome::Failed);
    assert_eq!(without(&["failed"], true), Outcome::Regressed);
    assert_eq!(without(&["regressed"], true), Outcome::Regressed, "over budget is as bad");
    assert_eq!(without(&["over budget"], true), Outcome::CoverageGap);
    assert_eq!(without(&["missing"], true), Outcome::CoverageGap, "incomparable is a gap too");
    assert_eq!(without(&["incomparable"], true), Outcome::Stale);
    assert_eq!(without(&[], false), Outcome::Passed);
    assert_eq!(without(&["improved", "new"], true), Outcome::Stale, "a waiver is stale");
    assert_eq!(without(&["ok"], true), Outcome::Passed);
}

#[test]
fn without_a_baseline_nothing_is_green() {
    let head = BTreeMap::from([("a".to_owned(), measured(metrics(&[1], 1)))]);
    let report =
        compared(&[run_of(vec![part("memory", head)])], &Baselines::new(), &Policy::default(), false);
    assert_eq!(verdicts(&report)["a"], Verdict::New);
    assert_eq!(report.notices[0].kind, NoticeKind::NoBaseline);
    assert_eq!(outcome(&report), Outcome::CoverageGap);
}

#[test]
fn a_command_is_compared_in_its_own_environment_in_whichever_part_it_is() {
    // Its words are others than those of the baseline.
    let edited = "other";
    let of = |is_wanted: &dyn Fn(&str) -> bool| {
        let mut run = run_of_commands();
        for part in &mut run.bench_targets {
            part.results.retain(|name, _| is_wanted(name));
            let environment = part.environment.as_mut().unwrap();
            environment.commands.retain(|name, _| is_wanted(name));
        }
        run
    };
    let (edited_part, rest) = (of(&|name| name == edited), of(&|name| name != edited));
    for runs in [[edited_part.clone(), rest.clone()], [rest, edited_part]] {
        let report = compared(&runs, &baselines_of_commands(), &Policy::default(), false);
        assert_eq!(verdicts(&report)[edited], Verdict::Incomparable);
        assert_eq!(report.targets.last().unwrap().environment.as_ref().unwrap().commands.len(), 2);
    }
}

#[test]
fn what_was_not_selected_is_not_missing() {
    let baselines = baselines_of(
        "memory",
        BTreeMap::from([
            ("a".to_owned(), steady(&metrics(&[1], 1))),
            ("b".to_owned(), steady(&metrics(&[1], 1))),
        ]),
    );
    let head = BTreeMap::from([("a".to_owned(), measured(metrics(&[1], 1)))]);
    let mut run = run_of(vec![part("memory", head)]);
    let missing =
        |run: &Run| verdicts(&compared(std::slice::from_ref(run), &baselines, &Policy::default(), false));
    assert_eq!(missing(&run)["b"], Verdict::Missing);
    run.selection = Selection { filters: vec!["memory/a".into()], ..Selection::default() };
    assert!(!missing(&run).contains_key("b"));
    run.selection = Selection { packages: vec!["other".into()], ..Selection::default() };
    assert!(!missing(&run).contains_key("b"));
}

#[test]
fn a_waiver_is_stale_where_all_that_it_is_about_was_measured() {
    let names = ["a", "b"].map(str::to_owned);
    let baselines =
        baselines_of("memory", names.clone().map(|name| (name, steady(&metrics(&[1], 1)))).into());
    let policy = parse_config(
        "[[waiver]]\nbenchmark = \"parser/memory/*\"\nmetric = \"allocs\"\nlimit = 9\nreason = \"b has it\"",
    );
    let policy = policy.unwrap().policy;
    let stale = |run: &Run, baselines: &Baselines| {
        let report = compared(std::slice::from_ref(run), baselines, &policy, true);
        let is_stale = report.has_notice(NoticeKind::StaleWaiver);
        assert_eq!(outcome(&report), if is_stale { Outcome::Stale } else { Outcome::Passed });
        is_stale
    };
    let mut run = run_of(vec![part("memory", names.map(|name| (name, measured(metrics(&[1], 1)))).into())]);
    assert!(stale(&run, &baselines));
    let other = baselines
        .iter()
        .map(|(key, baseline)| (BaselineKey { target: "s390x".into(), ..key.clone() }, baseline));
    let of_two = baselines.clone().into_iter().chain(other.map(|(key, baseline)| (key, baseline.clone())));
    assert!(!stale(&run, &of_two.collect()), "another target may need it");
    run.bench_targets[0].results.remove("b");
    run.selection = Selection { filters: vec!["memory/a".into()], ..Selection::default() };
    assert!(!stale(&run, &baselines), "so may what was not selected");
}

#[test]
fn what_is_waived_as_a_whole_is_stale_in_what_improved() {
    let baselines = baselines_of("memory", BTreeMap::from([("a".to_owned(), steady(&metrics(&[9_000], 9)))]));
    let policy = parse_config(
        "[[waiver]]\nbenchmark = \"parser/memory/a\"\nmetric = \"allocs\"\nlimit = 20\nreason = \"for now\"",
    );
    let policy = policy.unwrap().policy;
    let of = |peak_bytes: i64, strict| {
        let head = BTreeMap::from([("a".to_owned(), measured(metrics(&[peak_bytes], 12)))]);
        let report = compared(&[run_of(vec![part("memory", head)])], &baselines, &policy, strict);
        assert_eq!(verdicts(&report)["a"], Verdict::Waived);
        outcome(&report)
    };
    assert_eq!(
        [of(9_000, true), of(2_000, true), of(2_000, false)],
        [Outcome::Passed, Outcome::Stale, Outcome::Passed]
    );
}

#[test]
fn a_bench_target_that_is_gone_is_missing_with_all_it_had() {
    let baselines = baselines_of("gone", BTreeMap::from([("a".to_owned(), steady(&metrics(&[1], 1)))]));
    let head = BTreeMap::from([("a".to_owned(), measured(metrics(&[1], 1)))]);
    let report = compared(&[run_of(vec![part("memory", head)])], &baselines, &Policy::default(), false);
    let missing: Vec<String> = report
        .benchmarks
        .iter()
        .filter(|benchmark| benchmark.verdict == Verdict::Missing)
        .map(|benchmark| benchmark.id.to_string())
        .collect();
    assert_eq!(missing, ["parser/gone/a"]);
}

#[test]
fn a_tolerated_difference_is_compared_and_told() {
    let (run, baselines) = run_and_baselines();
    let policy = Policy { tolerated: vec![EnvironmentField::Rustc], ..Policy::default() };
    let report = compared(&[run], &baselines, &policy, false);
    assert_eq!(verdicts(&report)["incomparable"], Verdict::Regressed);
    assert!(report.notices.iter().any(|notice| notice.text
        == "parser/older is compared although rustc was 1.90.0 (abc 2025-09-01) and is 1.95.0 (59807616e 2026-04-14)"));
}

#[test]
fn a_cold_metric_counts_only_when_it_is_configured() {
    let base = metrics(&[1], 1);
    let mut head = metrics(&[1], 1);
    head.insert(MetricKey::cold(Metric::Allocs), Observation::Exact(5));
    let runs = [run_of(vec![part("memory", BTreeMap::from([("a".to_owned(), measured(head))]))])];
    let verdict = |base, policy: &Policy| {
        let baselines = baselines_of("memory", BTreeMap::from([("a".to_owned(), base)]));
        verdicts(&compared(&runs, &baselines, policy, false))["a"]
    };
    let gated = parse_config("[limits]\ncold.allocs = {}").unwrap().policy;
    assert_eq!(verdict(base.clone(), &Policy::default()), Verdict::Ok);
    assert_eq!(verdict(base.clone(), &gated), Verdict::Regressed);
    assert_eq!(verdict(steady(&base), &gated), Verdict::New, "it has no committed value yet");
}

#[test]
fn a_value_that_varies_since_is_told() {
    let baselines = baselines_of("memory", BTreeMap::from([("a".to_owned(), steady(&metrics(&[4_096], 1)))]));
    let with = |peaks: &[i64]| {
        let head = BTreeMap::from([("a".to_owned(), measured(metrics(peaks, 1)))]);
        compared(&[run_of(vec![part("memory", head)])], &baselines, &Policy::default(), true)
    };
    let within = with(&[4_096, 4_100]);
    assert_eq!(verdicts(&within)["a"], Verdict::Ok);
    assert_eq!(outcome(&within), Outcome::Passed);
    let at_times = with(&[4_096, 1_000_000]);
    assert_eq!(verdicts(&at_times)["a"], Verdict::Noisy);
    assert_eq!(
        (at_times.notices.len(), outcome(&at_times)),
        (0, Outcome::Passed),
        "it may always have been so"
    );
    let beyond = with(&[4_100, 1_000_000]);
    assert_eq!(verdicts(&beyond)["a"], Verdict::Noisy);
    assert_eq!(
        beyond.notices[0].text,
        "parser/memory/a was exact and now varies beyond its limit in peak_bytes; fix it, or accept it with `update`"
    );
    assert_eq!(outcome(&beyond), Outcome::Stale, "with --strict");
}

#[test]
fn a_bench_target_without_benchmarks_is_told_and_never_green_alone() {
    let one = || part("memory", BTreeMap::from([("a".to_owned(), measured(metrics(&[1], 1)))]));
    let empty = || part("empty", BTreeMap::new());
    let baselines = baselines_of("memory", BTreeMap::from([("a".to_owned(), steady(&metrics(&[1], 1)))]));
    let notices = |runs: &[Run]| {
        let report = compared(runs, &baselines, &Policy::default(), false);
        let notices: Vec<_> =
            report.notices.iter().map(|notice| (notice.kind, notice.text.clone())).collect();
        (notices, outcome(&report))
    };
    let note = "parser/empty was not measured: it declares no benchmark".to_owned();
    let beside = notices(&[run_of(vec![one(), empty()])]);
    assert_eq!(beside, (vec![(NoticeKind::LeftOut, note)], Outcome::Passed));
    let asked = Selection { bench_targets: vec!["empty".into()], ..Selection::default() };
    let (named, found) = notices(&[Run { selection: asked, ..run_of(vec![empty()]) }]);
    assert_eq!((named[0].0, found), (NoticeKind::NotMeasured, Outcome::CoverageGap));
    let (named, _) = notices(&[run_of(vec![empty()])]);
    assert_eq!(named[0].0, NoticeKind::NotMeasured);
    // Nobody has asked for it, it has some with other features, or all that it had is missing.
    let filtered = Selection { filters: vec!["a".into()], ..Selection::default() };
    assert_eq!(notices(&[Run { selection: filtered, ..run_of(vec![one(), empty()]) }]).0, []);
    assert_eq!(notices(&[run_of(vec![one()]), run_of(vec![part("memory", BTreeMap::new())])]).0, []);
    let missing = notices(&[run_of(vec![part("memory", BTreeMap::new())])]);
    assert_eq!(missing, (vec![], Outcome::CoverageGap));
}

#[test]
fn a_gate_that_holds_nothing_back_says_so() {
    let off = "[limits]\npeak_bytes = \"off\"\ntotal_bytes = \"off\"\nallocs = \"off\"\nreallocs = \"off\"\n\
               retained_bytes = \"off\"\nleaked_bytes = \"off\"";
    let policy = parse_config(off).unwrap().policy;
    let baselines = baselines_of("memory", BTreeMap::from([("a".to_owned(), steady(&metrics(&[1], 1)))]));
    let head = BTreeMap::from([("a".to_owned(), measured(metrics(&[9], 9)))]);
    let report = compared(&[run_of(vec![part("memory", head)])], &baselines, &policy, false);
    assert_eq!(report.notices[0].kind, NoticeKind::NothingGated);
}

proptest! {
    /// Whatever the numbers are, a rise beyond the limit is never green, and no rise is never red.
    #[test]
    fn red_means_risen(base in any::<i64>(), head in any::<i64>()) {
        let base_metrics = steady(&metrics(&[base], 7));
        let baselines = baselines_of("memory", BTreeMap::from([("a".to_owned(), base_metrics)]));
        let heads = BTreeMap::from([("a".to_owned(), measured(metrics(&[head], 7)))]);
        let report = compared(&[run_of(vec![part("memory", heads)])], &baselines, &Policy::default(), false);
        let is_red = verdicts(&report)["a"] == Verdict::Regressed;
        prop_assert_eq!(is_red, Limit::DEFAULT_BYTES.is_exceeded(base, head));
        prop_assert!(!is_red || head > base);
    }
}
