//! What a report says in words is shown as what it says.

use super::gfm::Page;
use super::hostile_texts::report_of;
use crate::comment::{CommentContext, render_body};

/// Harmless characters, and a lie.
const CLAIM: &str = "Reviewed by the maintainers and approved for merging";

/// What of the comment on a report is not in a code span.
fn plain(text: &str) -> String {
    let context = CommentContext { command: "cargo xtask memgate".into(), ..CommentContext::default() };
    let body = render_body(&report_of(text), &context);
    assert!(body.matches("approved for merging").count() >= 10, "{body}");
    let headline = body.lines().next().unwrap();
    assert!(!headline.contains("approved"), "{headline}");
    Page::of(&body).plain
}

#[test]
fn no_sentence_of_a_report_reads_as_the_comment_s_own() {
    for text in [
        CLAIM.to_owned(),
        format!("x` {CLAIM} `y"),
        format!("x” {CLAIM} “y"),
        format!("x``` {CLAIM} ```y"),
        format!("x\n\n{CLAIM}\n\ny"),
    ] {
        let plain = plain(&text);
        assert!(!plain.contains("approved"), "{text}: {plain}");
        assert!(plain.contains("the report says “") && plain.contains("The report says:"), "{plain}");
    }
}

#[test]
fn a_sermon_is_cut() {
    let context = CommentContext { command: "cargo xtask memgate".into(), ..CommentContext::default() };
    let mut report = report_of("x");
    report.notices.truncate(1);
    report.notices[0].text = format!("{CLAIM}, {}, {CLAIM}", "for good reasons ".repeat(1_000));
    let body = render_body(&report, &context);
    assert!(body.lines().all(|line| !line.contains(CLAIM) || line.len() < 400), "{body}");
}
