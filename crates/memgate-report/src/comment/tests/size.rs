//! However much there is to say, the comment fits and is whole.

use proptest::prelude::*;

use super::gfm::Page;
use crate::comment::{CommentContext, MAXIMUM_BODY_BYTES, render_body};
use crate::report::{Notice, NoticeKind, Report, Verdict};
use crate::samples;

fn context() -> CommentContext {
    CommentContext { command: "cargo xtask memgate".into(), ..CommentContext::default() }
}

/// A report with every part of it many times, under names of a length.
fn large(times: usize, length: usize, text: &str) -> Report {
    let sample = samples::explained_report();
    let mut report = Report { targets: sample.targets.clone(), ..Report::default() };
    for index in 0..times {
        for benchmark in &sample.benchmarks {
            let mut benchmark = benchmark.clone();
            benchmark.id.name = format!("{index}{}{}", text.repeat(length), benchmark.id.name);
            if let Some(failure) = &mut benchmark.failure {
                failure.stderr = format!("{text}\n").repeat(length);
            }
            report.benchmarks.push(benchmark);
        }
        let mut target = sample.targets[index % sample.targets.len()].clone();
        target.bench_target = format!("{index}{text}");
        report.targets.push(target);
        report
            .notices
            .push(Notice { kind: NoticeKind::LeftOut, text: format!("{index} {}", text.repeat(length)) });
        report.notices.push(Notice { kind: NoticeKind::NoBaseline, text: format!("no baseline {index}") });
    }
    report
}

#[test]
fn the_worst_is_left_out_last_and_what_is_left_out_is_counted() {
    let body = render_body(&large(400, 3, "name"), &context());
    assert!(body.len() <= MAXIMUM_BODY_BYTES && body.len() > MAXIMUM_BODY_BYTES - 5_000, "{}", body.len());
    assert!(
        body.starts_with("## 🔴 Memory could not be measured: 400 of 4400 benchmarks failed\n"),
        "{body}"
    );
    for part in [
        "more benchmarks that rose left out here",
        "more benchmarks' call sites are left out here",
        "more that were not measured or not compared left out here",
        "more improved benchmarks left out here",
        "more remarks left out here",
        "### What to do next",
    ] {
        assert!(body.contains(part), "{part}\n{body}");
    }
    let rows = |verdict: &str| body.matches(verdict).count();
    assert!(rows("0\u{A0}→\u{A0}64\u{A0}B") > 80 && rows("-20.0\u{A0}KiB") == 5, "{body}");
    Page::of(&body).is_inert(None);
}

#[test]
fn a_report_that_fits_is_whole() {
    let body = render_body(&samples::forty_regressions(), &context());
    assert!(!body.contains("left out"), "{body}");
}

#[test]
fn nothing_at_all_is_not_green() {
    let report = Report::default();
    assert!(render_body(&report, &context()).starts_with("## 🟠 Nothing was measured\n"));
    let mut ungated = samples::all_ok();
    ungated.notices.push(Notice { kind: NoticeKind::NothingGated, text: "nothing is gated".into() });
    assert!(render_body(&ungated, &context()).starts_with("## 🟠 Nothing is gated\n"));
    assert!(ungated.benchmarks.iter().all(|benchmark| benchmark.verdict == Verdict::Ok));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn every_comment_fits_and_is_whole(
        times in 0_usize..80,
        length in 0_usize..60,
        text in "[a-z|`<>@#\\\\*_/ é語\u{202E}]{0,40}",
    ) {
        let body = render_body(&large(times, length, &text), &context());
        prop_assert!(body.len() <= MAXIMUM_BODY_BYTES, "{}", body.len());
        Page::of(&body).is_inert(None);
    }
}
