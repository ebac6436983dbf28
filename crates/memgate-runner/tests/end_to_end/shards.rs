//! Runs that were measured elsewhere: put together, reported, and written into the baselines.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use crate::commits::History;
use crate::dials;
use crate::support::{Package, Project};

const DIALS: &str = "alpha 1\nbeta 2\ngamma 3\n";

/// Held by each test over checkouts: cargo knows a package by its place within a workspace, so in the folder that all tests share, the
/// executables of one would replace those of another.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn checkout(name: &str) -> Project {
    // The packages have the same names in every checkout of a project.
    let other =
        "fn one(bencher: memgate::Bencher) { bencher.bench(|| Box::new(1)); }\nmemgate::main! { one }";
    Project::new(name, [dials::package("shards", DIALS), Package::new("shards-other").bench("other", other)])
}

#[test]
fn shards_are_reported_as_the_whole_would_be() {
    let _alone = alone();
    let project = checkout("shards-reported");
    project.memgate("update").exits(0);
    // Something to report: one rises, one is gone, one is new.
    project.write("shards/dials", "alpha 2\ngamma 3\ndelta 4\n");
    project.memgate("run --output whole.json").exits(0);
    project.memgate("run alpha gamma --output first.json").exits(0);
    project.memgate("run --skip alpha --skip gamma --output second.json").exits(0);
    for format in ["markdown", "terminal", "json", "junit"] {
        let whole = project.memgate(&format!("report whole.json --format {format}")).exits(100).stdout;
        let shards =
            project.memgate(&format!("report second.json first.json --format {format}")).exits(100).stdout;
        assert_eq!(shards, whole, "{format}");
    }
    let report = project.memgate("report first.json second.json --format json").exits(100).report();
    report.has_verdicts(&[
        ("shards-other/other/one", "ok"),
        ("shards/memory/alpha", "regressed"),
        ("shards/memory/beta", "missing"),
        ("shards/memory/delta", "new"),
        ("shards/memory/gamma", "ok"),
    ]);

    // What is missing from the shards that are there was not asked of them.
    let report = project.memgate("report first.json --format json").exits(100).report();
    report.has_verdicts(&[("shards/memory/alpha", "regressed"), ("shards/memory/gamma", "ok")]);

    // Reports of shards can be put together as well.
    for shard in ["first", "second"] {
        project.memgate(&format!("report {shard}.json --output {shard}-report.json"));
    }
    let merged =
        project.memgate("report first-report.json second-report.json --format json").exits(100).report();
    assert_eq!(merged.verdicts(), project.memgate("report whole.json --format json").report().verdicts());

    for line in [
        "report first.json first.json",
        "report whole.json second.json",
        "update --from first.json first.json",
    ] {
        project
            .memgate(line)
            .exits(101)
            .complains("error: failed to put the runs together: `shards")
            .complains("is in two of the files; give each run once");
    }
}

/// Twelve benchmarks, of which something rose, something is gone and something is new.
fn changed_suite(name: &str) -> Project {
    let dials = |extra: &str| {
        let names =
            ["build/1000", "build/2000", "build/4000", "delta", "find", "grow", "hash", "index", "join"];
        names.map(|name| format!("{name} 3\n")).concat() + extra
    };
    let project = Project::new(name, [dials::package("shards-parts", &dials("old 1\nrise 1\n"))]);
    project.memgate("update").exits(0);
    project.write("shards-parts/dials", dials("rise 2\nyoung 1\n"));
    project
}

#[test]
fn four_partitions_are_the_undivided_run_byte_for_byte() {
    let project = changed_suite("shards-partitions");
    project.memgate("run --output whole.json").exits(0);
    let mut ids: Vec<String> = Vec::new();
    for kind in ["count", "hash"] {
        let mut dealt = Vec::new();
        for shard in 1..=4 {
            let listed = project.memgate(&format!("list --partition {kind}:{shard}/4")).exits(0);
            dealt.extend(listed.lines().into_iter().map(str::to_owned));
            project
                .memgate(&format!("run --partition {kind}:{shard}/4 --output {kind}-{shard}.json"))
                .exits(0);
        }
        dealt.sort();
        ids.clone_from(&dealt);
        dealt.dedup();
        assert_eq!((dealt.len(), &dealt), (11, &ids), "each benchmark is in one shard");
        let shards = format!("{kind}-3.json {kind}-1.json {kind}-4.json {kind}-2.json");
        for format in ["json", "markdown", "terminal", "junit"] {
            let whole = project.memgate(&format!("report whole.json --format {format}")).exits(100).stdout;
            let merged = project.memgate(&format!("report {shards} --format {format}")).exits(100).stdout;
            assert_eq!(merged, whole, "{kind}, {format}");
        }
    }
    // Reports of shards, with the call sites of what is red, are the report of the whole, but for the time that it took.
    project.memgate("check --output whole-report.json").exits(100);
    for shard in 1..=4 {
        project.memgate(&format!("check --partition hash:{shard}/4 --output report-{shard}.json"));
    }
    let whole = project.memgate("report whole-report.json --format json").exits(100).stdout;
    let merged = "report report-1.json report-2.json report-3.json report-4.json --format json";
    assert_eq!(project.memgate(merged).exits(100).stdout, whole);
    assert!(whole.contains("\"explanations\"") && whole.contains("\"scaling\""), "{whole}");
    let merged =
        project.memgate("report count-1.json count-2.json count-3.json count-4.json --format json").report();
    assert_eq!(merged.verdicts()["shards-parts/memory/old"], "missing");
}

#[test]
fn a_lost_or_doubled_shard_is_a_coverage_gap() {
    let project = dials::project_with_baseline("shards-lost", "a 1\nb 1\nc 1\nd 1\ne 1\n");
    for shard in 1..=3 {
        project.memgate(&format!("run --partition count:{shard}/3 --output {shard}.json")).exits(0);
        // By itself, a shard is green about its part, and says that it is one.
        project
            .memgate(&format!("check --partition count:{shard}/3 --output r{shard}.json"))
            .exits(0)
            .says(&format!("this is shard count:{shard}/3 on "))
            .says(" of 5 benchmarks; nothing is said of the others");
    }
    for kind in ["", "r"] {
        let file = |shard: u32| format!("{kind}{shard}.json");
        let (one, two, three) = (file(1), file(2), file(3));
        project.memgate(&format!("report {one} {two} {three}")).exits(0).says("5 ok").never_says("shard");
        let lost = project.memgate(&format!("report {one} {three}")).exits(104);
        lost.says("shard count:2/3 on ")
            .says(" is not there, and 2 benchmarks with it: shards-lost/memory/b and 1 more");
        project
            .memgate(&format!("report {two}"))
            .exits(104)
            .says("warning: shard count:1/3 on ")
            .says("warning: shard count:3/3 on ");
        project
            .memgate(&format!("report {one} {two} {three} {two}"))
            .exits(104)
            .complains("the shard count:2/3 on ")
            .complains(" is in two of the files; give each shard once");
        // What is put together in steps is put together.
        project.memgate(&format!("report {one} {three} --output open.json")).exits(104);
        project.memgate(&format!("report open.json {two}")).exits(0);
    }
    project.memgate("report 1.json r2.json 3.json").exits(0).says("5 ok");
    for line in ["update --from 1.json 3.json", "update --from 1.json 2.json 3.json 3.json"] {
        project.memgate(line).exits(104).complains("count:").never_says("baselines");
    }
    project.memgate("update --from 1.json 2.json 3.json").exits(0).says("up to date");

    // Shards of different revisions are no whole.
    project.write("shards-lost/dials", "a 1\nb 1\nc 1\nd 1\ne 1\nf 1\n");
    project.memgate("run --partition count:3/3 --output 3.json").exits(0);
    project
        .memgate("report 1.json 2.json 3.json")
        .exits(104)
        .complains("are not of one whole: only one of them knows `shards-lost/memory/f`");
}

#[test]
fn shards_of_two_revisions_are_no_whole() {
    let mut history = History::of(dials::project_with_baseline("shards-revisions", "a 1\nb 1\n"));
    let measure = |history: &History, name: &str| {
        for shard in 1..=2 {
            let output = format!("--partition count:{shard}/2 --output {name}{shard}.json");
            history.project.memgate(&format!("check {output}"));
            history
                .project
                .memgate(&format!("run --partition count:{shard}/2 --output {name}{shard}-run.json"))
                .exits(0);
        }
    };
    history.commit("One");
    measure(&history, "one");
    history.project.write("shards-revisions/dials", "a 1\nb 2\n");
    let second = history.commit("Two");
    measure(&history, "two");
    let report = |files: &str| history.project.memgate(&format!("report {files}"));
    report("one1.json one2.json").exits(0);
    report("two1.json two2.json").exits(100);
    // Either is green by itself.
    let mixed = report("two1.json one2.json").exits(104);
    mixed.complains("measure all of them from one revision").complains(&second.to_string());
    report("two1-run.json one2-run.json").exits(104).complains("measure all of them from one revision");
    // And what is recorded is of the commit that it is recorded at.
    history
        .project
        .memgate("history record --from two1-run.json")
        .exits(104)
        .complains("give the files of all shards");
    let both = "--from two1-run.json two2-run.json";
    history
        .project
        .memgate(&format!("history record {both} --commit HEAD~1"))
        .exits(2)
        .complains("the run was measured at ");
    history.project.memgate(&format!("history record {both} --commit HEAD~1 --allow-dirty")).exits(0);
    history.project.memgate(&format!("history record {both}")).exits(0).says("Recorded 2 benchmarks at");
}

#[test]
fn shards_of_changed_trees_are_said() {
    let mut history = History::of(dials::project_with_baseline("shards-changed", "a 1\nb 1\n"));
    history.commit("One");
    let project = &history.project;
    let said = "warning: several shards were measured with changes that are not committed";
    for dials in ["a 1\nb 1\n", "a 1\nb 1\nc 1\n"] {
        project.write("shards-changed/dials", dials);
        for shard in 1..=2 {
            let partition = format!("--partition count:{shard}/2 --output");
            project.memgate(&format!("check {partition} {shard}.json")).exits(0);
            project.memgate(&format!("run {partition} {shard}-run.json")).exits(0);
        }
        for line in
            ["report 1.json 2.json", "report 1-run.json 2-run.json", "update --from 1-run.json 2-run.json"]
        {
            let finished = project.memgate(line).exits(0);
            assert_eq!(finished.stderr.contains(said), dials.contains('c'), "{line}: {}", finished.stderr);
        }
    }
    // One of a clean tree among them was refused before.
    project.memgate("report 1-run.json").exits(104).never_says(said);
}

#[test]
fn partitions_that_are_none_are_refused() {
    let project = dials::project_with_baseline("shards-refused", "a 1\nb 1\n");
    project
        .memgate("check --partition 1/4")
        .exits(2)
        .complains("`1/4` is no partition; the first of four shards is count:1/4, or hash:1/4");
    project
        .memgate("update --partition count:1/2")
        .exits(2)
        .complains("--partition count:1/2 is not for `update`; measure the shards with `run --partition`");
    let others = ["compare HEAD", "bisect HEAD~1 HEAD a", "verify", "selftest", "explain a"];
    for command in others {
        project.memgate(&format!("{command} --partition count:1/2")).exits(2).complains("is not for `");
    }
    // More shards than benchmarks: what has nothing to do is green, and needed to prove the whole.
    for shard in 1..=3 {
        project.memgate(&format!("run --partition count:{shard}/3 --output {shard}.json")).exits(0);
    }
    project.memgate("report 1.json 2.json 3.json").exits(0).says("2 ok");
    project.memgate("report 1.json 2.json").exits(104).says("which only the shard itself can prove");
}

#[test]
fn runs_are_applied_in_another_checkout() {
    let _alone = alone();
    let here = checkout("shards-here");
    here.memgate("run alpha beta --output first.json").exits(0);
    here.memgate("run --skip alpha --skip beta --output second.json").exits(0);
    let there = checkout("shards-there");
    for shard in ["first.json", "second.json"] {
        there.write(shard, here.read(shard));
    }
    let updated =
        there.memgate("update --from first.json second.json").exits(0).says("added shards/memory/gamma");
    assert_eq!(updated.stderr, "", "nothing is built or measured");
    here.memgate("update").exits(0);
    assert_eq!(there.baselines(), here.baselines(), "the same as if it had been measured there");
    there.memgate("update --from first.json --from second.json").exits(0).says("baselines are up to date");
    there.memgate("check --strict").exits(0).says("4 ok");

    // Filters take a part of it, a dry run only looks, and a run with failures changes nothing.
    here.write("shards/dials", "alpha 5\nbeta 5\ngamma 5\n");
    here.memgate("run --output third.json").exits(0);
    there.write("third.json", here.read("third.json"));
    let before = there.baselines();
    there
        .memgate("update --from third.json --dry-run")
        .exits(0)
        .says("changed shards/memory/beta")
        .says("nothing was written");
    assert_eq!(there.baselines(), before);
    let partial = there.memgate_words(["update", "beta", "--from", "third.json"]).exits(0);
    partial.says("changed shards/memory/beta").never_says("alpha");
    // Of a run of a part, a package is a part.
    let mut part: Value = here.memgate("run alpha").exits(0).json();
    for target in part["run"]["bench_targets"].as_array_mut().unwrap() {
        target["environment"]["rustc"] = "1.0.0".into();
    }
    there.write("part.json", part.to_string());
    let before = there.baselines();
    for line in ["update --from part.json", "update --from part.json -p shards"] {
        there.memgate(line).exits(101).complains("measuring a part of it anew would mix the two");
    }
    assert_eq!(there.baselines(), before);
    here.write("shards/dials", "alpha 7\nbeta panic\n");
    here.memgate("run --output failed.json").exits(101);
    there.write("failed.json", here.read("failed.json"));
    let before = there.baselines();
    there.memgate("update --from failed.json").exits(101).complains("`shards/memory/beta` was not measured");
    assert_eq!(there.baselines(), before);
}

#[test]
fn a_run_of_another_triple_has_baselines_of_its_own() {
    let _alone = alone();
    let project = checkout("shards-triples");
    project.memgate("update").exits(0);
    let own = project.baselines();
    let mut run: Value = project.memgate("run").exits(0).json();
    let place = |run: &mut Value, triple: &str| {
        run["run"]["target"] = triple.into();
        for part in run["run"]["bench_targets"].as_array_mut().unwrap() {
            part["environment"]["target"] = triple.into();
        }
    };
    place(&mut run, "some-other-triple");
    project.write("run.json", run.to_string());
    project.memgate("report run.json").exits(104).says("there is no baseline for some-other-triple yet");
    project.memgate("update --from run.json").exits(0).says("added shards/memory/alpha (some-other-triple)");
    assert_eq!(project.baselines().len(), 2 * own.len());
    assert!(own.iter().all(|(path, bytes)| project.baselines()[path] == *bytes));
    project.memgate("report run.json --strict").exits(0);
    project.memgate("check --strict").exits(0);
}

#[test]
fn a_run_can_not_name_a_place_outside_of_the_baselines() {
    let _alone = alone();
    let project = checkout("shards-hostile");
    let run: Value = project.memgate("run").exits(0).json();
    let places = ["/run/target", "/run/bench_targets/0/package", "/run/bench_targets/0/bench_target"];
    for place in places {
        for name in ["../..", "..", ".hidden", "/tmp", "", "a/b", "c:"] {
            let mut hostile = run.clone();
            *hostile.pointer_mut(place).unwrap() = name.into();
            project.write("run.json", hostile.to_string());
            let problem =
                format!("error: failed to read run.json: {name:?} is no name of a target triple, package");
            project.memgate("update --from run.json").exits(101).complains(&problem);
            project.memgate("report run.json").exits(101).complains(&problem);
        }
    }
    assert!(!project.path("baselines").exists());

    // Names of benchmarks are keys, but they are printed.
    let hostile = run.to_string().replace("alpha", "al\\u001b[2Jpha");
    assert_ne!(hostile, run.to_string());
    project.write("run.json", hostile);
    let refused = project.memgate("update --from run.json").exits(101);
    let refused = refused
        .complains(r#""al\u{1b}[2Jpha" is no name of a benchmark: it has the invisible character U+001B"#);
    assert!(!refused.stderr.contains('\u{1b}'));
}
