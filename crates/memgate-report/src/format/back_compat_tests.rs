//! Files of every schema version that has ever been written. A fixture is never changed: a new version gets a new one.

use super::{
    parse_baseline, parse_renames, parse_report, parse_run, print_baseline, print_renames, print_report,
    print_run,
};
use crate::attribution::{ChangeNote, Unexplained};
use crate::report::{DependencyChange, Notice, NoticeKind};
use crate::samples::{
    baselines_and_report_with_kernels_figures, baselines_of_commands, explained_report, incomplete_run,
    pull_request_report, renamed_report, report, report_of_commands, run_and_baselines, run_of_commands,
    run_with_kernels_figures, run_with_sites, scaled_report, shard_run, three_causes, timed_report,
};

const BASELINE_1: &str = include_str!("../../tests/fixtures/baseline.v1.json");
const BASELINE_3: &str = include_str!("../../tests/fixtures/baseline.v3.json");
const RUN_1: &str = include_str!("../../tests/fixtures/run.v1.json");
const RUN_2: &str = include_str!("../../tests/fixtures/run.v2.json");
const RUN_3: &str = include_str!("../../tests/fixtures/run.v3.json");
const RUN_4: &str = include_str!("../../tests/fixtures/run.v4.json");
const RUN_5: &str = include_str!("../../tests/fixtures/run.v5.json");
const RUN_6: &str = include_str!("../../tests/fixtures/run.v6.json");
const REPORT_1: &str = include_str!("../../tests/fixtures/report.v1.json");
const REPORT_2: &str = include_str!("../../tests/fixtures/report.v2.json");
const REPORT_3: &str = include_str!("../../tests/fixtures/report.v3.json");
const REPORT_4: &str = include_str!("../../tests/fixtures/report.v4.json");
const REPORT_5: &str = include_str!("../../tests/fixtures/report.v5.json");
const REPORT_6: &str = include_str!("../../tests/fixtures/report.v6.json");
const REPORT_7: &str = include_str!("../../tests/fixtures/report.v7.json");
const REPORT_8: &str = include_str!("../../tests/fixtures/report.v8.json");
const REPORT_9: &str = include_str!("../../tests/fixtures/report.v9.json");
const REPORT_9_UNREADABLE: &str = include_str!("../../tests/fixtures/report.v9-unreadable.json");
const REPORT_10: &str = include_str!("../../tests/fixtures/report.v10.json");
const BASELINE_4: &str = include_str!("../../tests/fixtures/baseline.v4.json");
const RUN_7: &str = include_str!("../../tests/fixtures/run.v7.json");
const REPORT_11: &str = include_str!("../../tests/fixtures/report.v11.json");
const RENAMES_1: &str = include_str!("../../tests/fixtures/renames.v1.json");

#[test]
fn baseline_1_is_read_and_written_as_it_was() {
    let (_, baselines) = run_and_baselines();
    let baseline = baselines.into_values().next().unwrap();
    assert_eq!(parse_baseline(BASELINE_1.as_bytes()).unwrap(), baseline);
    assert_eq!(print_baseline(&baseline), BASELINE_1);
}

#[test]
fn run_1_is_read() {
    let (run, _) = run_and_baselines();
    assert_eq!(parse_run(RUN_1.as_bytes()).unwrap(), run);
    // Nothing that it could say is said in another way now.
    assert_eq!(print_run(&run), RUN_1.replacen("\"schema\": 1", "\"schema\": 6", 1));
}

#[test]
fn run_2_is_read() {
    let run = run_with_sites();
    assert_eq!(parse_run(RUN_2.as_bytes()).unwrap(), run);
    assert_eq!(print_run(&run), RUN_2.replacen("\"schema\": 2", "\"schema\": 6", 1));
}

#[test]
fn run_3_is_read() {
    let run = shard_run();
    assert_eq!(parse_run(RUN_3.as_bytes()).unwrap(), run);
    assert_eq!(print_run(&run), RUN_3.replacen("\"schema\": 3", "\"schema\": 6", 1));
}

#[test]
fn run_4_is_read() {
    let run = incomplete_run();
    assert_eq!(parse_run(RUN_4.as_bytes()).unwrap(), run);
    assert_eq!(print_run(&run), RUN_4.replacen("\"schema\": 4", "\"schema\": 6", 1));
}

#[test]
fn run_5_is_read() {
    let mut run = incomplete_run();
    let features = ["alloc", "std"].map(str::to_owned).into();
    run.bench_targets[0].package_features = Some([("serde".to_owned(), features)].into());
    assert_eq!(parse_run(RUN_5.as_bytes()).unwrap(), run);
    assert_eq!(print_run(&run), RUN_5.replacen("\"schema\": 5", "\"schema\": 6", 1));
}

#[test]
fn report_1_is_read() {
    assert_eq!(parse_report(REPORT_1.as_bytes()).unwrap(), report());
    // Nothing that it could say is said in another way now.
    assert_eq!(print_report(&report()), REPORT_1.replacen("\"schema\": 1", "\"schema\": 10", 1));
}

#[test]
fn report_2_is_read() {
    assert_eq!(parse_report(REPORT_2.as_bytes()).unwrap(), explained_report());
    // What is new in it follows from what it has.
    assert_eq!(parse_report(print_report(&explained_report()).as_bytes()).unwrap(), explained_report());
}

#[test]
fn report_3_is_read() {
    let mut report = timed_report();
    // Sentences are no part of the format: they are those of the memgate that wrote them.
    for notice in report.notices.iter_mut().filter(|notice| notice.kind == NoticeKind::NoSavedTimes) {
        notice.text = notice.text.replace("compare them with", "hold them against");
    }
    assert_eq!(parse_report(REPORT_3.as_bytes()).unwrap(), report);
    assert_eq!(print_report(&report), REPORT_3.replacen("\"schema\": 3", "\"schema\": 10", 1));
}

#[test]
fn report_4_is_read() {
    assert_eq!(parse_report(REPORT_4.as_bytes()).unwrap(), scaled_report());
    assert_eq!(print_report(&scaled_report()), REPORT_4.replacen("\"schema\": 4", "\"schema\": 10", 1));
}

#[test]
fn report_5_is_read() {
    let mut report = pull_request_report();
    report.notices.push(Notice {
        kind: NoticeKind::NotMeasured,
        text: "parser/other was not measured on x86_64-unknown-linux-gnu: it needs the feature heap (--features heap)"
            .to_owned(),
    });
    assert_eq!(parse_report(REPORT_5.as_bytes()).unwrap(), report);
    assert_eq!(print_report(&report), REPORT_5.replacen("\"schema\": 5", "\"schema\": 10", 1));
}

#[test]
fn report_6_is_read() {
    let mut report = pull_request_report();
    report.notices.push(Notice {
        kind: NoticeKind::OtherProcesses,
        text: "starts other processes, whose memory is not counted: parser/memory/build/10".to_owned(),
    });
    assert_eq!(parse_report(REPORT_6.as_bytes()).unwrap(), report);
    assert_eq!(print_report(&report), REPORT_6.replacen("\"schema\": 6", "\"schema\": 10", 1));
}

#[test]
fn report_7_is_read() {
    let mut report = three_causes();
    report.benchmarks.retain(|benchmark| benchmark.id.name.ends_with("/10"));
    let changes = report.benchmarks.iter_mut().flat_map(|benchmark| &mut benchmark.sites);
    for change in changes.flat_map(|sites| &mut sites.explanations).flat_map(|one| &mut one.changes) {
        change.notes.push(ChangeNote::LeftOut { sites: 2 });
    }
    report.scaling.clear();
    report.dependencies = vec![DependencyChange {
        package: "smallvec".to_owned(),
        base: vec!["1.15.0".to_owned()],
        head: vec!["1.15.1".to_owned()],
        ..DependencyChange::default()
    }];
    assert_eq!(parse_report(REPORT_7.as_bytes()).unwrap(), report);
    assert_eq!(print_report(&report), REPORT_7.replacen("\"schema\": 7", "\"schema\": 10", 1));
}

#[test]
fn report_8_is_read() {
    let mut report = renamed_report();
    report.notices.push(Notice {
        kind: NoticeKind::Since,
        text: "this is what has changed since main (0123456789); baselines that were behind there already are taken as `update` \
               would have written them there"
            .to_owned(),
    });
    report.dependencies = vec![DependencyChange {
        package: "hashbrown".to_owned(),
        gained_features: vec!["nightly".to_owned()],
        lost_features: vec!["rayon".to_owned(), "serde".to_owned()],
        ..DependencyChange::default()
    }];
    assert_eq!(parse_report(REPORT_8.as_bytes()).unwrap(), report);
    assert_eq!(print_report(&report), REPORT_8.replacen("\"schema\": 8", "\"schema\": 10", 1));
}

#[test]
fn report_9_is_read() {
    let mut report = report();
    report.notices.push(Notice {
        kind: NoticeKind::StaleSnapshot,
        text: "baselines/x86_64-unknown-linux-gnu/parser/tests.json has numbers of a test that is gone: parse/json; `update` removes \
               them"
            .to_owned(),
    });
    assert_eq!(parse_report(REPORT_9.as_bytes()).unwrap(), report);
    assert_eq!(print_report(&report), REPORT_9.replacen("\"schema\": 9", "\"schema\": 10", 1));
}

#[test]
fn report_9_with_what_can_not_be_read_is_read() {
    let mut report = explained_report();
    report.notices.push(Notice {
        kind: NoticeKind::UnreadableFile,
        text: "failed to read the call sites baselines/x86_64-unknown-linux-gnu/parser/memory.sites.json: it is empty; `update` \
               writes them anew"
            .to_owned(),
    });
    let explanations = report.benchmarks.iter_mut().flat_map(|benchmark| benchmark.sites.as_mut());
    for explanation in explanations.flat_map(|sites| &mut sites.explanations) {
        explanation.unexplained = vec![Unexplained::UnreadableBaseSites];
    }
    assert!(
        REPORT_9_UNREADABLE.contains("unreadable_base_sites")
            && REPORT_9_UNREADABLE.contains("unreadable_file")
    );
    assert_eq!(parse_report(REPORT_9_UNREADABLE.as_bytes()).unwrap(), report);
    assert_eq!(print_report(&report), REPORT_9_UNREADABLE.replacen("\"schema\": 9", "\"schema\": 10", 1));
}

#[test]
fn run_6_is_read_and_written_as_it_was() {
    let run = run_of_commands();
    assert_eq!(parse_run(RUN_6.as_bytes()).unwrap(), run);
    assert_eq!(print_run(&run), RUN_6);
}

#[test]
fn report_10_is_read_and_written_as_it_was() {
    let report = report_of_commands();
    assert_eq!(parse_report(REPORT_10.as_bytes()).unwrap(), report);
    assert_eq!(print_report(&report), REPORT_10);
}

#[test]
fn baseline_3_is_read_and_written_as_it_was() {
    let baseline = baselines_of_commands().into_values().nth(1).unwrap();
    assert_eq!(parse_baseline(BASELINE_3.as_bytes()).unwrap(), baseline);
    assert_eq!(print_baseline(&baseline), BASELINE_3);
}

#[test]
fn figures_of_the_kernels_are_read_and_written_as_they_were() {
    let run = run_with_kernels_figures();
    assert_eq!(print_run(&run), RUN_7);
    assert_eq!(parse_run(RUN_7.as_bytes()).unwrap(), run);
    let (baselines, report) = baselines_and_report_with_kernels_figures();
    let baseline = baselines.into_values().next().unwrap();
    assert_eq!(print_baseline(&baseline), BASELINE_4);
    assert_eq!(parse_baseline(BASELINE_4.as_bytes()).unwrap(), baseline);
    assert_eq!(print_report(&report), REPORT_11);
    assert_eq!(parse_report(REPORT_11.as_bytes()).unwrap(), report);
}

#[test]
fn renames_1_are_read_and_written_as_they_were() {
    let renames = parse_renames(RENAMES_1.as_bytes()).unwrap();
    assert_eq!(renames.len(), 3);
    assert_eq!(renames[0].from.to_string(), "parser/memory/tokens");
    assert_eq!(print_renames(&renames), RENAMES_1);
}

#[test]
fn a_kind_is_not_taken_for_another() {
    let error = parse_run(REPORT_1.as_bytes()).unwrap_err().to_string();
    assert_eq!(error, "it is not a memgate run");
}
