//! What reviewers see. The files are Markdown; `examples/comment_page.rs` makes pages of them.

use super::gfm::Page;
use super::samples;
use crate::comment::{CommentContext, render_body};
use crate::report::Report;

const RUN_URL: &str = "https://github.com/example/tokenizer/actions/runs/1234567890";

fn body(report: &Report) -> Vec<u8> {
    let context = CommentContext {
        command: "cargo xtask memgate".into(),
        head_sha: Some("0123456789abcdef0123456789abcdef01234567".into()),
        run_url: Some(RUN_URL.into()),
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
