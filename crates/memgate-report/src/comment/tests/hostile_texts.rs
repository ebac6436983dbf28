//! A report with an attacker's text in every field that takes one.

use super::gfm::Page;
use crate::comment::{CommentContext, render_body};
use crate::model::{Environment, EnvironmentDifference, EnvironmentField, Failure, FailureKind, Profile};
use crate::report::{AppliedWaiver, Notice, NoticeKind, Report, Verdict};
use crate::samples;

const TEXTS: [&str; 34] = [
    "a|b",
    "| a | b |\n|---|---|",
    "\\|",
    "`",
    "``` x",
    "a`b``c`",
    "<script>alert(1)</script>",
    "</code></pre></summary></details><img src=x onerror=alert(1)>",
    "<!-- memgate -->",
    "--> <b>",
    "@team",
    "@org/team, @user.",
    "a@b.com",
    "mailto:a@b.com",
    "#1",
    "GH-1",
    "user/repo#1",
    "user/repo@0123456789abcdef0123456789abcdef01234567",
    "0123456789abcdef0123456789abcdef01234567",
    "deadbeef",
    "](javascript:alert(1))",
    "[x](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "<https://evil.example>",
    "https://evil.example/a_b",
    "www.evil.example",
    "www. evil",
    ":tada:",
    "*a* **b** _c_ ~~d~~ $x$ $`y`$",
    "# heading\n\n> quote\n\n- [ ] task\n\n1. one",
    "[^1]: note",
    "a\nb\r\nc\0d\u{1b}[2J",
    "\u{202E}gnp.exe\u{2066}\u{200B}\u{FEFF}\u{E0041}",
    "&#64;team &lt;b&gt; &commat;x",
];

/// A report in which every text is the same, and every verdict comes up.
pub(super) fn report_of(text: &str) -> Report {
    let mut report = samples::explained_report();
    report.tool = text.into();
    for target in &mut report.targets {
        target.package = text.into();
        target.bench_target = text.into();
        target.environment = Some(Environment {
            allocator: text.into(),
            features: vec![text.into()],
            rustc: text.into(),
            rustflags: vec![text.into()],
            profile: Profile { packages: vec![text.into()], ..samples::environment().profile },
            ..samples::environment()
        });
        target.differences = vec![EnvironmentDifference {
            field: EnvironmentField::Rustc,
            only: None,
            base: text.into(),
            head: text.into(),
        }];
        target.failure = Some(failure(text));
    }
    for (index, benchmark) in report.benchmarks.iter_mut().enumerate() {
        benchmark.id.package = text.into();
        benchmark.id.name = format!("{text}{index}{text}");
        if index % 3 == 0 {
            benchmark.target = text.into();
        }
        if benchmark.verdict == Verdict::Failed {
            benchmark.failure = Some(failure(text));
        }
        for metric in &mut benchmark.metrics {
            let waiver = || AppliedWaiver { limit: 3, reason: text.into(), expires: None, is_expired: false };
            metric.waiver = (metric.verdict == Verdict::Waived).then(|| Box::new(waiver()));
        }
        let Some(sites) = &mut benchmark.sites else { continue };
        sites.notes = vec![text.into()];
        sites.failure = sites.failure.as_ref().map(|_| text.into());
        for change in sites.explanations.iter_mut().flat_map(|explanation| &mut explanation.changes) {
            change.operation = text.into();
            let places = change.place.iter_mut().chain(&mut change.through).chain(&mut change.callers);
            for place in places {
                place.function = text.into();
                place.file = Some(text.into());
            }
            for note in &mut change.notes {
                *note = crate::attribution::ChangeNote::WasIn { function: text.into() };
            }
        }
    }
    let mut acceptance = samples::raised_baseline().acceptance.unwrap();
    acceptance.base = text.into();
    acceptance.notes = vec![text.into()];
    for raise in &mut acceptance.raises {
        (raise.target, raise.id.package, raise.id.name) = (text.into(), text.into(), text.into());
    }
    acceptance.dropped[0].id.name = text.into();
    report.acceptance = Some(acceptance);
    let kinds = [NoticeKind::NoBaseline, NoticeKind::CustomWindow, NoticeKind::StaleWaiver];
    report.notices.extend(kinds.map(|kind| Notice { kind, text: text.into() }));
    let quoted = format!("the waiver of `{text}` is stale, {text}; {text}");
    report.notices.push(Notice { kind: NoticeKind::StaleWaiver, text: quoted });
    report
}

fn failure(text: &str) -> Failure {
    Failure { kind: FailureKind::Crashed, message: text.into(), stderr: format!("{text}\n\n{text}") }
}

#[test]
fn what_is_active_would_be_noticed() {
    // In an element that Markdown does not know, a mail address becomes a link, escaped or not.
    assert_eq!(Page::of("<code>a&#64;b.com</code>").links, ["mailto:a@b.com"]);
    assert_eq!(Page::of("`a` https://evil.example").links, ["https://evil.example"]);
    let page = Page::of("a &#64;team <b>b</b> `@code` <code>@other</code>");
    assert!(page.plain.contains("@team") && !page.plain.contains("@code"));
    assert_eq!(page.elements, ["b", "/b", "code", "/code"]);
}

#[test]
fn no_text_is_more_than_text() {
    let context = CommentContext { command: "cargo xtask memgate".into(), ..CommentContext::default() };
    let tables = Page::of(&render_body(&report_of("harmless"), &context)).tables;
    for text in TEXTS {
        let body = render_body(&report_of(text), &context);
        assert!(
            !body.contains(['\0', '\u{1b}', '\r', '\u{202E}', '\u{2066}', '\u{200B}', '\u{E0041}']),
            "{body}"
        );
        let page = Page::of(&body);
        page.is_inert(None);
        assert_eq!(page.tables, tables, "{text:?}\n{body}");
    }
}

#[test]
fn the_only_link_is_that_of_the_run() {
    let context = |sha: &str, url: &str| CommentContext {
        command: "cargo xtask memgate".into(),
        head_sha: Some(sha.into()),
        run_url: Some(url.into()),
        ..CommentContext::default()
    };
    let url = "https://github.example/a/b/actions/runs/1/attempts/2";
    let body = render_body(&samples::all_ok(), &context("0123456789abcdef0123456789abcdef01234567", url));
    Page::of(&body).is_inert(Some(url));
    assert!(body.contains("at `0123456`"), "{body}");
    for url in ["javascript:alert(1)", "https://x/)[y](https://z", "https://x/ y", "//x", "https://x/\n"] {
        let body = render_body(&samples::all_ok(), &context("no sha", url));
        Page::of(&body).is_inert(None);
        assert!(!body.contains("at `"), "{body}");
    }
}

#[test]
fn commands_have_no_command_in_them() {
    let mut report = samples::one_regression();
    report.benchmarks[0].verdict = Verdict::Failed;
    report.benchmarks[0].failure = Some(failure("x"));
    for benchmark in &mut report.benchmarks {
        benchmark.id.package = "$(evil)".into();
        benchmark.id.bench_target = "b; evil".into();
        benchmark.id.name = "'; evil '".into();
    }
    let context = CommentContext { command: "cargo xtask memgate".into(), ..CommentContext::default() };
    let body = render_body(&report, &context);
    let command = r#"`cargo bench -p '$(evil)' --bench "b; evil" -- --exact "'; evil '"`"#;
    assert!(body.contains(command), "{body}");
    assert!(body.contains(r#"update --exact '$(evil)/b; evil/'"'"'; evil '"'"`"#), "{body}");
}
