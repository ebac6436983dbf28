//! Reports whose verdicts are not those of their numbers, and that all others are read.

use std::collections::BTreeMap;

use memgate_protocol::Metric;
use proptest::prelude::*;

use super::{parse_report, print_report};
use crate::compare::{ComparisonInput, compare};
use crate::model::{MetricKey, Observation};
use crate::report::{MetricReport, NoticeKind, Report, Verdict};
use crate::rules::{ExponentLimit, Policy};
use crate::samples::{
    TRIPLE, baselines_of, explained_report, measured, metrics, part, pull_request_report, report, run_of,
    scaled_report, steady, timed_report,
};

fn of<'a>(report: &'a mut Report, name: &str) -> &'a mut crate::report::BenchmarkReport {
    report.benchmarks.iter_mut().find(|benchmark| benchmark.id.name == name).unwrap()
}

fn metric(benchmark: &mut crate::report::BenchmarkReport, metric: Metric) -> &mut MetricReport {
    benchmark.metrics.iter_mut().find(|found| found.metric == MetricKey::steady(metric)).unwrap()
}

/// What is said of a report after a change to it; its outcome always fits.
#[track_caller]
fn problem(mut report: Report, change: impl FnOnce(&mut Report)) -> String {
    assert_eq!(parse_report(print_report(&report).as_bytes()).unwrap(), report);
    change(&mut report);
    let text = print_report(&report);
    parse_report(text.as_bytes()).expect_err("a report that contradicts itself").to_string()
}

/// Makes a benchmark look well.
fn whitewash(report: &mut Report, name: &str) {
    let benchmark = of(report, name);
    benchmark.verdict = Verdict::Ok;
    benchmark.metrics.iter_mut().for_each(|metric| metric.verdict = Verdict::Ok);
}

#[test]
fn every_report_of_this_tool_s_own_is_read() {
    for report in [report(), explained_report(), timed_report(), scaled_report(), pull_request_report()] {
        assert_eq!(parse_report(print_report(&report).as_bytes()).unwrap(), report);
    }
}

#[test]
fn no_verdict_is_better_than_its_numbers() {
    for (name, found) in [
        (
            "regressed",
            "`peak_bytes` of `parser/memory/regressed` is said to be `ok`, and by its own numbers is `regressed`",
        ),
        (
            "over budget",
            "`peak_bytes` of `parser/memory/over budget` is said to be `ok`, and by its own numbers is `over budget`",
        ),
        ("noisy", "is said to be `ok`, and by its own numbers is `noisy`"),
        ("improved", "is said to be `ok`, and by its own numbers is `improved`"),
        ("incomparable", "is said to be `ok`, and by its own numbers is `incomparable`"),
        ("missing", "is said to be `ok`, and by its own numbers is `missing`"),
        ("new", "is said to be `ok`, and by its own numbers is `new`"),
        (
            "waived",
            "`allocs` of `parser/memory/waived` is said to be `ok`, and by its own numbers is `waived`",
        ),
        (
            "failed",
            "the verdict on `parser/memory/failed` is `ok`, which its metrics contradict: they are `failed`",
        ),
    ] {
        let said = problem(report(), |report| whitewash(report, name));
        assert!(said.contains(found), "{name}: {said}");
    }
}

#[test]
fn no_verdict_is_worse_than_its_numbers_either() {
    let said = problem(report(), |report| {
        let benchmark = of(report, "ok");
        benchmark.verdict = Verdict::Regressed;
        metric(benchmark, Metric::Allocs).verdict = Verdict::Regressed;
    });
    assert!(said.contains("is said to be `regressed`, and by its own numbers is `ok`"), "{said}");
    let said = problem(report(), |report| of(report, "ok").verdict = Verdict::New);
    assert!(said.contains("the verdict on `parser/memory/ok` is `new`"), "{said}");
}

#[test]
fn what_was_not_measured_has_no_numbers() {
    type Change = fn(&mut Report);
    let changes: [(Change, &str); 6] = [
        (
            |report| metric(of(report, "missing"), Metric::Allocs).head = Some(Observation::Exact(1)),
            "has a measured number",
        ),
        (|report| metric(of(report, "ok"), Metric::Allocs).head = None, "has no measured number"),
        (|report| metric(of(report, "new"), Metric::Allocs).head = None, "has no number at all"),
        (|report| of(report, "failed").processes = 2, "failed, and was measured"),
        (|report| of(report, "new").metrics.clear(), "was measured, and has no numbers"),
        (|report| of(report, "missing").processes = 2, "has no measured number"),
    ];
    for (change, said) in changes {
        let problem = problem(report(), change);
        assert!(problem.contains(said), "{problem}");
    }
}

#[test]
fn a_waiver_waives_what_it_says() {
    type Change = fn(&mut crate::report::AppliedWaiver);
    let changes: [(Change, &str); 3] = [
        (|waiver| waiver.limit = 11, "is said to be `waived`, and by its own numbers is `regressed`"),
        (|waiver| waiver.is_expired = true, "is said to be `waived`, and by its own numbers is `regressed`"),
        (|waiver| (waiver.is_expired, waiver.expires) = (true, None), "has expired and never does"),
    ];
    for (change, said) in changes {
        let problem = problem(report(), |report| {
            change(metric(of(report, "waived"), Metric::Allocs).waiver.as_mut().unwrap());
        });
        assert!(problem.contains(said), "{problem}");
    }
    let said = problem(report(), |report| {
        let waiver = metric(of(report, "waived"), Metric::Allocs).waiver.clone();
        metric(of(report, "ok"), Metric::Allocs).waiver = waiver;
    });
    assert!(said.contains("has a waiver that it does not need"), "{said}");
}

#[test]
fn what_decides_more_than_one_benchmark_is_held_to_it() {
    let said = problem(report(), |report| {
        for target in &mut report.targets {
            target.differences.clear();
        }
    });
    assert!(said.contains("is said to be `incomparable`, and by its own numbers is"), "{said}");
    let said = problem(report(), |report| {
        report.benchmarks.retain(|benchmark| benchmark.id.name == "ok");
        let metrics = of(report, "ok").metrics.iter_mut();
        metrics.for_each(|metric| (metric.limit, metric.budget) = (None, None));
    });
    assert!(said.contains("nothing in it is gated"), "{said}");
    let said = problem(scaled_report(), |report| report.exponent_limit = ExponentLimit::Gated(1_000_000));
    assert!(said.contains("its limit of exponents"), "{said}");
}

#[test]
fn times_and_call_sites_are_what_their_numbers_say() {
    type Change = fn(&mut crate::report::TimeReport);
    let changes: [(Change, &str); 3] = [
        (|time| time.verdict = Verdict::Ok, "by its own numbers is `regressed`"),
        (|time| time.time = None, "there is no time"),
        (|time| time.time.as_mut().unwrap().mean.lower = -1, "there is an impossible time"),
    ];
    for (change, said) in changes {
        let problem = problem(timed_report(), |report| {
            let mut times =
                report.benchmarks.iter_mut().filter_map(|benchmark| benchmark.time.as_deref_mut());
            change(times.find(|time| time.verdict == Verdict::Regressed).unwrap());
        });
        assert!(problem.contains(said), "{problem}");
    }
    let said = problem(timed_report(), |report| {
        report.notices.retain(|notice| notice.kind != NoticeKind::NoSavedTimes);
    });
    assert!(said.contains("a time has a limit and no saved time"), "{said}");
    let said = problem(explained_report(), |report| {
        let sites = of(report, "regressed").sites.as_mut().unwrap();
        sites.explanations[0].changes[0].delta += 1;
    });
    assert!(said.contains("has another difference than its numbers"), "{said}");
}

fn configuration(budget: u64, waived: u64, limit: u64) -> Policy {
    let text = format!(
        "[limits]\npeak_bytes = {{ relative = \"{limit}%\" }}\n[[benchmark]]\nmatch = \"parser/memory/a\"\n\
         budget = {{ peak_bytes = {budget} }}\n[[waiver]]\nbenchmark = \"parser/memory/*\"\nmetric = \"peak_bytes\"\n\
         limit = {waived}\nreason = \"x\"\nexpires = \"2026-11-23\"\n"
    );
    crate::config::parse_config(&text).unwrap().policy
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_is_compared_is_read(
        values in proptest::collection::vec(
            (proptest::option::of(proptest::collection::vec(0_i64..2_000, 1..4)),
             proptest::option::of(proptest::collection::vec(0_i64..2_000, 1..4)), 0_i64..3),
            1..4,
        ),
        (budget, waived, limit) in (1_u64..2_000, 1_u64..2_000, 0_u64..60),
        day in 22_i8..25,
        is_comparable: bool,
    ) {
        let (mut heads, mut bases) = (BTreeMap::new(), BTreeMap::new());
        for ((base, head, allocs), name) in values.iter().zip(["a", "b/1", "c"]) {
            if let Some(base) = base {
                bases.insert(name.to_owned(), steady(&metrics(base, 1)));
            }
            if let Some(head) = head {
                heads.insert(name.to_owned(), measured(metrics(head, *allocs)));
            }
        }
        let mut baselines = baselines_of("memory", bases);
        if !is_comparable {
            baselines.values_mut().for_each(|baseline| baseline.environment.rustc = "1.0.0".into());
        }
        let report = compare(ComparisonInput {
            runs: &[run_of(vec![part("memory", heads)])],
            baselines: &baselines,
            policy: &configuration(budget, waived, limit),
            today: jiff::civil::date(2026, 11, day),
            strict: is_comparable,
        });
        let read = parse_report(print_report(&report).as_bytes());
        prop_assert!(read.as_ref().is_ok_and(|read| *read == report), "{:?}", read);
        prop_assert!(report.targets.iter().all(|target| target.target == TRIPLE));
    }
}
