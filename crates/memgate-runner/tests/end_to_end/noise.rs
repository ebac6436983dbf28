//! Benchmarks whose numbers are not the same in every process or window.

use crate::support::{Package, Project};

/// Allocates `base` times, and up to `spread` less one times more: differently in each process for `processes`,
/// differently in each window for `windows`. Both numbers stand in the file `noise`.
const BENCH: &str = r#"
use std::hint::black_box;
use memgate::Bencher;

fn numbers() -> (u32, u32) {
    let text = std::fs::read_to_string("noise").unwrap();
    let (base, spread) = text.trim().split_once(' ').unwrap();
    (base.parse().unwrap(), spread.parse().unwrap())
}

fn allocate(times: u32) {
    (0..times).for_each(|_| drop(black_box(Box::new(1_u64))));
}

fn processes(bencher: Bencher) {
    let (base, spread) = numbers();
    let process: u32 = std::fs::read_to_string("counter").map_or(0, |text| text.parse().unwrap());
    std::fs::write("counter", (process + 1).to_string()).unwrap();
    bencher.bench(|| allocate(base + process % spread));
}

fn windows(bencher: Bencher) {
    let (base, spread) = numbers();
    let mut window = 0;
    bencher.bench(move || {
        window += 1;
        allocate(base + window % spread);
    });
}

fn quiet(bencher: Bencher) {
    bencher.bench(|| allocate(3));
}

memgate::main! { processes, windows, quiet }
"#;

#[test]
fn noise_is_an_interval_and_only_a_whole_one_above_is_a_regression() {
    let project = Project::new("noise", [Package::new("noise").bench("memory", BENCH)]);
    let noise = |base: u32, spread: u32| project.write("noise/noise", format!("{base} {spread}"));
    let check = |line: &str, code: i32, processes: &str, windows: &str| {
        let report = project.memgate(&format!("check --format json {line}")).exits(code).report();
        report.has_verdicts(&[
            ("noise/memory/processes", processes),
            ("noise/memory/quiet", "ok"),
            ("noise/memory/windows", windows),
        ]);
        report
    };
    let interval = |minimum: u32, median: u32, maximum: u32, samples: u32| serde_json::json!({"minimum": minimum, "median": median, "maximum": maximum, "samples": samples});

    // Exact at first.
    noise(10, 1);
    project.memgate("update").exits(0);
    let report = check("--strict", 0, "ok", "ok");
    assert_eq!(report.benchmark("noise/memory/processes")["processes"], 2);

    // Noise around what was exact: inconclusive, and for all that is known it was never exact.
    noise(10, 3);
    let report = check("--strict", 0, "noisy", "noisy");
    for id in ["noise/memory/processes", "noise/memory/windows"] {
        assert_eq!(report.benchmark(id)["processes"], 8, "more processes are asked where they do not agree");
        assert_eq!(report.metrics_that_are(id, "noisy"), ["allocs"]);
        let (base, head) = (&report.metric(id, "allocs")["base"], &report.metric(id, "allocs")["head"]);
        assert_eq!(base, 10);
        // In eight processes three steady windows each.
        assert_eq!(*head, interval(10, 11, 12, 24), "{id}");
    }
    assert_eq!(report.benchmark("noise/memory/quiet")["processes"], 2);
    assert!(report.notices("became_noisy").is_empty());
    project.memgate("check").exits(0).says("2 noisy, 1 ok").says("10…12");
    // It is above base with every value: a regression, noise or not.
    noise(11, 3);
    let report = check("", 100, "regressed", "regressed");
    assert_eq!(report.metric("noise/memory/windows", "allocs")["head"], interval(11, 12, 13, 24));
    if cfg!(target_os = "linux") {
        project
            .memgate("check")
            .exits(100)
            .says("1 cause explains both regressions in 2 benchmarks:")
            .says("Box::new in memory::allocate")
            .says("whose call sites are those of one window: processes (allocs), windows (allocs)");
    }

    // The interval is what is committed.
    noise(10, 3);
    project.memgate("update").exits(0).says("allocs: 10 → 10 … 12");
    let baseline = project.read(project.baseline_path("noise", "memory"));
    assert!(
        baseline
            .contains("\"allocs\": { \"maximum\": 12, \"median\": 11, \"minimum\": 10, \"samples\": 24 }")
    );
    assert!(check("--strict", 0, "ok", "ok").notices("became_noisy").is_empty());
    project.memgate("update").exits(0).says("baselines are up to date");
    noise(12, 3);
    check("", 0, "noisy", "noisy");
    noise(13, 3);
    check("", 100, "regressed", "regressed");
    noise(7, 3);
    check("--strict", 103, "improved", "improved");

    // The maximum is stated.
    noise(10, 3);
    project.write("memgate.toml", "[measure]\nprocesses = 3\nmaximum-processes = 4\n");
    let report = project.memgate("check --format json").exits(0).report();
    assert_eq!(report.benchmark("noise/memory/processes")["processes"], 4);
    assert_eq!(report.benchmark("noise/memory/quiet")["processes"], 3);
}

/// Two of three processes agree, by luck, on what an update writes and a check sees, and more of them do not.
const LUCK: &str = r#"
use std::hint::black_box;
use memgate::Bencher;

fn lucky(bencher: Bencher) {
    let text = std::fs::read_to_string("values").unwrap();
    let mut values = text.split_whitespace();
    let times: u32 = values.next().unwrap().parse().unwrap();
    std::fs::write("values", values.collect::<Vec<_>>().join(" ")).unwrap();
    bencher.bench(|| (0..times).for_each(|_| drop(black_box(Box::new(1_u64)))));
}

memgate::main! { lucky }
"#;

#[test]
fn what_would_be_red_or_stale_is_asked_of_more_processes_first() {
    let project = Project::new("luck", [Package::new("luck").bench("memory", LUCK)]);
    let values = |values: &str| project.write("luck/values", values);
    values("5 5 5 5 5 5");
    project.memgate("update").exits(0);
    // Two that agree are not enough, be it for a rise or for a fall.
    for two in ["9 9", "2 2"] {
        values(&format!("{two} 5 9 5 5 2 5 5 9"));
        let report = project.memgate("check --strict --format json").exits(0).report();
        assert_eq!(report.benchmark("luck/memory/lucky")["processes"], 8);
    }
    values("9 9 9 9 9 9 9 9 9 9");
    project.memgate("check").exits(100);
    // A baseline is what three times as many agree on.
    values("5 5 5 5 9 5 5 5");
    project.memgate("update --all").exits(0).says("allocs: 5 → 5 … 9");
}

/// What a container keeps is not kept in every iteration.
const KEEPING: &str = r#"
use std::collections::HashMap;
use std::sync::Mutex;
use memgate::Bencher;

static KEPT: Mutex<Option<HashMap<u64, [u64; 4]>>> = Mutex::new(None);
static QUEUE: Mutex<Vec<u64>> = Mutex::new(Vec::new());
static CACHE: Mutex<Vec<Box<u64>>> = Mutex::new(Vec::new());

fn removes() -> bool {
    std::fs::exists("remove").unwrap()
}

fn map(bencher: Bencher) {
    let (mut next, removes) = (0, removes());
    bencher.bench(|| {
        let mut kept = KEPT.lock().unwrap();
        let kept = kept.get_or_insert_with(HashMap::new);
        next += 1;
        kept.insert(next, [next; 4]);
        if removes {
            kept.remove(&next);
        }
    });
}

fn queue(bencher: Bencher) {
    let removes = removes();
    bencher.bench(|| {
        let mut queue = QUEUE.lock().unwrap();
        queue.push(1);
        if removes {
            queue.clear();
        }
    });
}

fn cache(bencher: Bencher) {
    bencher.bench(|| {
        let mut cache = CACHE.lock().unwrap();
        if cache.len() < 500 {
            cache.push(Box::new(1));
        }
    });
}

/// A batch is written out after more entries; nothing of it stays.
fn batch(bencher: Bencher) {
    let (mut batch, size) = (Vec::with_capacity(128), if removes() { 50 } else { 100 });
    bencher.bench(|| {
        batch.push(Box::new([0_u64; 6]));
        if batch.len() == size {
            batch.clear();
        }
    });
}

/// Something large is given back first.
fn shrunk(bencher: Bencher) {
    let (mut large, mut calls, removes) = (vec![0_u8; 1 << 20], 0, removes());
    bencher.bench(|| {
        calls += 1;
        if calls == 12 {
            large = Vec::new();
        }
        if calls % 2 == 0 && !removes {
            std::mem::forget(Box::new([large.len() as u64; 2]));
        }
    });
}

/// Its inputs are used up before there is time for many iterations.
fn few(bencher: Bencher) {
    let mut inputs = vec![1_u64; 20];
    bencher.bench(|| Box::new(inputs.pop().unwrap()));
}

memgate::main! { map, queue, cache, batch, shrunk, few }
"#;

#[test]
fn what_a_container_keeps_for_ever_is_a_leak_and_a_full_cache_is_none() {
    let project = Project::new("keeping", [Package::new("keeping").bench("memory", KEEPING)]);
    project.write("keeping/remove", "");
    project.memgate("update").exits(0);
    project.memgate("check --strict").exits(0);
    std::fs::remove_file(project.path("keeping/remove")).unwrap();
    let report = project.memgate("check --format json").exits(100).report();
    report.has_verdicts(&[
        ("keeping/memory/batch", "ok"),
        ("keeping/memory/cache", "ok"),
        ("keeping/memory/few", "ok"),
        ("keeping/memory/map", "regressed"),
        ("keeping/memory/queue", "regressed"),
        ("keeping/memory/shrunk", "regressed"),
    ]);
    let leaked = |id: &str| report.metric(id, "leaked_bytes")["head"].as_i64();
    // Eight bytes each in a vector that doubles, and forty and a byte for each slot of a table: within a factor of two.
    assert!(matches!(leaked("keeping/memory/queue"), Some(8..=16)), "{:?}", leaked("keeping/memory/queue"));
    assert!(matches!(leaked("keeping/memory/map"), Some(40..=90)), "{:?}", leaked("keeping/memory/map"));
    assert_eq!(leaked("keeping/memory/cache"), Some(0));
    assert_eq!(leaked("keeping/memory/batch"), Some(0));
    assert_eq!(leaked("keeping/memory/shrunk"), Some(8));
    if cfg!(target_os = "linux") {
        let checked = project.memgate("check").exits(100);
        checked.says("HashMap::insert in memory::map").says("Vec::push in memory::queue");
    }
    // What is written agrees with what is measured then.
    project.memgate("update").exits(0);
    project.memgate("check --strict").exits(0);
}
