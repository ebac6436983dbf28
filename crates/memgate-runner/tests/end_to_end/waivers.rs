//! Waivers: reviewed permissions to rise.

use crate::dials;
use crate::support::Project;

const ID: &str = "waivers/memory/first";

fn waive(project: &Project, benchmark: &str, limit: i64, expires: &str) {
    project.write(
        "memgate.toml",
        format!(
            "[[waiver]]\nbenchmark = \"{benchmark}\"\nmetric = \"allocs\"\nlimit = {limit}\n\
             reason = \"until the next release\"\nexpires = \"{expires}\"\n"
        ),
    );
}

const LONG_AGO: &str = "2001-01-31";
const LONG_HENCE: &str = "9999-12-31";

#[test]
fn a_waiver_waives_up_to_its_limit_and_its_day() {
    let project = dials::project_with_baseline("waivers", "first 3\nsecond 3\n");
    project.write("waivers/dials", "first 5\nsecond 3\n");
    let second = ("waivers/memory/second", "ok");

    for benchmark in [ID, "*/first"] {
        waive(&project, benchmark, 5, LONG_HENCE);
        let report = project.memgate("check --strict --format json").exits(0).report();
        report.has_verdicts(&[(ID, "waived"), second]);
        assert_eq!(report.metric(ID, "allocs")["waiver"]["reason"], "until the next release");
    }
    project.memgate("check").exits(0).says("1 waived, 1 ok").says("waived up to 5 (until the next release)");

    waive(&project, ID, 4, LONG_HENCE);
    project.memgate("check --format json").exits(100).report().has_verdicts(&[(ID, "regressed"), second]);

    waive(&project, ID, 5, LONG_AGO);
    let report = project.memgate("check --format json").exits(100).report();
    report.has_verdicts(&[(ID, "regressed"), second]);
    let expired = format!("the waiver for allocs of `{ID}` expired on {LONG_AGO}");
    assert_eq!(report.notices("expired_waiver"), [&*expired]);
    project.memgate("check").exits(100).says(&format!("warning: {expired}"));

    waive(&project, "*/third", 5, LONG_HENCE);
    let report = project.memgate("check --format json").exits(100).report();
    assert_eq!(report.notices("unmatched_glob").len(), 1);
}

#[test]
fn a_waiver_that_is_not_needed_is_stale() {
    let project = dials::project_with_baseline("stale", "first 3\nsecond 3\n");
    waive(&project, "stale/memory/first", 5, LONG_HENCE);
    let notice =
        "the waiver for allocs of `stale/memory/first` is no longer needed; remove it from memgate.toml";
    let report = project.memgate("check --format json").exits(0).report();
    assert_eq!(report.notices("stale_waiver"), [notice]);
    let report = project.memgate("check --strict --format json").exits(103).report();
    assert_eq!((report.outcome(), report.notices("stale_waiver").len()), ("stale", 1));
    // A run of something else says nothing about it.
    project.memgate("check --strict second").exits(0).never_says("no longer needed");
    // An expired one is not green for being stale.
    waive(&project, "stale/memory/first", 5, LONG_AGO);
    project.memgate("check").exits(0).says("expired on");
}
