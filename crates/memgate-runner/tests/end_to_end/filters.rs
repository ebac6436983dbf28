//! What is selected, and what is never executed.

use crate::dials;
use crate::support::{Package, Project};

/// Leaves a trace when it is executed, whatever it is executed with.
const TRACE: &str = "fn main() { std::fs::write(\"executed\", \"main\").unwrap(); }";
const LIBTEST: &str = "#[test]\nfn test() { std::fs::write(\"executed\", \"libtest\").unwrap(); }";

fn project(name: &str) -> Project {
    let (parser, writer) = (format!("{name}-parser"), format!("{name}-writer"));
    let dials = |package: &str| {
        dials::package(package, "json 1\njson/large 2\nxml/large 3\n")
            .bench("others", OTHERS)
            .bench("hand", TRACE)
    };
    let libtest = "[[bench]]\nname = \"libtest\"\n";
    let plain = Package::without_memgate(&format!("{name}-plain")).bench("plain", TRACE);
    Project::new(
        name,
        [
            dials(&parser).manifest(libtest).file("benches/libtest.rs", LIBTEST),
            dials(&writer),
            plain.manifest(libtest).file("benches/libtest.rs", LIBTEST),
        ],
    )
}

const OTHERS: &str = "fn yaml(bencher: memgate::Bencher) { bencher.bench(|| vec![1, 2, 3]); }\n\
                      memgate::main! { yaml }";

#[test]
fn filters_select_by_part_glob_package_and_bench_target() {
    let project = project("filters");
    let all: Vec<String> = ["parser", "writer"]
        .iter()
        .flat_map(|package| {
            ["memory/json", "memory/json/large", "memory/xml/large", "others/yaml"]
                .map(|name| format!("filters-{package}/{name}"))
        })
        .collect();
    let list = |line: &str| {
        let finished = project.memgate(&format!("list {line}")).exits(0);
        finished.lines().into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let pick = |indices: &[usize]| indices.iter().map(|index| all[*index].clone()).collect::<Vec<_>>();

    assert_eq!(list(""), all);
    assert_eq!(list("json"), pick(&[0, 1, 4, 5]), "a part of the id");
    assert_eq!(list("parser/memory yaml"), pick(&[0, 1, 2, 3, 7]), "any of several");
    assert_eq!(list("*/large"), pick(&[1, 2, 5, 6]), "a glob");
    assert_eq!(list("filters-parser/*l"), pick(&[3]), "a glob crosses slashes and is over the whole id");
    assert_eq!(list("--exact json"), pick(&[0, 4]), "a whole name");
    assert_eq!(list("--exact filters-writer/memory/json"), pick(&[4]), "a whole id");
    assert_eq!(list("--skip json"), pick(&[2, 3, 6, 7]));
    assert_eq!(list("large --skip xml --skip writer"), pick(&[1]));
    assert_eq!(list("-p filters-writer"), pick(&[4, 5, 6, 7]));
    assert_eq!(list("-p filters-writer --bench others"), pick(&[7]));
    assert_eq!(list("--bench others --bench memory yaml"), pick(&[3, 7]));

    // What is built beside them, and carries no marker, was not even started.
    project
        .memgate("check")
        .exits(104)
        .complains("    Building filters-parser (1 of 2)\n")
        .complains("    Building filters-writer (2 of 2)\n");
    for package in ["parser", "writer", "plain"] {
        assert!(!project.path(format!("filters-{package}/executed")).exists(), "{package}");
    }
}

#[test]
fn a_filtered_update_merges() {
    let project = project("merging");
    let names = |bench_target| {
        let baseline = project.read(project.baseline_path("merging-parser", bench_target));
        let baseline: serde_json::Value = serde_json::from_str(&baseline).unwrap();
        baseline["benchmarks"].as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    project.memgate("update parser/memory/json").exits(0).says("2 files under baselines/ changed");
    assert_eq!(names("memory"), ["json", "json/large"]);
    project.memgate("update --exact xml/large -p merging-parser").exits(0);
    assert_eq!(names("memory"), ["json", "json/large", "xml/large"]);
    project.memgate("update").exits(0);
    let before = project.baselines();
    assert_eq!(before.len(), 8);

    // Half of what is committed is gone from the source, and other numbers have changed. Only what is selected is
    // written, and nothing is dropped.
    project.write("merging-parser/dials", "json 9\njson/large 9\n");
    project.memgate("update --exact merging-parser/memory/json").exits(0);
    assert_eq!(names("memory"), ["json", "json/large", "xml/large"]);
    let report = project.memgate("check --format json").exits(100).report();
    assert_eq!(report.verdicts()["merging-parser/memory/json"], "ok");
    assert_eq!(report.verdicts()["merging-parser/memory/json/large"], "regressed");
    assert_eq!(report.verdicts()["merging-parser/memory/xml/large"], "missing");
    project.memgate("update -p merging-parser --bench others").exits(0);
    assert_eq!(names("memory"), ["json", "json/large", "xml/large"]);
    project.memgate("update -p merging-parser").exits(0).says("removed merging-parser/memory/xml/large");
    assert_eq!(names("memory"), ["json", "json/large"]);
    let is_changed = |path: &std::path::Path| {
        path.ends_with("merging-parser/memory.json") || path.ends_with("merging-parser/memory.sites.json")
    };
    for (path, bytes) in before.iter().filter(|(path, _)| !is_changed(path)) {
        assert_eq!(project.baselines().get(path), Some(bytes), "{}", path.display());
    }

    // What a filter leaves out is not missing.
    project.memgate("check --exact json --strict").exits(0).says("2 ok");
}

#[test]
fn what_can_not_be_selected_is_a_usage_error_with_a_hint() {
    let project = project("slips");
    project
        .memgate("check jsn/lrge")
        .exits(2)
        .complains("no benchmark matches `jsn/lrge`; the nearest are:")
        .complains("slips-parser/memory/json/large");
    project.memgate("check zzzzzz").exits(2).complains("`cargo memgate list` shows all 8");
    project.memgate("check --skip s").exits(2).complains("every benchmark is left out by --skip");
    project.memgate("check a[").exits(2).complains("the filter `a[` is no glob");
    project.memgate("check -p slips-parse").exits(2).complains("did you mean `slips-parser`?");
    project.memgate("check --bench memry").exits(2).complains("did you mean `memory`?");
    project.memgate("check --features nope").exits(2).complains("no selected package has the feature `nope`");
    project.memgate("check --stritc").exits(2).complains("--strict");
    assert!(!project.path("baselines").exists());
}

#[test]
fn without_a_memory_benchmark_the_way_to_one_is_shown() {
    let project = project("beginning");
    for line in
        ["check -p beginning-plain", "check --bench hand", "update --bench hand", "list --bench libtest"]
    {
        project
            .memgate(line)
            .exits(101)
            .complains("no bench target of the selected packages uses memgate")
            .complains("[[bench]]")
            .complains("memgate::main! { example }");
    }
    assert!(!project.path("beginning-parser/executed").exists());
    assert!(!project.path("beginning-plain/executed").exists());
}
