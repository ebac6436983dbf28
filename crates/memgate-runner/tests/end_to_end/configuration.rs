//! `memgate.toml`: what is wrong with it, and what its limits and budgets do.

use crate::dials;

#[test]
fn mistakes_are_usage_errors_with_their_line() {
    let project = dials::project("mistakes", "first 1\n");
    for (text, problem) in [
        ("\n[limit]\n", "2: unknown key `limit` in memgate.toml; did you mean `limits`?"),
        (
            "[limits]\npeek_bytes = {}\n",
            "2: unknown key `peek_bytes` in [limits]; did you mean `peak_bytes`?",
        ),
        (
            "[[benchmark]]\nmatch = \"*\"\nbudget = { peak_bytes = \"8 Mib\" }\n",
            "3: `peak_bytes`: `8 Mib` has the unknown unit `Mib`; did you mean `MiB`?",
        ),
        (
            "[limits]\n\n\nallocs = { relative = \"-1%\" }\n",
            "4: `relative`: `-1%` is negative; a limit is how far a metric may rise",
        ),
        (
            "[limits]\nallocs = { absolute = -1 }\n",
            "2: `absolute`: -1 is negative; a limit is how far a metric may rise",
        ),
        ("[limits]\nallocs = 5\n", "2: `allocs`: it must be a table"),
        ("[[benchmark]]\nmatch = \"a[\"\n", "2: `match`: `a[` is no glob"),
        ("[[waiver]]\nbenchmark = \"a\"\nmetric = \"allocs\"\nlimit = 1\n", "1: `waiver`: it needs `reason`"),
        ("[environment]\ntolerate = [\"rust\"]\n", "2: `tolerate`: unknown part `rust` of the environment"),
        ("[measure]\ntime-limit = \"1h\"\n", "2: `time-limit`: `1h` is no span of time"),
        ("[limits\n", "1: "),
    ] {
        project.write("memgate.toml", text);
        let expected = format!("error: {}:{problem}", project.path("memgate.toml").display());
        for command in ["check", "update"] {
            project.memgate(command).exits(2).complains(&expected);
        }
    }
    project.write("memgate.toml", b"[limits]\n# \xFF\n");
    project.memgate("check").exits(2).complains("memgate.toml:2: this line is not UTF-8");
    assert!(!project.path("baselines").exists());
}

#[test]
fn limits_are_relative_and_absolute() {
    let project = dials::project_with_baseline("limits-of-dials", "first 10\nsecond 10\n");
    project.write("limits-of-dials/dials", "first 12\nsecond 13\n");
    let verdicts = |configuration: &str, code: i32, first: &str, second: &str| {
        project.write("memgate.toml", configuration);
        let report = project.memgate("check --format json").exits(code).report();
        report.has_verdicts(&[
            ("limits-of-dials/memory/first", first),
            ("limits-of-dials/memory/second", second),
        ]);
        report
    };
    verdicts("", 100, "regressed", "regressed");
    verdicts("[limits]\nallocs = { relative = \"20%\" }\n", 100, "ok", "regressed");
    verdicts("[limits]\nallocs = { relative = \"30%\" }\n", 0, "ok", "ok");
    verdicts("[limits]\nallocs = { absolute = 2 }\n", 100, "ok", "regressed");
    // Both must be exceeded.
    verdicts("[limits]\nallocs = { relative = \"20%\", absolute = 3 }\n", 0, "ok", "ok");
    verdicts("[limits]\nallocs = \"off\"\n", 0, "ok", "ok");
    // The last rule that matches wins, and says nothing of other benchmarks.
    let rules = "[limits]\nallocs = \"off\"\n\
                 [[benchmark]]\nmatch = \"*/second\"\nlimits = { allocs = { relative = \"1%\" } }\n";
    verdicts(rules, 100, "ok", "regressed");
    let report = verdicts(
        "[limits]\nallocs = \"off\"\ntotal_bytes = { relative = \"1%\", absolute = 128 }\n",
        100,
        "ok",
        "regressed",
    );
    assert_eq!(report.metrics_that_are("limits-of-dials/memory/second", "regressed"), ["total_bytes"]);
}

#[test]
fn a_budget_holds_whatever_the_baseline_says() {
    let project = dials::project("budgets", "first 4\nsecond 4\n");
    project.write(
        "memgate.toml",
        "[[benchmark]]\nmatch = \"*/first\"\nbudget = { allocs = 3, peak_bytes = \"1 KiB\" }\n",
    );
    project.memgate("update").exits(0);
    let report = project.memgate("check --format json").exits(100).report();
    report.has_verdicts(&[("budgets/memory/first", "over_budget"), ("budgets/memory/second", "ok")]);
    assert_eq!(report.metrics_that_are("budgets/memory/first", "over_budget"), ["allocs"]);
    project.memgate("check").exits(100).says("over budget").says(" > 3");
    project.write("budgets/dials", "first 3\nsecond 4\n");
    project.memgate("check").exits(0).says("1 improved, 1 ok");
}

#[test]
fn a_glob_that_matches_nothing_is_a_warning() {
    let project = dials::project_with_baseline("globs", "first 1\n");
    project.write("memgate.toml", "[[benchmark]]\nmatch = \"frist/*\"\nlimits = {}\n");
    let report = project.memgate("check --strict --format json").exits(0).report();
    assert_eq!(
        report.notices("unmatched_glob"),
        ["[[benchmark]] match = \"frist/*\" in memgate.toml matches no benchmark"]
    );
    project.memgate("check --strict").exits(0).says("warning: [[benchmark]] match");
    // With a part of the benchmarks in view, it may well be about the others.
    let report = project.memgate("check --bench memory --format json").exits(0).report();
    assert!(report.notices("unmatched_glob").is_empty());
}

#[test]
fn the_first_window_is_gated_when_it_is_configured() {
    let project = dials::project_with_baseline("cold", "first 1\n");
    let id = "cold/memory/first";
    project.write("cold/dials", "first 1+3\n");
    let report = project.memgate("check --strict --format json").exits(0).report();
    assert_eq!(report.metric(id, "cold.allocs")["head"], 4);
    assert_eq!(report.metric(id, "allocs")["head"], 1);
    project.memgate("check --cold").exits(0).says("  cold");

    // Gated from now on, it has to be committed first.
    project.write("memgate.toml", "[limits.cold]\nallocs = {}\n");
    let report = project.memgate("check --strict --format json").exits(103).report();
    report.has_verdicts(&[(id, "new")]);
    assert_eq!(report.metrics_that_are(id, "new"), ["cold.allocs"]);
    project.memgate("update").exits(0).says("cold.allocs: – → 4");
    project.memgate("check --strict").exits(0);
    project.write("cold/dials", "first 1+4\n");
    let report = project.memgate("check --format json").exits(100).report();
    assert_eq!(report.metrics_that_are(id, "regressed"), ["cold.allocs"]);
}

#[test]
fn how_to_measure_can_be_configured() {
    let project = dials::project_with_baseline("measuring", "first 1\n");
    let processes = |line: &str| {
        let report = project.memgate(&format!("check --format json {line}")).exits(0).report();
        report.benchmark("measuring/memory/first")["processes"].as_u64().unwrap()
    };
    assert_eq!(processes(""), 2);
    project.write("memgate.toml", "[measure]\nprocesses = 5\nmaximum-processes = 5\n");
    assert_eq!(processes("--jobs 3"), 5);
}
