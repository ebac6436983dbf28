//! What reviewers see. The files are Markdown; `examples/comment_page.rs` makes pages of them.

use super::gfm::Page;
use crate::comment::{CommentContext, render_body};
use crate::model::BaselineKey;
use crate::render::markdown::Lack;
use crate::report::{Conclusion, Report};
use crate::samples;

const RUN_URL: &str = "https://github.com/example/tokenizer/actions/runs/1234567890";

fn body(report: &Report) -> Vec<u8> {
    body_with(report, Vec::new())
}

fn body_with(report: &Report, lacks: Vec<Lack>) -> Vec<u8> {
    let context = CommentContext {
        command: "cargo xtask memgate".into(),
        head_sha: Some("0123456789abcdef0123456789abcdef01234567".into()),
        run_url: Some(RUN_URL.into()),
        lacks,
        ..CommentContext::default()
    };
    let body = render_body(report, &context);
    Page::of(&body).is_inert(Some(RUN_URL));
    body.into_bytes()
}

#[test]
fn all_ok() {
    insta::assert_binary_snapshot!("all_ok.md", body(&samples::all_ok()));
}

#[test]
fn one_regression() {
    insta::assert_binary_snapshot!("one_regression.md", body(&samples::one_regression()));
}

#[test]
fn forty_regressions() {
    let report = samples::forty_regressions();
    assert_eq!(report.benchmarks.iter().filter(|benchmark| benchmark.red().next().is_some()).count(), 40);
    insta::assert_binary_snapshot!("forty_regressions.md", body(&report));
}

#[test]
fn three_causes() {
    let report = samples::three_causes();
    let text = String::from_utf8(body(&report)).unwrap();
    let in_sight = text.split("<details>").next().unwrap();
    for place in ["src/lib.rs:5`", "src/lib.rs:3`", "src/lib.rs:22`"] {
        assert_eq!(in_sight.matches(place).count(), 1, "{in_sight}");
    }
    assert!(in_sight.lines().count() <= 20, "{in_sight}");
    insta::assert_binary_snapshot!("three_causes.md", text.into_bytes());
}

#[test]
fn raised_baseline() {
    insta::assert_binary_snapshot!("raised_baseline.md", body(&samples::raised_baseline()));
}

#[test]
fn expired_waiver() {
    insta::assert_binary_snapshot!("expired_waiver.md", body(&samples::expired_waiver()));
}

#[test]
fn coverage_gap() {
    insta::assert_binary_snapshot!("coverage_gap.md", body(&samples::coverage_gap()));
}

#[test]
fn incomparable() {
    insta::assert_binary_snapshot!("incomparable.md", body(&samples::incomparable()));
}

/// A file's name is a stranger's.
fn file() -> Lack {
    Lack::File { name: "memgate-x/@everyone #1.json".into(), problem: "it is empty".into() }
}

#[test]
fn lacking_reports() {
    let bench_target = BaselineKey::new("x86_64-unknown-linux-gnu", "parser", "memory");
    let lacks = vec![Lack::Target("aarch64-apple-darwin".into()), Lack::BenchTarget(bench_target), file()];
    insta::assert_binary_snapshot!("lacking_reports.md", body_with(&samples::all_ok(), lacks));
}

#[test]
fn no_report() {
    let lacks =
        vec![Lack::Run(Conclusion::Cancelled), Lack::Report, Lack::Target("aarch64-apple-darwin".into())];
    insta::assert_binary_snapshot!("no_report.md", body_with(&Report::default(), lacks));
}

#[test]
fn what_lacks_is_in_the_headline() {
    let headline = |report: &Report, lacks: &[Lack]| {
        let body = String::from_utf8(body_with(report, lacks.to_vec())).unwrap();
        body.lines().next().unwrap().to_owned()
    };
    let (ok, target) = (samples::all_ok(), Lack::Target("a".into()));
    let run = Lack::Run;
    let bench_target = Lack::BenchTarget(BaselineKey::new("a", "p", "t"));
    for (report, lacks, said) in [
        (&ok, vec![], "## 🟢 No memory regression in 6 benchmarks"),
        (&ok, vec![target.clone()], "## 🟠 Not everything was measured: 1 target without a report"),
        (&ok, vec![bench_target], "## 🟠 Not everything was measured: 1 bench target without a report"),
        (&ok, vec![run(Conclusion::Failure)], "## 🔴 The run failed: what it reported is within its limits"),
        (&ok, vec![run(Conclusion::TimedOut), file()], "## 🔴 The run took too long: 1 report is not usable"),
        (
            &ok,
            vec![run(Conclusion::Cancelled)],
            "## 🟠 The run was cancelled: what it reported is within its limits",
        ),
        (&Report::default(), vec![Lack::Report], "## 🟠 Nothing was measured: no report arrived"),
        (
            &Report::default(),
            vec![run(Conclusion::Failure), Lack::Report],
            "## 🔴 Nothing was measured: the run failed",
        ),
        (&Report::default(), vec![file(), file()], "## 🟠 Nothing was measured: 2 reports are not usable"),
        (
            &samples::coverage_gap(),
            vec![target.clone(), target.clone()],
            "## 🟠 Not everything was compared: 2 of 12 benchmarks are missing, 1 target without a baseline, 2 targets without a report",
        ),
        (&samples::one_regression(), vec![target], "## 🔴 Memory is above its limit in 1 of 6 benchmarks"),
    ] {
        assert_eq!(headline(report, &lacks), said);
    }
}
