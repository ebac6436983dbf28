//! Cargo features: they never change what is measured of somebody else.

use crate::support::{Package, Project};

/// Allocates once, or a thousand times with its feature.
const SHARED: &str = "pub fn work() -> Vec<Box<u8>> {
    (0..if cfg!(feature = \"big\") { 1_000 } else { 1 }).map(|_| Box::new(1)).collect()
}";

const BENCH: &str = "fn work(bencher: memgate::Bencher, length: u32) {
    bencher.bench(move || (shared_by_features::work(), vec![0_u32; length as usize]));
}
memgate::main! { work: [1, 2] }";

fn project() -> Project {
    let shared = Package::without_memgate("shared-by-features")
        .file("src/lib.rs", SHARED)
        .manifest("[features]\nbig = []\n");
    let user = |name: &str, features: &str| {
        // Under [dev-dependencies], with which the manifest of a package begins.
        let dependency =
            format!("shared-by-features = {{ path = \"../shared-by-features\", features = [{features}] }}\n");
        Package::new(name).manifest(&dependency).bench("memory", BENCH)
    };
    let needing =
        "fn extra(bencher: memgate::Bencher) { bencher.bench(|| Box::new(1)); }\nmemgate::main! { extra }";
    let big = user("features-big", "\"big\"")
        .bench("needing", needing)
        .manifest("required-features = [\"extra\"]\n[features]\nextra = []\n");
    Project::new("features", [shared, user("features-small", ""), big])
}

#[test]
fn packages_are_measured_as_if_they_were_alone() {
    let project = project();
    let all = project.memgate("check --format json").exits(104).report();
    let alone = project.memgate("check --format json -p features-small").exits(104).report();
    alone.has_verdicts(&[("features-small/memory/work/1", "new"), ("features-small/memory/work/2", "new")]);
    for name in ["work/1", "work/2"] {
        let small = format!("features-small/memory/{name}");
        assert_eq!(all.benchmark(&small), alone.benchmark(&small));
        let allocs = |id: &str| all.metric(id, "allocs")["head"].as_i64().unwrap();
        assert_eq!(allocs(&small), 3, "the box, the vector around it, and the numbers");
        assert_eq!(allocs(&format!("features-big/memory/{name}")), 1_002);
    }

    // Baselines of packages that were measured alone hold for all of them together.
    project.memgate("update -p features-small").exits(0);
    project.memgate("update -p features-big").exits(0);
    project.memgate("check --strict").exits(104).says("4 ok");

    // A target that needs a feature is named, and missed.
    let report = project.memgate("check --format json").exits(104).report();
    let not_measured = report.notices("not_measured");
    assert_eq!(not_measured.len(), 1);
    assert!(not_measured[0].starts_with("features-big/needing was not measured on "), "{}", not_measured[0]);
    assert!(
        not_measured[0].ends_with(": it needs the feature extra (--features extra)"),
        "{}",
        not_measured[0]
    );
    project
        .memgate("check --bench needing")
        .exits(104)
        .complains("features-big/needing was not measured: it needs the feature extra (--features extra)");
    project
        .memgate("update --bench needing --features extra")
        .exits(0)
        .says("added features-big/needing/extra");
    let report = project.memgate("check --format json").exits(104).report();
    assert_eq!(report.verdicts()["features-big/needing/extra"], "missing");
    // What was left out is not gone from the source.
    project.memgate("update").exits(0);
    assert!(project.path(project.baseline_path("features-big", "needing")).exists());
}
