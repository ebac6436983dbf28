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

    // Noise around what was exact: inconclusive, and said so.
    noise(10, 3);
    check("", 0, "noisy", "noisy");
    let report = check("--strict", 103, "noisy", "noisy");
    for id in ["noise/memory/processes", "noise/memory/windows"] {
        assert_eq!(report.benchmark(id)["processes"], 8, "more processes are asked where they do not agree");
        assert_eq!(report.metrics_that_are(id, "noisy"), ["allocs"]);
        let (base, head) = (&report.metric(id, "allocs")["base"], &report.metric(id, "allocs")["head"]);
        assert_eq!(base, 10);
        // In eight processes three steady windows each.
        assert_eq!(*head, interval(10, 11, 12, 24), "{id}");
    }
    assert_eq!(report.benchmark("noise/memory/quiet")["processes"], 2);
    assert_eq!(
        report.notices("became_noisy"),
        [
            "noise/memory/processes was exact and now varies beyond its limit in allocs; mend it, or accept it with \
             `update`",
            "noise/memory/windows was exact and now varies beyond its limit in allocs; mend it, or accept it with \
             `update`"
        ]
    );
    project.memgate("check").exits(0).says("2 noisy, 1 ok").says("10 … 12");
    // It is above base with every value: a regression, noise or not.
    noise(11, 3);
    let report = check("", 100, "regressed", "regressed");
    assert_eq!(report.metric("noise/memory/windows", "allocs")["head"], interval(11, 12, 13, 24));

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
