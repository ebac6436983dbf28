//! What a run did not leave.

use memgate_report::comment::Lack;
use memgate_report::model::BaselineKey;
use memgate_report::report::{Report, Verdict};
use memgate_report::samples::all_ok;

use super::{Intake, lacks};

fn lacking(report: Report, expected: &[BaselineKey]) -> Vec<Lack> {
    let intake = Intake { report, used: 1, rejected: Vec::new() };
    lacks(&intake, &[], None, &expected.iter().cloned().collect())
}

#[test]
fn half_of_a_target_lacks_as_a_whole_one_does() {
    let report = all_ok();
    let first = report.benchmarks.first().unwrap();
    let there = BaselineKey::new(&*first.target, &*first.id.package, &*first.id.bench_target);
    let other = BaselineKey { bench_target: "other".into(), ..there.clone() };
    let package = BaselineKey { package: "another".into(), ..there.clone() };
    let elsewhere = BaselineKey { target: "elsewhere".into(), ..there.clone() };
    assert_eq!(lacking(report.clone(), std::slice::from_ref(&there)), []);
    assert_eq!(
        lacking(report.clone(), &[there.clone(), other.clone(), package.clone(), elsewhere.clone()]),
        [Lack::Target("elsewhere".into()), Lack::BenchTarget(package), Lack::BenchTarget(other)]
    );
    // What was measured of nothing else is not said twice.
    assert_eq!(lacking(report, &[elsewhere]), [Lack::Target("elsewhere".into())]);
}

#[test]
fn what_a_report_calls_missing_does_not_lack() {
    let mut report = all_ok();
    let mut missing = report.benchmarks.first().unwrap().clone();
    missing.id.bench_target = "removed".into();
    missing.verdict = Verdict::Missing;
    let key = BaselineKey::new(&*missing.target, &*missing.id.package, "removed");
    assert_eq!(lacking(report.clone(), std::slice::from_ref(&key)), [Lack::BenchTarget(key.clone())]);
    report.benchmarks.push(missing);
    assert_eq!(lacking(report, &[key]), []);
}
