//! Every renderer over a report in which every verdict comes up.

use memgate_protocol::Metric;

use super::{Format, RenderOptions, annotations, render};
use crate::attribution::{LiveSite, MovedPeak, SiteChange};
use crate::compare::merge_reports;
use crate::format::{parse_report, print_report};
use crate::model::{Failure, FailureKind};
use crate::report::{Notice, NoticeKind, Outcome, Report, Verdict, outcome};
use crate::samples::{
    Planted, change_at, explained_report, place_in_mylib, planted_report, renamed_report, report,
    run_and_baselines, three_causes, timed_report,
};
use crate::sites::Place;
use crate::text::in_ascii;

fn options() -> RenderOptions {
    RenderOptions {
        verbose: false,
        cold: false,
        color: false,
        width: None,
        command: "cargo xtask memgate".into(),
        cargo_flags: Vec::new(),
        filters: Vec::new(),
    }
}

#[test]
fn terminal_shows_what_changed() {
    insta::assert_snapshot!(render(&report(), Format::Terminal, &options()));
}

#[test]
fn terminal_shows_everything_when_asked() {
    let options = RenderOptions { verbose: true, cold: true, width: Some(120), ..options() };
    insta::assert_snapshot!(render(&report(), Format::Terminal, &options));
}

#[test]
fn what_to_do_next_has_the_flags_that_were_given() {
    let cargo_flags = ["--profile", "dev", "--features", "a b"].map(String::from).to_vec();
    let text = render(&report(), Format::Terminal, &RenderOptions { cargo_flags, ..options() });
    assert!(text.ends_with(": cargo xtask memgate update --profile dev --features \"a b\"\n"), "{text}");
}

#[test]
fn colours_change_nothing_but_colours() {
    let coloured = render(&report(), Format::Terminal, &RenderOptions { color: true, ..options() });
    assert!(coloured.contains("\u{1b}["));
    let plain = anstream::adapter::strip_str(&coloured).to_string();
    assert_eq!(plain, render(&report(), Format::Terminal, &options()));
}

#[test]
fn markdown_shows_what_changed() {
    insta::assert_snapshot!(render(&report(), Format::Markdown, &options()));
}

#[test]
fn junit_has_a_case_for_each_benchmark() {
    insta::assert_snapshot!(render(&report(), Format::Junit, &options()));
}

#[test]
fn junit_has_an_error_for_what_was_not_measured_at_all() {
    let mut report = report();
    report.benchmarks.retain(|benchmark| benchmark.verdict == Verdict::Ok);
    report.targets.clear();
    let errors = |report: &Report| {
        let text = render(report, Format::Junit, &options());
        let sum = text.lines().nth(1).unwrap().to_owned();
        assert_eq!(text.matches("<error ").count(), usize::from(!sum.contains("errors=\"0\"")), "{text}");
        sum.contains("errors=\"1\"")
    };
    assert!(!errors(&report));
    for kind in
        [NoticeKind::NoBaseline, NoticeKind::NoSavedTimes, NoticeKind::NotMeasured, NoticeKind::LostShard]
    {
        report.notices =
            vec![Notice { kind, text: "parser/fuzz was not measured: it needs the feature fuzz".into() }];
        assert!(errors(&report), "{kind:?}");
        assert_eq!(outcome(&report), Outcome::CoverageGap);
    }
    report.notices[0].kind = NoticeKind::Threads;
    assert!(!errors(&report));
}

#[test]
fn github_action_benchmark_has_an_entry_for_each_value() {
    let text = render(&report(), Format::GithubActionBenchmark, &options());
    let entries: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(
        entries[0],
        serde_json::json!({
            "name": "parser/memory/improved peak_bytes",
            "unit": "bytes",
            "value": 20_480,
            "extra": "x86_64-unknown-linux-gnu: improved",
        })
    );
    let noisy = entries.iter().find(|entry| entry.get("range").is_some()).unwrap();
    assert_eq!(noisy["range"], "10000 … 20000");
}

#[test]
fn bencher_metric_format_has_a_measure_for_each_value() {
    let text = render(&report(), Format::Bencher, &options());
    let benchmarks: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(benchmarks["parser/memory/regressed"]["allocs"], serde_json::json!({"value": 121}));
    assert_eq!(
        benchmarks["parser/memory/noisy"]["peak_bytes"],
        serde_json::json!({"value": 10_000, "lower_value": 10_000, "upper_value": 20_000})
    );
    assert!(benchmarks.get("parser/memory/missing").is_none());
}

#[test]
fn json_is_complete() {
    let report = report();
    let text = print_report(&report);
    let read = parse_report(text.as_bytes()).unwrap();
    assert_eq!(read, report);
    for format in [Format::Terminal, Format::Markdown, Format::Junit, Format::Bencher] {
        assert_eq!(render(&read, format, &options()), render(&report, format, &options()));
    }
    let newer = text.replacen("\"schema\": 10", "\"schema\": 12", 1);
    assert!(parse_report(newer.as_bytes()).unwrap_err().to_string().starts_with("it has schema 12"));
}

#[test]
fn a_report_of_a_stranger_does_nothing_to_a_terminal() {
    let mut report = report();
    report.benchmarks[0].id.name = "a\u{1b}[2J".into();
    let error = parse_report(print_report(&report).as_bytes()).unwrap_err().to_string();
    assert!(
        error.starts_with("a text has control characters: \"parser/memory/a\\u{1b}[2J\" at line "),
        "{error}"
    );
    report.benchmarks[0].id.name = "a\u{200E}b".into();
    let error = parse_report(print_report(&report).as_bytes()).unwrap_err().to_string();
    assert_eq!(error, "\"a\\u{200e}b\" is no name of a benchmark: it has the invisible character U+200E");
    report.benchmarks[0].id.name = "a".into();
    report.notices[0].text = "\u{7}".into();
    let error = parse_report(print_report(&report).as_bytes()).unwrap_err().to_string();
    assert!(error.starts_with("a text has control characters: \"\\u{7}\" at line "), "{error}");
}

#[test]
fn shards_merge_to_the_whole() {
    let whole = report();
    let shard = |wanted: &dyn Fn(&str) -> bool| {
        let mut shard = whole.clone();
        shard.timing = None;
        for benchmark in &mut shard.benchmarks {
            if !wanted(&benchmark.id.name) {
                benchmark.verdict = Verdict::Missing;
            }
        }
        shard
    };
    let (first, second) = (shard(&|name| name < "new"), shard(&|name| name >= "new"));
    let merged = merge_reports(vec![second.clone(), first], false).unwrap();
    assert_eq!(merged.counts(), whole.counts());
    assert_eq!(merged.targets, whole.targets);
    let error = merge_reports(vec![second.clone(), second], false).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`parser/memory/new` on x86_64-unknown-linux-gnu is in two of the files; give each run once"
    );
}

#[test]
fn what_failed_in_one_shard_failed() {
    let shard = |failure: Option<Failure>| {
        let mut shard = report();
        shard.benchmarks.clear();
        shard.targets.truncate(1);
        shard.targets[0].failure = failure;
        shard
    };
    let failure = Failure { kind: FailureKind::Crashed, message: "it crashed".into(), stderr: String::new() };
    let merged = merge_reports(vec![shard(None), shard(Some(failure.clone())), shard(None)], false).unwrap();
    assert_eq!((merged.targets.len(), &merged.targets[0].failure), (1, &Some(failure)));
    let mut other = shard(None);
    other.targets[0].environment.as_mut().unwrap().rustc = "1.90.0".into();
    let error = merge_reports(vec![shard(None), other], false).unwrap_err().to_string();
    let said = "the parts of parser/memory on x86_64-unknown-linux-gnu were measured in different environments: rustc";
    assert!(error.starts_with(said), "{error}");
}

#[test]
fn a_green_run_is_two_lines() {
    let (mut run, mut baselines) = run_and_baselines();
    run.bench_targets.truncate(1);
    run.bench_targets[0].results.retain(|name, _| name == "ok");
    baselines.retain(|key, _| key.bench_target == "memory");
    for baseline in baselines.values_mut() {
        baseline.benchmarks.retain(|name, _| name == "ok");
    }
    let green = crate::compare::compare(crate::compare::ComparisonInput {
        runs: &[run],
        baselines: &baselines,
        policy: &crate::rules::Policy::default(),
        today: jiff::civil::date(2026, 11, 23),
        strict: true,
    });
    assert_eq!(render(&green, Format::Terminal, &options()), "memgate: 1 ok — 1 benchmark\n");
    insta::assert_snapshot!(render(&green, Format::Markdown, &options()));
}

#[test]
fn times_stand_beside_memory() {
    insta::assert_snapshot!(render(&timed_report(), Format::Terminal, &options()));
    let markdown = render(&timed_report(), Format::Markdown, &options());
    let lines = markdown.lines();
    let is_time = |line: &&str| {
        line.contains("time")
            || ["fast", "same", "slow"].iter().any(|word| line.starts_with(&format!("| {word}")))
    };
    insta::assert_snapshot!(lines.filter(is_time).collect::<Vec<_>>().join("\n"));
}

#[test]
fn junit_says_which_time_regressed() {
    let text = render(&timed_report(), Format::Junit, &options());
    assert_eq!(
        text.matches("time regressed: +35.0 % [+30.0 … +40.0] (limit: &gt; 15 % and &gt; 2.000 µs)").count(),
        1
    );
}

#[test]
fn three_causes_fit_on_a_screen_of_any_width() {
    for width in [80, 100, 200] {
        let text =
            render(&three_causes(), Format::Terminal, &RenderOptions { width: Some(width), ..options() });
        insta::assert_snapshot!(format!("three_causes_at_{width}"), text);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines.len() <= 40, "{} lines\n{text}", lines.len());
        // A command is in one piece.
        let sentences = lines.iter().filter(|line| !line.contains("cargo xtask"));
        let widest = sentences.map(|line| line.chars().count()).max();
        assert!(widest.is_some_and(|widest| widest <= width), "{widest:?}\n{text}");
        for place in ["src/lib.rs:5 ", "src/lib.rs:3 ", "src/lib.rs:22 "] {
            assert_eq!(text.matches(place).count(), 1, "{text}");
        }
    }
}

#[test]
fn a_terminal_of_ascii_has_the_same_table() {
    let options = RenderOptions { width: Some(80), ..options() };
    let text = in_ascii(&render(&three_causes(), Format::Terminal, &options));
    insta::assert_snapshot!("three_causes_in_ascii_at_80", text);
    for report in [report(), explained_report(), three_causes(), renamed_report(), timed_report()] {
        for width in [80, 200] {
            let text = in_ascii(&render(
                &report,
                Format::Terminal,
                &RenderOptions { width: Some(width), ..options.clone() },
            ));
            assert!(text.is_ascii(), "{text}");
        }
    }
}

#[test]
fn what_is_not_explained_is_said_at_a_terminal() {
    let options = RenderOptions { width: Some(100), ..options() };
    insta::assert_snapshot!(render(&explained_report(), Format::Terminal, &options));
}

#[test]
fn a_peak_at_another_moment_is_said_with_both() {
    let mut report = three_causes();
    let live = |operation: &str, function: &str, line, bytes| LiveSite {
        operation: operation.to_owned(),
        place: Some(place_in_mylib(function, line)),
        bytes,
    };
    let peak = MovedPeak {
        base: vec![live("Vec::push", "both", 1, 9_000), live("Vec::push", "words", 22, 4_096)],
        head: vec![live("Vec::push", "both", 1, 9_000), live("HashMap::with_capacity", "count", 5, 269_589)],
    };
    let sites = report.benchmarks.iter_mut().filter_map(|benchmark| benchmark.sites.as_mut());
    for explanation in sites.flat_map(|sites| &mut sites.explanations) {
        let is_peak = explanation.metric.metric == Metric::PeakBytes;
        explanation.peak = is_peak.then(|| Box::new(peak.clone()));
    }
    assert_eq!(parse_report(print_report(&report).as_bytes()).unwrap(), report);
    for width in [80, 100, 200] {
        let text = render(&report, Format::Terminal, &RenderOptions { width: Some(width), ..options() });
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines.len() <= 40, "{} lines\n{text}", lines.len());
        let first = lines.iter().position(|line| line.starts_with("The peak of ")).unwrap();
        insta::assert_snapshot!(
            format!("moved_peak_at_{width}"),
            lines[first..].join("\n").split("\n\n").next().unwrap()
        );
    }
    let markdown = render(&report, Format::Markdown, &options());
    assert_eq!(markdown.matches("is at another moment than before").count(), 1);
    assert!(
        markdown.contains("`now:  263.3 KiB at src/lib.rs:5 HashMap::with_capacity in mylib::count`"),
        "{markdown}"
    );
}

#[test]
fn what_shrank_by_the_causes_size_stands_below_it() {
    let at = |operation: &str, function: &str, base, head| {
        change_at(operation, place_in_mylib(function, 8), base, head)
    };
    let planted = |name: &str, size: i64| Planted {
        name: name.to_owned(),
        base: vec![(Metric::TotalBytes, 40_000)],
        changes: vec![
            (Metric::TotalBytes, at("Vec::push", "write", None, Some(24_984 + size))),
            (Metric::TotalBytes, at("Vec::with_capacity", "old_write", Some(21_221), None)),
            (Metric::TotalBytes, at("String::push_str", "escaped", Some(4_000), Some(3_000))),
        ],
    };
    let report = planted_report(vec![planted("a", 0), planted("b", 200)]);
    let said = "while total_bytes -21.7 KiB at Vec::with_capacity in mylib::old_write and 1 more call site";
    for width in [80, 200] {
        let text = render(&report, Format::Terminal, &RenderOptions { width: Some(width), ..options() });
        insta::assert_snapshot!(format!("shrunk_at_{width}"), text.split("\n\n").nth(1).unwrap());
    }
    assert_eq!(render(&report, Format::Markdown, &options()).matches(said).count(), 1);
    assert_eq!(render(&report, Format::Junit, &options()).matches(said).count(), 2);
    assert!(annotations(&report, std::path::Path::new(""))[0].message.contains(said));
}

#[test]
fn a_long_way_is_broken_where_the_users_code_begins() {
    let through = Place {
        function: "indexmap::map::core::IndexMapCore<K,V>::reserve_entries".to_owned(),
        file: Some("indexmap-2.7.0/src/map/core.rs".to_owned()),
        line: 202,
    };
    let change = change_at("Vec::reserve_exact", place_in_mylib("a_module::collected", 40), None, Some(64));
    let planted = Planted {
        name: "collect".to_owned(),
        base: vec![(Metric::Allocs, 1)],
        changes: vec![(Metric::Allocs, SiteChange { through: vec![through], ..change })],
    };
    let report = planted_report(vec![planted]);
    for (width, lines) in [(80, 3), (120, 2)] {
        let text = render(&report, Format::Terminal, &RenderOptions { width: Some(width), ..options() });
        let cause: Vec<&str> = text.split("\n\n").nth(1).unwrap().lines().collect();
        assert!(cause.iter().all(|line| line.chars().count() <= width), "{text}");
        assert_eq!(cause.len(), lines + 1, "{text}");
        assert_eq!(
            cause.iter().filter(|line| line.trim_start().starts_with("← mylib::a_module")).count(),
            lines - 2
        );
    }
}

#[test]
fn what_leaks_was_allocated_where_its_cause_is() {
    let leaked = change_at("Box::leak", place_in_mylib("intern", 40), None, Some(64));
    let planted = |name: &str, metric| Planted {
        name: name.to_owned(),
        base: vec![(metric, 0)],
        changes: vec![(metric, leaked.clone())],
    };
    for (metric, count) in [(Metric::LeakedBytes, 1), (Metric::Allocs, 0)] {
        let report = planted_report(vec![planted("intern", metric)]);
        for format in [Format::Terminal, Format::Markdown, Format::Junit] {
            let text = render(&report, format, &options());
            // The page has the call sites of the benchmark below the cause.
            let times = if format == Format::Markdown { 2 * count } else { count };
            assert_eq!(text.matches("allocated here, never freed").count(), times, "{text}");
        }
        let annotations = annotations(&report, std::path::Path::new(""));
        assert_eq!(annotations[0].message.contains("allocated here, never freed"), count == 1);
    }
}

#[test]
fn what_looks_renamed_is_said_once_and_with_the_command() {
    for width in [80, 100, 200] {
        let options = RenderOptions { width: Some(width), ..options() };
        let text = render(&renamed_report(), Format::Terminal, &options);
        insta::assert_snapshot!(format!("renamed_at_{width}"), text);
    }
    insta::assert_snapshot!("renamed_markdown", render(&renamed_report(), Format::Markdown, &options()));
    let junit = render(&renamed_report(), Format::Junit, &options());
    let said = "it is in the baseline, and not in the run; it looks renamed to parser/memory/tokenize (equal numbers)";
    assert_eq!(junit.matches(said).count(), 1, "{junit}");
}

#[test]
fn junit_says_the_causes_of_each_benchmark() {
    let text = render(&three_causes(), Format::Junit, &options());
    let count = |words: &str| text.matches(words).count();
    assert_eq!(count("&#10;cause 1: src/lib.rs:3 fmt::format in mylib::tokenize::{closure#0} (new): "), 40);
    assert_eq!(
        count("&#10;cause 2: src/lib.rs:5 HashMap::with_capacity in mylib::count (was HashMap::entry): "),
        20
    );
}
