//! `check` names the line that allocates, however deep it is, and nothing that only moved.

use crate::sites_shown::{check, explained_metrics, names_first, place, rows, sites, without_entities};
use crate::support::{Package, Project};

const LIBRARY: &str = "
pub mod words;

pub fn count(text: &str) -> usize {
    words::longest(text)
}

pub fn pair() -> u64 {
    let first = std::hint::black_box(Box::new(1_u64));
    let second = std::hint::black_box(Box::new(2_u64));
    *first + *second
}

pub fn grown() -> usize {
    outside::grow(8).len()
}
";

const WORDS: &str = "
pub fn longest(text: &str) -> usize {
    measured(text)
}

fn measured(text: &str) -> usize {
    copied(text).len()
}

fn copied(text: &str) -> String {
    text.to_owned()
}
";

const OUTSIDE: &str = "
pub fn grow(length: usize) -> Vec<u8> {
    filled(length)
}

fn filled(length: usize) -> Vec<u8> {
    vec![1; length]
}
";

const BENCH: &str = "
use memgate::Bencher;

fn count(bencher: Bencher) {
    bencher.bench(|| culprits::count(\"word\"));
}

fn pair(bencher: Bencher) {
    bencher.bench(culprits::pair);
}

fn grown(bencher: Bencher) {
    bencher.bench(culprits::grown);
}

memgate::main! { count, pair, grown }
";

#[test]
fn the_line_that_allocates_is_named_first() {
    // Outside of the workspace that uses it.
    let dependency =
        Project::new("culprits-outside", [Package::without_memgate("outside").file("src/lib.rs", OUTSIDE)]);
    let package = Package::new("culprits")
        .manifest("[dependencies]\noutside = { path = \"../../culprits-outside/outside\" }\n")
        .file("src/lib.rs", LIBRARY)
        .file("src/words.rs", WORDS)
        .bench("memory", BENCH);
    let project = Project::new("culprits", [package]);
    project.memgate("update").exits(0).says("sites of 3 benchmarks recorded");

    project.replace(
        "culprits/src/words.rs",
        "    text.to_owned()",
        "    drop(std::hint::black_box(Box::new(7_u8))); // the new one\n    text.to_owned()",
    );
    project.replace(
        "culprits/src/lib.rs",
        "    let second",
        "    let third = std::hint::black_box(Box::new([3_u64; 3])); // between\n    drop(third);\n    let second",
    );
    let grow = "    drop(std::hint::black_box(Box::new(9_u32)));\n    vec![1; length]";
    dependency.replace("outside/src/lib.rs", "    vec![1; length]", grow);
    let checked = check(&project, "", 100);

    let first = names_first(
        &checked,
        "culprits/memory/count",
        "allocs",
        1,
        &place(&project, "culprits/src/words.rs", "// the new one"),
    );
    assert_eq!((first.operation.as_str(), first.function.as_str()), ("Box::new", "culprits::words::copied"));
    assert_eq!(first.kind, "new");
    assert_eq!(
        first.callers,
        [
            "culprits::words::measured",
            "culprits::words::longest",
            "culprits::count",
            "memory::count::{closure#0}"
        ]
    );
    for text in [&checked.terminal, &checked.markdown] {
        for caller in ["← culprits::words::measured", "← culprits::words::longest", "← culprits::count"]
        {
            assert!(text.contains(caller), "{caller}\n{text}");
        }
    }
    assert_eq!(explained_metrics(&checked.json, "culprits/memory/count"), ["allocs"]);

    let first = names_first(
        &checked,
        "culprits/memory/pair",
        "allocs",
        1,
        &place(&project, "culprits/src/lib.rs", "// between"),
    );
    assert_eq!((first.operation.as_str(), first.function.as_str()), ("Box::new", "culprits::pair"));
    assert_eq!(rows(&checked.json, "culprits/memory/pair", "allocs").len(), 1);

    let first = names_first(
        &checked,
        "culprits/memory/grown",
        "allocs",
        1,
        &place(&project, "culprits/src/lib.rs", "outside::grow(8)"),
    );
    assert_eq!((first.operation.as_str(), first.function.as_str()), ("Box::new", "culprits::grown"));
    assert_eq!(first.through, ["outside::filled", "outside::grow"]);
    for text in [&checked.terminal, &checked.markdown] {
        assert!(text.contains("Box::new in outside::filled"), "{text}");
    }
    // A report that was written shows the same.
    let again = project.memgate("report report.json --verbose --format markdown").exits(100).stdout;
    assert_eq!(without_entities(&again), checked.markdown);
}

const MOVING: &str = "
pub mod words;

pub fn count(text: &str) -> usize {
    words::copied(text).len() + words::listed(text).len() + elsewhere()
}

fn elsewhere() -> usize {
    std::hint::black_box(Vec::<u8>::with_capacity(16)).capacity()
}
";

const MOVED: &str = "
pub fn copied(text: &str) -> String {
    let mut copy = String::with_capacity(text.len());
    copy.push_str(text);
    copy
}
";

const STAYING: &str = "
pub fn listed(text: &str) -> Vec<String> {
    text.split(' ').map(String::from).collect()
}
";

const MOVING_BENCH: &str = "
use memgate::Bencher;

fn count(bencher: Bencher) {
    bencher.bench(|| moving::count(\"one two three four five\"));
}

memgate::main! { count }
";

/// Optimised, since what is inlined into what is then up to the compiler.
#[test]
fn what_only_moved_is_not_named() {
    let id = "moving/memory/count";
    let package = Package::new("moving")
        .file("src/lib.rs", MOVING)
        .file("src/words.rs", &format!("{MOVED}{STAYING}"))
        .bench("memory", MOVING_BENCH);
    let project = Project::new("moving", [package]);
    project.replace("Cargo.toml", "[profile.bench]\nopt-level = 0\n", "[profile.bench]\nopt-level = 3\n");
    project.memgate("update").exits(0);
    let before = project.baselines();
    assert_eq!(before.len(), 2);

    // To another module, further down.
    project.write("moving/src/text.rs", format!("//! Text.\n\n// A comment.\n\n\n{MOVED}"));
    project
        .write("moving/src/words.rs", format!("// Shorter now.\n\npub use crate::text::copied;\n{STAYING}"));
    project.replace("moving/src/lib.rs", "pub mod words;", "pub mod words;\nmod text;\n\n");
    let moved = check(&project, "", 0);
    assert!(sites(&moved.json, id).is_null());
    assert!(!moved.terminal.contains("by call site"), "{}", moved.terminal);
    project.memgate("update").exits(0).says("baselines are up to date (1 benchmark measured)");
    assert_eq!(project.baselines(), before);

    // And one more allocation elsewhere, in what was there before.
    let added = "    drop(std::hint::black_box(Vec::<u8>::with_capacity(24))); // added\n    std::hint::black_box(Vec";
    project.replace("moving/src/lib.rs", "    std::hint::black_box(Vec", added);
    let only = |line: &str| {
        let checked = check(&project, line, 100);
        assert_eq!(explained_metrics(&checked.json, id), ["allocs"], "bytes are within their limits");
        assert_eq!(rows(&checked.json, id, "allocs").len(), 1, "{:#}", sites(&checked.json, id));
        names_first(&checked, id, "allocs", 1, &place(&project, "moving/src/lib.rs", "// added"));
    };
    only("");

    // The file has another name, and its module has not.
    std::fs::rename(project.path("moving/src/words.rs"), project.path("moving/src/renamed.rs")).unwrap();
    project.replace("moving/src/lib.rs", "pub mod words;", "#[path = \"renamed.rs\"]\npub mod words;");
    only("");

    for (from, to) in [("", "#[inline(always)]\n"), ("#[inline(always)]\n", "#[inline(never)]\n")] {
        for (file, function) in [
            ("moving/src/text.rs", "pub fn copied"),
            ("moving/src/renamed.rs", "pub fn listed"),
            ("moving/src/lib.rs", "fn elsewhere"),
        ] {
            project.replace(file, &format!("{from}{function}"), &format!("{to}{function}"));
        }
        only("");
    }
}
