//! Metrics other than the plain growth of allocs: leaks, budgets, cold windows; and allocations of other threads.

use crate::sites_shown::{check, explained_metrics, names_first, place, rows, sites};
use crate::support::{Package, Project};

const LIBRARY: &str = "
use std::sync::{Mutex, OnceLock};

static KEPT: Mutex<Vec<&'static [u8]>> = Mutex::new(Vec::new());
static CACHE: OnceLock<Vec<u64>> = OnceLock::new();

pub fn kept(bytes: u8) -> usize {
    cached().len() + usize::from(bytes)
}

fn cached() -> &'static [u64] {
    CACHE.get_or_init(|| vec![7; 500]) // the cache
}

pub fn remember(bytes: u8) {
    let kept: &'static [u8] = Box::leak(vec![bytes; 600].into_boxed_slice()); // the leak
    let mut all = KEPT.lock().unwrap();
    if all.is_empty() {
        all.push(kept);
    }
}

pub fn spawned() -> u64 {
    let worker = std::thread::spawn(|| Box::new(std::hint::black_box(1_u64))); // of before
    *worker.join().unwrap()
}

pub fn large() -> Vec<u8> {
    let mut all = Vec::with_capacity(5_000); // the largest
    all.extend_from_slice(&vec![1; 400]); // smaller
    all
}
";

const BENCH: &str = "
use memgate::Bencher;

fn kept(bencher: Bencher) {
    bencher.bench(|| metrics::kept(3));
}

fn spawned(bencher: Bencher) {
    bencher.bench(metrics::spawned);
}

fn large(bencher: Bencher) {
    bencher.bench(metrics::large);
}

memgate::main! { kept, spawned, large }
";

#[test]
fn every_metric_is_explained_by_its_own_sites() {
    let package = Package::new("metrics").file("src/lib.rs", LIBRARY).bench("memory", BENCH);
    let project = Project::new("metrics", [package]);
    project.write("memgate.toml", "[limits]\ncold.allocs = {}\n");
    let library = "metrics/src/lib.rs";
    project.memgate("update").exits(0);
    project.memgate("check --strict").exits(0);

    // Nothing grew, and it is too much.
    project.write(
        "memgate.toml",
        "[[benchmark]]\nmatch = \"*/large\"\nbudget = { peak_bytes = \"5 kB\" }\n[limits]\ncold.allocs = {}\n",
    );
    let checked = check(&project, "large", 100);
    let id = "metrics/memory/large";
    assert_eq!(explained_metrics(&checked.json, id), ["peak_bytes"]);
    assert!(
        checked.terminal.contains("nothing grew: the largest call sites of this run are listed"),
        "{}",
        checked.terminal
    );
    let listed = rows(&checked.json, id, "peak_bytes");
    let shown: Vec<(i64, &str)> = listed.iter().map(|row| (row.delta, row.place.as_str())).collect();
    assert_eq!(
        shown,
        [
            (5_000, place(&project, library, "// the largest").as_str()),
            (400, place(&project, library, "// smaller").as_str())
        ]
    );
    project.write("memgate.toml", "[limits]\ncold.allocs = {}\n");

    // More each time; what is filled once is none of it.
    project.replace(library, "    cached().len()", "    remember(bytes);\n    cached().len()");
    let checked = check(&project, "kept", 100);
    let id = "metrics/memory/kept";
    let leak = place(&project, library, "// the leak");
    let first = names_first_bytes(&checked.json, id, "leaked_bytes");
    assert_eq!(first, [(600, leak.clone())]);
    assert!(explained_metrics(&checked.json, id).contains(&"allocs"));
    names_first(&checked, id, "allocs", 1, &leak);
    project.replace(library, "    remember(bytes);\n", "");

    // In the first window only: a cache that has one more block.
    let colder =
        "let more = vec![1_u8; 9]; // colder\n        std::hint::black_box(more);\n        vec![7; 500]";
    project.replace(library, "|| vec![7; 500]) // the cache", &format!("|| {{\n        {colder}\n    }})"));
    let checked = check(&project, "kept", 100);
    assert_eq!(explained_metrics(&checked.json, id), ["cold.allocs"]);
    let listed = rows(&checked.json, id, "cold.allocs");
    let colder = place(&project, library, "// colder");
    assert!(listed.iter().any(|row| row.delta == 1 && row.place == colder), "{listed:#?}");
    assert!(checked.terminal.contains(&colder), "{}", checked.terminal);
    // `update` writes none of these.
    assert!(
        checked.terminal.contains("only steady windows' call sites are committed"),
        "{}",
        checked.terminal
    );

    // On a thread of its own, whose stack starts there.
    project.replace(
        library,
        "|| Box::new(std::hint::black_box(1_u64))); // of before",
        "|| {\n        drop(std::hint::black_box(Box::new([1_u64; 2]))); // of the thread\n        Box::new(std::hint::black_box(1_u64))\n    });",
    );
    let checked = check(&project, "spawned", 100);
    let id = "metrics/memory/spawned";
    let first = names_first(&checked, id, "allocs", 1, &place(&project, library, "// of the thread"));
    assert_eq!(first.operation, "Box::new");
    assert_eq!(first.function, "metrics::spawned::{closure#0}");
    assert!(sites(&checked.json, id)["failure"].is_null());
}

fn names_first_bytes(report: &serde_json::Value, id: &str, metric: &str) -> Vec<(i64, String)> {
    rows(report, id, metric).into_iter().map(|row| (row.delta, row.place)).collect()
}
