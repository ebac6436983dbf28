//! The command line, as cargo, cargo-nextest and people use it.

use std::process::Output;

use crate::runner;
use crate::suite_process::process;

runner::cases![
    a_list_is_that_of_libtest,
    a_list_obeys_filters,
    without_options_each_runs_once,
    filters_choose_what_runs,
    nextest_runs_one_by_its_name,
    a_failure_does_not_stop_the_others,
    a_bench_run_prints_a_table,
    a_bench_run_names_what_failed,
    nothing_selected_is_no_failure,
    help_is_printed,
    mistakes_are_usage_errors,
];

fn run(suite: &str, line: &[&str]) -> Output {
    process(suite).args(line).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// What a run that ends well prints.
fn printed(suite: &str, line: &[&str]) -> String {
    let output = run(suite, line);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(text(&output.stderr), "");
    text(&output.stdout)
}

const LIST: &str = "\
words: benchmark
inner::words: benchmark
sized/1000: benchmark
sized/20000: benchmark
any text: benchmark
any text/with/70: benchmark
any text/with/80: benchmark
";

fn a_list_is_that_of_libtest() {
    assert_eq!(printed("macro", &["--list", "--format", "terse"]), LIST);
    assert_eq!(printed("macro", &["--list", "--format=terse", "--bench"]), LIST);
    assert_eq!(printed("macro", &["--list"]), format!("{LIST}\n0 tests, 7 benchmarks\n"));
    assert_eq!(
        printed("macro", &["--list", "sized/1000"]),
        "sized/1000: benchmark\n\n0 tests, 1 benchmark\n"
    );
    // cargo-nextest asks for these separately.
    assert_eq!(printed("macro", &["--list", "--format", "terse", "--ignored"]), "");
    assert_eq!(printed("empty", &["--list", "--format", "terse"]), "");
}

fn a_list_obeys_filters() {
    let list = |line: &[&str]| {
        let all = [&["--list", "--format", "terse"], line].concat();
        printed("macro", &all).lines().map(|line| line.replace(": benchmark", "")).collect::<Vec<_>>()
    };
    assert_eq!(list(&["words"]), ["words", "inner::words"]);
    assert_eq!(list(&["words", "--exact"]), ["words"]);
    assert_eq!(list(&["sized", "inner"]), ["inner::words", "sized/1000", "sized/20000"]);
    assert_eq!(list(&["sized", "--skip", "1000"]), ["sized/20000"]);
    assert_eq!(list(&["--skip=words", "--skip", "any"]), ["sized/1000", "sized/20000"]);
    assert_eq!(list(&["--exact", "sized", "any text"]), ["any text"]);
    assert_eq!(list(&["no such"]), [""; 0]);
}

fn without_options_each_runs_once() {
    for line in [&[][..], &["--test"], &["--bench", "--test"], &["--test-threads", "1", "--nocapture"]] {
        let printed = printed("macro", line);
        assert_eq!(printed.matches("ran words\n").count(), 1, "{printed}");
        assert_eq!(printed.matches("ran inner::words\n").count(), 1, "{printed}");
        assert_eq!(printed.matches(" ... ok\n").count(), 7, "{printed}");
        assert!(printed.contains("test any text/with/80 ... ok\n"), "{printed}");
        assert!(printed.contains("test result: ok. 7 passed; 0 failed;"), "{printed}");
    }
    let quiet = printed("macro", &["--quiet"]);
    assert!(!quiet.contains("... ok") && quiet.contains("7 passed"), "{quiet}");
}

fn filters_choose_what_runs() {
    let printed = printed("macro", &["words", "--skip", "inner"]);
    assert!(printed.contains("test words ... ok\n"), "{printed}");
    assert!(printed.contains("ok. 1 passed; 0 failed; 0 ignored; 0 measured; 6 filtered out"), "{printed}");
}

fn nextest_runs_one_by_its_name() {
    let printed = printed("macro", &["words", "--exact", "--nocapture"]);
    assert!(printed.contains("ran words\n") && !printed.contains("inner"), "{printed}");
    assert!(printed.contains("1 passed"), "{printed}");
}

fn a_failure_does_not_stop_the_others() {
    let output = run("failing", &[]);
    let printed = text(&output.stdout);
    assert_eq!(output.status.code(), Some(101), "{output:?}");
    for line in [
        "test first ... ok\n",
        "test no window ... FAILED\n",
        "test panics ... FAILED\n",
        "test last ... ok\n",
        "`no window` returned without opening a window",
        "test result: FAILED. 2 passed; 2 failed;",
    ] {
        assert!(printed.contains(line), "{line}: {printed}");
    }
    assert!(text(&output.stderr).contains("on purpose"), "{output:?}");
    // What was not asked for can't fail.
    assert!(run("failing", &["first", "last"]).status.success());
}

fn a_bench_run_prints_a_table() {
    let printed = printed("windows", &["--bench", "--exact", "grow", "leak", "leak every second time"]);
    let rows: Vec<Vec<&str>> = printed.lines().map(|line| line.split_whitespace().collect()).collect();
    let header = [
        "package/target",
        "peak_bytes",
        "total_bytes",
        "allocs",
        "reallocs",
        "retained_bytes",
        "leaked_bytes",
    ];
    assert_eq!(rows[0], header);
    assert_eq!(rows[1], "grow 2,000 B 2,000 B 1 1 2,000 B 0 B".split(' ').collect::<Vec<_>>());
    assert_eq!(rows[2], "leak 100 B 100 B 1 0 100 B 100 B".split(' ').collect::<Vec<_>>());
    // Half of it in each iteration, as a long run says; and no window is like the other.
    assert_eq!(
        rows[3].join(" "),
        "leak every second time 100 B 100 B 1 0 100 B 50 B (varies between windows)"
    );
    assert_eq!(rows.len(), 6, "{printed}");
    // Each in a process of its own, so a filter changes no number.
    assert!(
        self::printed("windows", &["--bench", "-q", "--exact", "leak"])
            .lines()
            .nth(1)
            .unwrap()
            .contains("100 B")
    );
}

fn a_bench_run_names_what_failed() {
    let output = run("failing", &["--bench"]);
    assert_eq!(output.status.code(), Some(101), "{output:?}");
    let printed = text(&output.stdout);
    let row = |name: &str| printed.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    assert!(row("first ").contains("0 B") && row("last ").contains("0 B"), "{printed}");
    assert!(row("no window ").contains("failed: `no window` returned without"), "{printed}");
    assert!(row("panics ").contains("failed: it ended without an answer"), "{printed}");
}

fn nothing_selected_is_no_failure() {
    assert!(
        printed("macro", &["no such"]).contains("0 passed; 0 failed; 0 ignored; 0 measured; 7 filtered out")
    );
    assert_eq!(printed("macro", &["--bench", "no such"]), "memgate/harness: no benchmark selected\n");
    assert_eq!(printed("empty", &["--bench", "-q"]), "");
}

fn help_is_printed() {
    for line in [&["--help"][..], &["-h", "--bench"]] {
        let printed = printed("macro", line);
        assert!(printed.starts_with("Usage: cargo bench") && printed.contains("--skip FILTER"), "{printed}");
    }
}

fn mistakes_are_usage_errors() {
    for (suite, line, problem) in [
        ("macro", "--lisst", "unknown option --lisst"),
        ("macro", "--skip", "--skip needs a value"),
        ("duplicate", "--list", "two benchmarks are named `a`"),
        ("duplicate", "--bench", "two benchmarks are named `a`"),
        ("two lines", "--test", "invisible character"),
    ] {
        let output = run(suite, &[line]);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(text(&output.stderr).contains(problem), "{output:?}");
        assert_eq!(text(&output.stdout), "");
    }
}
