//! Benchmarks that can't be measured for what they are called, and odd names that can.

use crate::commits::History;
use crate::support::{Package, Project};

const ODD: &str = r#"
fn one(bencher: memgate::Bencher) {
    bencher.bench(|| Box::new(1));
}

#[global_allocator]
static ALLOCATOR: memgate::Alloc = memgate::Alloc::system();

fn main() -> std::process::ExitCode {
    let mut suite = memgate::Suite::new("names", "odd");
    for line in include_str!("odd.txt").lines() {
        suite = suite.bench(line, one);
    }
    suite.main()
}
"#;

/// Names that have a meaning to a shell, a file system, a glob, JSON, Markdown or XML.
const NAMES: [&str; 8] = [
    "with spaces in it",
    "a/slash/and/../../../..",
    "größe/日本語/🦀",
    "<b>&amp;\"quoted\"|pipe|`tick`",
    "*",
    "[a-z]?",
    "$HOME;'--exact'",
    r"back\slash",
];

#[test]
fn odd_names_work_from_end_to_end() {
    let long = "n".repeat(300);
    let names: Vec<&str> = NAMES.into_iter().chain([long.as_str()]).collect();
    let package = Package::new("names-odd").bench("odd", ODD).file("benches/odd.txt", &names.join("\n"));
    let project = Project::new("names odd größe", [package]);
    let ids: Vec<String> = names.iter().map(|name| format!("names-odd/odd/{name}")).collect();

    assert_eq!(project.memgate("list").exits(0).lines(), ids);
    project.memgate("update").exits(0);
    assert_eq!(project.baselines().len(), 2, "numbers and sites; names are keys, not paths");
    project.memgate("check --strict").exits(0).says("9 ok");
    for (name, id) in names.iter().zip(&ids) {
        assert_eq!(project.memgate_words(["list", "--exact", name]).exits(0).lines(), [id]);
    }
    assert_eq!(project.memgate_words(["list", "spaces in"]).exits(0).lines(), [&ids[0]]);
    assert_eq!(project.memgate_words(["list", "日本"]).exits(0).lines(), [&ids[2]]);
    assert_eq!(project.memgate_words(["list", "*odd/[*]"]).exits(0).lines(), [&ids[4]]);
    assert_eq!(project.memgate(&format!("list {long}")).exits(0).lines(), [&ids[8]]);

    // Every one of them is updated by itself, and reported in every format.
    std::fs::remove_dir_all(project.path("baselines")).unwrap();
    for id in &ids {
        project.memgate_words(["update", "--exact", id]).exits(0).says(&format!("added {id} ("));
    }
    project.memgate("check --strict").exits(0).says("9 ok");
    let junit = project.memgate("check --format junit").exits(0);
    assert_eq!(junit.stdout.matches("<testcase").count(), 9);
    let report = project.memgate("check --format json").exits(0).report();
    assert_eq!(report.verdicts().into_keys().collect::<std::collections::BTreeSet<_>>(), {
        ids.iter().map(String::as_str).collect()
    });
}

#[test]
fn what_nobody_sees_of_a_name_is_read_back_and_shown_as_an_escape() {
    let names = ["❤\u{FE0F}", &"n".repeat(1_200)].join("\n");
    let package = Package::new("names-hidden").bench("odd", ODD).file("benches/odd.txt", &names);
    let project = Project::new("names-hidden", [package]);
    project.memgate("update").exits(0);
    let mut history = History::of(project);
    history.commit("begin");
    let project = &history.project;
    let report = project.memgate("check --format json").exits(0).stdout;
    project.write("report.json", report);
    project.memgate("report report.json -v").exits(0).says("2 ok").says("❤\\u{fe0f}");
    let recorded = project.memgate("history record").exits(0);
    recorded.says("Recorded 2 benchmarks");
    let shown = project.memgate("history show -v").exits(0).says("❤\\u{fe0f}");
    assert!(!shown.stderr.contains("no records"), "{shown:?}");
}

/// A bench target with these benchmarks, of which `good` is one that works.
fn bench(benchmarks: &str) -> String {
    format!(
        "use memgate::Bencher;
        fn good(bencher: Bencher) {{ bencher.bench(|| Box::new(1)); }}
        fn windowless(_: Bencher) {{}}
        memgate::main! {{ {benchmarks} }}"
    )
}

#[test]
fn what_would_give_zeros_or_mix_ids_fails_loudly() {
    let package = Package::new("names-bad")
        .bench("good", &bench("good, \"unused\" => windowless"))
        .bench("no_allocator", &bench("allocator = none; good, \"unused\" => windowless"))
        .bench("twice", &bench("good, \"unused\" => windowless, \"go\\u{6f}d\" => good"))
        .bench("newline", &bench("good, \"two\\nlines\" => windowless"))
        .bench("empty", &bench("good, \"\" => windowless"));
    let project = Project::new("names-bad", [package]);

    let report = project.memgate("check --format json").exits(101).report();
    report.has_verdicts(&[("names-bad/good/good", "new"), ("names-bad/good/unused", "failed")]);
    let (kind, message, _) = report.failure("names-bad/good/unused");
    assert_eq!(kind, "refused");
    assert!(message.starts_with("`unused` returned without opening a window; call `bench`"), "{message}");
    for (bench_target, expected) in [
        ("no_allocator", "memgate's allocator is not installed, so nothing can be counted"),
        ("twice", "two benchmarks are named `good`; rename one"),
        (
            "newline",
            r#"the benchmark name "two\nlines" can't be used: it has the invisible character U+000A"#,
        ),
        ("empty", r#"the benchmark name "" can't be used: it is empty; rename it"#),
    ] {
        let (kind, message, _) = report.target_failure(bench_target);
        assert_eq!(kind, "refused");
        assert!(message.contains(expected), "{bench_target}: {message}");
        project
            .memgate(&format!("list --bench {bench_target}"))
            .exits(101)
            .complains(&format!("failed to list names-bad/{bench_target}: "));
        project
            .memgate(&format!("update --bench {bench_target}"))
            .exits(101)
            .complains("could not be measured");
    }
    project.memgate("update").exits(101);
    assert!(project.baselines().is_empty());
    // What works can still be committed.
    project.memgate("update --bench good --skip unused").exits(0).says("added names-bad/good/good");
}

/// A crate whose benchmarks depend on the published crate of its name, at its own version.
#[test]
fn a_package_is_told_apart_from_a_dependency_of_its_name_and_version() {
    let bench = "memgate::main! { \"a\" => |bencher: memgate::Bencher| bencher.bench(|| Box::new(1)) }";
    // memgate needs itoa, through serde_json.
    let project = Project::new("same-name", [Package::new("itoa").bench("memory", bench)]);
    let lock = project.read("Cargo.lock");
    let (_, after) = lock.split_once("name = \"itoa\"\nversion = ").unwrap();
    let version = after.lines().next().unwrap();
    project.replace("itoa/Cargo.toml", &format!("{:?}", project.version()), version);
    assert_eq!(project.memgate("list --format lines").exits(0).lines(), ["itoa/memory/a"]);
}
