//! Series of benchmarks, from their reports to what is said of them.

use memgate_protocol::Metric;

use super::scaling;
use crate::compare::merge_reports;
use crate::model::{MetricKey, Observation};
use crate::report::{Exponent, Outcome, Report, Trend, outcome};
use crate::rules::{ExponentLimit, Policy};
use crate::samples::{SIZES, scaled_report, series_report};

fn report(base: &[i64], head: &[i64]) -> Report {
    series_report(base, head, &Policy::default())
}

fn trend(base: &[i64], head: &[i64]) -> Trend {
    let report = report(base, head);
    let peak = &report.scaling[0].metrics[0];
    assert_eq!(peak.metric, MetricKey::steady(Metric::PeakBytes));
    peak.trend
}

const LINEAR: [i64; 4] = [80, 800, 8_000, 80_000];
const QUADRATIC: [i64; 4] = [800, 80_000, 8_000_000, 800_000_000];

#[test]
fn a_series_that_became_quadratic_is_said() {
    let report = scaled_report();
    let [series] = &*report.scaling else { panic!("{:?}", report.scaling) };
    assert_eq!(series.series.to_string(), "parser/memory/build");
    assert_eq!(series.sizes, SIZES.map(i64::cast_unsigned));
    let [peak, allocs] = &*series.metrics else { panic!("zeros have no growth: {series:?}") };
    assert_eq!(peak.sentence(), "peak_bytes grows as n^2.00, was n^0.96");
    assert_eq!(peak.trend, Trend::Steeper);
    assert_eq!(peak.head, Some(Exponent { thousandths: 2_000, lower: 2_000, upper: 2_000 }));
    assert_eq!(
        (allocs.sentence().as_str(), allocs.trend),
        ("allocs grows as n^0.00, was n^0.00", Trend::Same)
    );
}

#[test]
fn a_rise_is_a_regression() {
    let outcome_under = |limit| {
        // Nothing but the exponent holds it back.
        let off = "[limits]\npeak_bytes = { relative = \"100000%\", absolute = \"1 GiB\" }";
        let policy = Policy { exponent: limit, ..crate::config::parse_config(off).unwrap().policy };
        outcome(&series_report(&LINEAR, &QUADRATIC, &policy))
    };
    assert_eq!(outcome_under(ExponentLimit::default()), Outcome::Regressed);
    assert_eq!(outcome_under(ExponentLimit::Off), Outcome::Passed);
    assert_eq!(
        outcome_under(ExponentLimit::Gated(1_000)),
        Outcome::Passed,
        "a limit is not exceeded by its own value"
    );
}

#[test]
fn trends_are_no_more_than_the_values_say() {
    assert_eq!(trend(&LINEAR, &LINEAR), Trend::Same);
    assert_eq!(trend(&LINEAR, &LINEAR.map(|peak| 3 * peak)), Trend::Same, "a factor is no growth");
    assert_eq!(trend(&LINEAR, &QUADRATIC), Trend::Steeper);
    assert_eq!(trend(&QUADRATIC, &LINEAR), Trend::Flatter);
    assert_eq!(trend(&LINEAR, &[80, 800, 8_000, 240_000]), Trend::Unclear, "one step is no growth");
    assert_eq!(trend(&[10_080, 10_800, 18_000, 90_000], &LINEAR), Trend::Same, "small inputs got cheaper");
    assert_eq!(
        trend(&[10_080, 10_800, 18_000, 79_900], &LINEAR),
        Trend::Same,
        "and that a little more is nothing"
    );
    assert_eq!(trend(&[0, 0, 0, 0], &LINEAR), Trend::New, "zero has no exponent");
    assert_eq!(trend(&LINEAR[..2], &QUADRATIC), Trend::New, "two sizes are no series");
    let problem = report(&[0, 8, 9, 10], &[0, 80, 90, 100]).scaling[0].metrics[0].problem.clone();
    assert_eq!(problem.as_deref(), Some("1 of 4 values are zero or less"));
}

#[test]
fn a_series_of_spreads_is_steeper_only_for_all_their_values() {
    let trend = |base: &[&[i64]], head: &[&[i64]]| {
        let mut report = report(&LINEAR, &LINEAR);
        for (benchmark, (base, head)) in report.benchmarks.iter_mut().zip(base.iter().zip(head)) {
            let peak = benchmark
                .metrics
                .iter_mut()
                .find(|metric| metric.metric.metric == Metric::PeakBytes)
                .unwrap();
            peak.base = Observation::of(base.to_vec());
            peak.head = Observation::of(head.to_vec());
        }
        scaling(&report.benchmarks, ExponentLimit::default())[0].metrics[0].trend
    };
    let spread: [&[i64]; 4] =
        [&[40, 80, 160], &[400, 800, 1_600], &[4_000, 8_000, 16_000], &[40_000, 80_000, 160_000]];
    let lucky: [&[i64]; 4] =
        [&[40, 40, 160], &[400, 600, 1_600], &[4_000, 9_000, 16_000], &[40_000, 150_000, 160_000]];
    assert_eq!(trend(&spread, &lucky), Trend::Unclear, "the middle values alone would be steeper");
    assert_eq!(trend(&lucky, &spread), Trend::Unclear);
    let quadratic: [&[i64]; 4] =
        [&[400, 800], &[40_000, 80_000], &[4_000_000, 8_000_000], &[400_000_000, 800_000_000]];
    assert_eq!(trend(&spread, &quadratic), Trend::Steeper);
    assert_eq!(trend(&quadratic, &spread), Trend::Flatter);
    let below: [&[i64]; 4] = [quadratic[0], quadratic[1], quadratic[2], &[-8, 400_000_000, 800_000_000]];
    assert_eq!(trend(&spread, &below), Trend::Unclear, "what may be below zero has no logarithm");
}

#[test]
fn only_whole_numbers_above_zero_at_the_end_are_sizes() {
    let mut report = report(&LINEAR, &LINEAR);
    for (benchmark, name) in report.benchmarks.iter_mut().zip(["build/0", "build/010", "build/1.5", "10"]) {
        benchmark.id.name = name.to_owned();
    }
    assert_eq!(scaling(&report.benchmarks, ExponentLimit::default()), []);
    assert_eq!(scaling(&report.benchmarks[..2], ExponentLimit::default()), [], "two are no series");
}

#[test]
fn an_argument_of_divans_is_a_size() {
    let named = |name: fn(&str) -> String| {
        let mut report = report(&LINEAR, &QUADRATIC);
        for benchmark in &mut report.benchmarks {
            benchmark.id.name = name(&benchmark.id.name);
        }
        scaling(&report.benchmarks, ExponentLimit::default())
    };
    let [series] = &*named(|name| name.replace("build/", "suite::build::u8::")) else { panic!("no series") };
    assert_eq!(series.series.to_string(), "parser/memory/suite::build::u8");
    assert_eq!(
        (&*series.sizes, series.metrics[0].trend),
        (&SIZES.map(i64::cast_unsigned)[..], Trend::Steeper)
    );
    assert_eq!(named(|name| name.replace('/', ":")), []);
    assert_eq!(named(|name| name.replace("build/", "build::t=")), [], "threads are no size");
    assert_eq!(named(|name| name.replace("build/", "::")), []);

    let mut both = report(&LINEAR, &LINEAR).benchmarks;
    let alone = scaling(&both, ExponentLimit::default());
    for mut benchmark in report(&QUADRATIC, &QUADRATIC).benchmarks {
        benchmark.id.name = benchmark.id.name.replace('/', "::");
        both.push(benchmark);
    }
    assert_eq!(scaling(&both, ExponentLimit::default()), alone, "one name has one series, of one form");
}

#[test]
fn a_series_in_several_reports_is_one() {
    let mut whole = scaled_report();
    whole.shards.clear();
    whole.notices.clear();
    let mut parts = [whole.clone(), whole.clone()];
    for (index, part) in parts.iter_mut().enumerate() {
        let mut turn = 0..;
        part.benchmarks.retain(|_| turn.next().unwrap_or(0) % 2 == index);
        part.scaling.clear();
    }
    assert_eq!(merge_reports(parts.to_vec(), false).unwrap(), whole);
}
