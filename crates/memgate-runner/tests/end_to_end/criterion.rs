//! Criterion suites, through the facade.

use crate::support::{Package, Project, repository};

const SUITE: &str = "use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
fn suite(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group(\"fill\");
    for length in [16_usize, 1_024] {
        group.bench_with_input(BenchmarkId::new(\"vector\", length), &length, |bencher, &length| {
            bencher.iter(|| vec![1_u8; length]);
        });
    }
    group.finish();
    criterion.bench_function(\"nothing\", |bencher| bencher.iter(|| 1));
    criterion.bench_function(\"no window\", |_| ());
    criterion.bench_function(\"custom\", |bencher| {
        bencher.iter_custom(|_| {
            std::hint::black_box(vec![1_u8; 8]);
            std::time::Duration::from_nanos(1)
        });
    });
}
criterion_group!(benches, suite);
criterion_main!(benches);";

/// What the gate must never start: it leaves a file.
const PLAIN: &str = "fn main() {
    plain::Criterion::default().with_benchmark_filter(plain::BenchmarkFilter::RejectAll);
    std::fs::write(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/started\"), \"\").unwrap();
}";

fn project() -> Project {
    let facade = repository().join("crates/memgate-criterion");
    let dependencies = format!(
        "[dev-dependencies]\n\
         criterion = {{ package = \"memgate-criterion\", path = {facade:?}, default-features = false, features = [\"allocator\"] }}\n\
         plain = {{ package = \"criterion\", version = \"0.8.2\", default-features = false }}\n"
    );
    let package = Package::without_memgate("criterion-user").manifest(&dependencies);
    Project::new("criterion", [package.bench("suite", SUITE).bench("unmarked", PLAIN)])
}

#[test]
fn a_criterion_suite_is_gated_as_it_is() {
    let project = project();
    let listed = project.memgate("list --format lines").exits(0);
    assert_eq!(
        listed.lines(),
        [
            "criterion-user/suite/fill/vector/16",
            "criterion-user/suite/fill/vector/1024",
            "criterion-user/suite/nothing",
            "criterion-user/suite/no window",
            "criterion-user/suite/custom",
        ]
    );
    let report = project.memgate("check --format json").exits(101).report();
    assert_eq!(report.verdicts()["criterion-user/suite/no window"], "failed");
    let notes = report.notices("custom_window");
    assert_eq!(
        notes,
        ["measured around the whole closure of `iter_custom`, with all that it does besides: \
          criterion-user/suite/custom"]
    );
    project.memgate_words(["update", "--skip", "no window"]).exits(0);

    project.replace("criterion-user/benches/suite.rs", "bencher.iter(|| 1)", "bencher.iter(|| Box::new(1))");
    let report =
        project.memgate_words(["check", "--skip", "no window", "--format", "json"]).exits(100).report();
    assert_eq!(report.verdicts()["criterion-user/suite/nothing"], "regressed");
    assert_eq!(report.verdicts()["criterion-user/suite/fill/vector/16"], "ok");

    // The cross-checking engines are reached through the facade, on which alone the package depends.
    project.memgate_words(["verify", "--skip", "no window"]).exits(0);
    assert!(
        !project.path("criterion-user/started").exists(),
        "a bench target without the marker was started"
    );
}
