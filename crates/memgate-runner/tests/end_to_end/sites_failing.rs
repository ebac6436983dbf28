//! What goes wrong only while call sites are recorded changes no verdict.

use crate::sites_shown::{check, place, rows, sites};
use crate::support::{Package, Project};

/// Each process calls its benchmark once. Two measure, eight confirm that it is red, and the next records.
const BENCH: &str = "
use std::time::Duration;

use memgate::Bencher;

fn records(name: &str) -> bool {
    let Ok(calls) = std::fs::read_to_string(name) else { return false };
    std::fs::write(name, format!(\"{calls}.\")).unwrap();
    calls.len() == 10
}

fn steady(bencher: Bencher) {
    bencher.bench(work);
}

fn aborts(bencher: Bencher) {
    if records(\"aborts\") {
        std::process::abort();
    }
    bencher.bench(work);
}

fn hangs(bencher: Bencher) {
    if records(\"hangs\") {
        std::thread::sleep(Duration::from_secs(600));
    }
    bencher.bench(work);
}

fn work() -> Vec<u8> {
    vec![1; 10]
}

memgate::main! { steady, aborts, hangs }
";

#[test]
fn a_process_that_dies_while_it_records() {
    let package = Package::new("recording").bench("memory", BENCH);
    let project = Project::new("recording", [package]);
    project.memgate("update").exits(0);
    let bench = "recording/benches/memory.rs";
    let id = |name: &str| format!("recording/memory/{name}");
    let begin_anew = || {
        for name in ["aborts", "hangs"] {
            project.write(format!("recording/{name}"), "");
        }
    };
    begin_anew();
    project.memgate("check --strict").exits(0);

    project.replace(
        bench,
        "    vec![1; 10]",
        "    drop(std::hint::black_box(Box::new(1))); // new\n    vec![1; 10]",
    );
    begin_anew();
    let started = std::time::Instant::now();
    let checked = check(&project, "--time-limit 2s", 100);
    assert!(started.elapsed() < std::time::Duration::from_secs(60));
    for (name, problem) in [
        ("aborts", "it was ended by signal 6 (SIGABRT) before it was measured"),
        (
            "hangs",
            "it ran longer than 2 s and was stopped; make what it measures smaller, or raise --time-limit",
        ),
    ] {
        assert_eq!(sites(&checked.json, &id(name))["failure"], problem);
        let said = format!("{}: the call sites could not be recorded: {problem}", id(name));
        assert!(checked.terminal.contains(&said), "{}", checked.terminal);
        assert!(checked.markdown.contains("could not be recorded: it "), "{}", checked.markdown);
    }
    let steady = rows(&checked.json, &id("steady"), "allocs");
    assert_eq!((steady.len(), &steady[0].place), (1, &place(&project, bench, "// new")));

    // The numbers are written, and the sites that would explain others go.
    begin_anew();
    project
        .memgate("update --time-limit 2s")
        .exits(0)
        .says("sites of 1 benchmark recorded")
        .says("(and those of 1 more) could not be recorded: it ");
    let baseline = project.baseline_path("recording", "memory");
    let committed = project.read(baseline.with_extension("sites.json"));
    assert!(committed.contains("\"steady\"") && !committed.contains("\"aborts\""), "{committed}");
    for name in ["aborts", "hangs"] {
        std::fs::remove_file(project.path(format!("recording/{name}"))).unwrap();
    }
    project.memgate("check --strict").exits(0);
    project.memgate("update").exits(0).says("sites of 2 benchmarks recorded");

    // The first process counts, the second records.
    project.write("recording/aborts", ".".repeat(9));
    project.memgate("explain --exact aborts").exits(101).complains(
        "error: recording/memory/aborts could not be recorded: it was ended by signal 6 (SIGABRT)",
    );
}
