//! `selftest`: regressions on purpose in real processes, native and through the facade.

use crate::support::{Package, Project, repository};

const NATIVE: &str = "memgate::main! { nothing, fill, large }
fn nothing(bencher: memgate::Bencher) { bencher.bench(|| 1); }
fn fill(bencher: memgate::Bencher) { bencher.with_inputs(|| 64).bench_values(|length: usize| vec![1_u8; length]); }
fn large(bencher: memgate::Bencher) { bencher.bench(|| vec![1_u8; 1 << 20]); }
";

const FACADE: &str = "use criterion::{Criterion, criterion_group, criterion_main};
fn suite(criterion: &mut Criterion) {
    criterion.bench_function(\"batched\", |b| b.iter_batched(|| vec![1_u8], |v| v, criterion::BatchSize::SmallInput));
    criterion.bench_function(\"custom\", |b| b.iter_custom(|_| std::time::Duration::from_nanos(1)));
}
criterion_group!(benches, suite);
criterion_main!(benches);";

#[test]
fn every_regression_is_red_on_every_benchmark() {
    let facade = repository().join("crates/memgate-criterion");
    let dependencies = format!(
        "[dev-dependencies]\nmemgate = {{ path = {:?} }}\n\
         criterion = {{ package = \"memgate-criterion\", path = {facade:?}, default-features = false, features = [\"allocator\"] }}\n",
        repository()
    );
    let package = Package::without_memgate("tested").manifest(&dependencies);
    let project = Project::new("selftest", [package.bench("native", NATIVE).bench("suite", FACADE)]);
    // Without a baseline, and whatever a waiver would allow.
    let waiver = "[[waiver]]\nbenchmark = \"*\"\nmetric = \"allocs\"\nlimit = 99\nreason = \"never mind\"\n";
    project.write("memgate.toml", waiver);
    let proven = project.memgate("selftest").exits(0);
    assert_eq!(proven.stdout.matches("5 of 5 judged right  proven").count(), 5, "{}", proven.stdout);
    assert!(project.baselines().is_empty());

    // What nothing gates can't be proven, and is not called so. Where nothing is gated, there is no gate.
    project.write("memgate.toml", "[limits]\nreallocs = \"off\"\n");
    project.memgate("selftest").exits(0).says("0 of 0 judged right, 5 without a limit  not gated");
    let off =
        ["allocs", "peak_bytes", "leaked_bytes", "reallocs"].map(|metric| format!("{metric} = \"off\"\n"));
    project.write("memgate.toml", format!("[limits]\n{}", off.concat()));
    project.memgate("selftest").exits(101);
    project.memgate("selftest nothing-of-this-name").exits(2);
}

#[test]
fn what_changes_by_itself_is_not_clean() {
    let source = "memgate::main! { grows }
fn grows(bencher: memgate::Bencher) {
    let path = concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/runs\");
    let runs = std::fs::read_to_string(path).unwrap_or_default() + \"x\";
    std::fs::write(path, &runs).unwrap();
    bencher.bench(move || vec![1_u8; 1_000 * runs.len()]);
}
";
    let project = Project::new("selftest_unclean", [Package::new("unclean").bench("memory", source)]);
    project.memgate("selftest").exits(101).says("can't be trusted with these benchmarks");
}
