//! What the kernel says of whole commands: beside what is counted, and a reason to fail only where that is asked for.

use serde_json::Value;

use crate::finished::Finished;
use crate::support::{Package, Project};

/// Touches as many of its own megabytes as it is told, which are no heap.
const PROGRAM: &str = r#"
static mut OWN: [u8; 64 << 20] = [0; 64 << 20];

fn main() {
    let touched = std::fs::read_to_string("touched.txt").unwrap();
    let megabytes: usize = touched.trim().parse().unwrap();
    let own = &raw mut OWN;
    for place in (0..megabytes << 20).step_by(1024) {
        // SAFETY: within `OWN`, which is longer than any test asks for, and which nothing else touches.
        unsafe { (own.cast::<u8>().add(place)).write_volatile(1) };
    }
    println!("{}", std::hint::black_box(vec![0_u8; 100]).len());
}
"#;

fn configuration(rest: &str) -> String {
    format!("[[command]]\nname = \"touch\"\nbin = \"touches\"\n{rest}\n")
}

/// A metric of the only benchmark of a report.
#[track_caller]
fn metric(finished: &Finished, name: &str) -> Option<Value> {
    let report = finished.json();
    let metrics = report["report"]["benchmarks"][0]["metrics"].as_array().unwrap().clone();
    metrics.into_iter().find(|metric| metric["metric"] == name)
}

fn lowest(value: &Value) -> u64 {
    value.as_u64().or(value["minimum"].as_u64()).unwrap()
}

#[test]
fn the_kernels_figures_stand_beside_and_fail_only_where_they_are_limited() {
    let package = Package::without_memgate("commands-kernel")
        .manifest("[[bin]]\nname = \"touches\"\npath = \"src/main.rs\"\n")
        .file("src/main.rs", PROGRAM);
    let project = Project::new("commands-kernel", [package]);
    project.write("memgate.toml", configuration(""));
    project.write("touched.txt", "08");
    project.memgate("update").exits(0);
    let path = project.baseline_path("commands-kernel", "touches");
    let unlimited = project.read(&path);
    assert!(unlimited.contains("\"schema\": 3") && !unlimited.contains("resident"), "{unlimited}");

    // As large as it likes, and the same to the gate.
    project.write("touched.txt", "32");
    let green = project.memgate("check --strict --format json").exits(0);
    let resident = metric(&green, "resident.peak_bytes").unwrap();
    assert!((32 << 20..64 << 20).contains(&lowest(&resident["head"])), "{resident}");
    assert!(resident["limit"].is_null() && resident["verdict"] == "ok", "{resident}");
    // Not everywhere a control group can be made.
    if let Some(cgroup) = metric(&green, "cgroup.peak_bytes") {
        assert!(lowest(&cgroup["head"]) > 32 << 20, "{cgroup}");
    }
    let shown = project.memgate("check --verbose").exits(0);
    shown.says("resident.peak_bytes").says("~ 3").never_says("leaked_bytes");
    assert_eq!(project.read(&path), unlimited);

    project.write("touched.txt", "08");
    project.write("memgate.toml", configuration("limits = { resident.peak_bytes = {} }"));
    project.memgate("check").exits(0).says("resident.peak_bytes");
    project.memgate("update").exits(0);
    let limited = project.read(&path);
    assert!(limited.contains("\"schema\": 4") && limited.contains("\"resident.peak_bytes\""), "{limited}");
    project.memgate("check --strict").exits(0).says("1 ok");
    project.memgate("update").exits(0).says("up to date");
    project.write("touched.txt", "32");
    let red = project.memgate("check").exits(100);
    red.says("resident.peak_bytes").says("it is the kernel's figure, which is of no call site");
    project.memgate("check --verbose").exits(100).says("> 10 % and > 1.00 MiB");
    project
        .memgate("explain touch --metric resident.peak_bytes")
        .exits(101)
        .complains("`resident.peak_bytes` is the kernel's figure");

    project.write("memgate.toml", configuration("budget = { resident.peak_bytes = \"20 MiB\" }"));
    project.memgate("check").exits(100).says("1 over budget").says("> 20.00 MiB");
    project.memgate("update").exits(0);
    assert_eq!(project.read(&path), unlimited, "a budget needs no baseline");
    project.memgate("help metrics").exits(0).says("resident.peak_bytes").says("cgroup.peak_bytes");
}
