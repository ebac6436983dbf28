//! Divan suites, through the facade.

use std::collections::BTreeSet;

use crate::finished::Finished;
use crate::sites_shown::{check, names_first, place};
use crate::support::{Package, Project, repository};

/// In an old edition, without unsafe code, and with all that divan names benchmarks by.
const SUITE: &str = r#"#![forbid(unsafe_code)]
use divan::{black_box, counter::{BytesCount, ItemsCount}, Bencher};

fn main() { divan::main(); }

#[divan::bench]
fn plain() -> Vec<u8> { divan_user_library::bytes(black_box(8)) }

#[divan::bench(args = lengths(), threads = [1, 2])]
fn filled(length: usize) -> Vec<u8> { vec![1; length] }

/// Of arguments that are made as late as can be.
fn lengths() -> impl Iterator<Item = usize> {
    std::env::var("LENGTHS").unwrap_or("3 20".into()).split(' ').map(|word| word.parse().unwrap()).collect::<Vec<_>>().into_iter()
}

const TIMES: &[usize] = &[2, 10, 1];

#[divan::bench(types = [u8, Option<u64>], consts = TIMES, args = ["b", "a\nc"])]
fn all<T: Default + Clone, const N: usize>(bencher: Bencher, text: &str) {
    bencher.counter(N).bench(|| (text.repeat(N), vec![T::default(); N]))
}

trait Build { fn build() -> String; }
struct Short;
struct Long;
impl Build for Short { fn build() -> String { "x".repeat(2) } }
impl Build for Long { fn build() -> String { "x".repeat(200) } }

#[divan::bench(types = [Short, Long])]
fn built<T: Build>() -> String { T::build() }

#[divan::bench_group(name = "renamed group", threads = 2, sample_size = 2)]
mod group {
    use super::*;

    #[divan::bench(name = "own name", bytes_count = 4u8)]
    fn values(bencher: Bencher) {
        let bencher = bencher.with_inputs(|| vec![1_u8; 100]).input_counter(BytesCount::of_slice::<u8, Vec<u8>>);
        bencher.input_counter(|bytes: &Vec<u8>| ItemsCount::new(bytes.len())).bench_values(|bytes| bytes.len())
    }

    #[divan::bench]
    fn refs(bencher: Bencher<'_, '_>) { bencher.with_inputs(|| Vec::<u8>::new()).bench_refs(|bytes| bytes.push(1)) }

    #[divan::bench]
    #[ignore]
    fn ignored() { panic!("it is ignored") }

    #[cfg(any())]
    #[divan::bench]
    fn not_there() -> Nothing {}

    #[divan::bench_group(threads = 1, ignore = false)]
    pub mod inner {
        #[divan::bench]
        fn local(bencher: divan::Bencher) { let mut n = 0; bencher.bench_local(|| { n += 1; Box::new(n) }) }
        #[divan::bench]
        fn local_values(bencher: divan::Bencher) {
            bencher.with_inputs(|| 5_u64).count_inputs_as::<divan::counter::ItemsCount>().bench_local_values(|n| n + 1)
        }
        #[divan::bench]
        extern "C" fn local_refs(bencher: divan::Bencher) { bencher.with_inputs(|| vec![1_u8]).bench_local_refs(Vec::pop) }
    }
}

#[cfg(feature = "more")]
mod more {
    #[divan::bench]
    fn only_with_a_feature() {}
}

#[divan::bench_group(ignore)]
mod left_out {
    #[divan::bench]
    fn ignored() { panic!("it is ignored") }
}
"#;

/// With an allocator, and with a `main` of its own that leaves something out.
const PROFILED: &str = r#"use divan::{AllocProfiler, Bencher, Divan};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    Divan::from_args().skip_exact("profiled::left_out").skip_regex("^profiled::no").main();
}

#[divan::bench]
fn built() -> String { "x".repeat(200) }
#[divan::bench]
fn left_out() {}
#[divan::bench]
fn not_run() {}
#[divan::bench]
fn without_routine(_: Bencher) {}
"#;

/// With an allocator that memgate knows nothing of.
const OTHER: &str = r#"#[global_allocator]
static ALLOCATOR: std::alloc::System = std::alloc::System;
fn main() { divan::main() }
#[divan::bench]
fn nothing() {}
"#;

const LIBRARY: &str =
    "#![no_std]\nextern crate alloc;\npub fn bytes(n: usize) -> alloc::vec::Vec<u8> { alloc::vec![1; n] }\n";

fn facade() -> String {
    let folder = repository().join("crates/memgate-divan");
    format!("divan = {{ package = \"memgate-divan\", path = {folder:?}, default-features = false }}\n")
}

fn project() -> Project {
    let package = |name: &str, divan: &str| {
        Package::without_memgate(name)
            .edition("2018")
            .manifest(&format!(
                "[features]\nmore = []\n[lib]\nname = \"divan_user_library\"\n[dev-dependencies]\n{divan}"
            ))
            .file("src/lib.rs", LIBRARY)
            .bench("suite", SUITE)
            .bench("profiled", PROFILED)
    };
    let original = "divan = { version = \"0.1.21\", default-features = false }\n";
    Project::new("divan", [package("divan-user", &facade()), package("divan-itself", original)])
}

/// What `cargo bench` and `cargo test` print of a bench target, without cargo's own lines.
fn printed(project: &Project, package: &str, words: &str, arguments: &str) -> String {
    let mut cargo = project.cargo();
    cargo.args(words.split(' ')).args(["--quiet", "--package", package, "--bench", "suite", "--"]);
    cargo.args(arguments.split_whitespace()).env("NEXTEST", "1");
    Finished::of(&mut cargo).exits(0).stdout
}

/// The ids in divan's own list, with those that it gives to numbers of threads.
fn ids_of_divan(project: &Project) -> BTreeSet<String> {
    let listed = printed(project, "divan-itself", "bench", "--list --format terse");
    let names = listed.split(": benchmark\n").filter(|name| !name.is_empty());
    let ids = names.flat_map(|name| {
        let threads: &[&str] = if name.contains("::filled::") { &["::t=1", "::t=2"] } else { &[""] };
        threads.iter().map(move |threads| {
            let name = name.replace('\n', "\\n");
            format!("divan-user/suite/{name}{threads}")
        })
    });
    ids.collect()
}

#[test]
fn a_divan_suite_is_gated_as_it_is() {
    let project = project();
    let listed = project.memgate("list --bench suite --format lines").exits(0);
    let ids: BTreeSet<String> = listed.lines().into_iter().map(str::to_owned).collect();
    assert_eq!(ids, ids_of_divan(&project));
    assert_eq!(ids.len(), 24, "{ids:#?}");
    // In divan's order: benchmarks before modules, numbers by their values.
    let all: Vec<&str> = listed.lines().into_iter().filter(|id| id.contains("::all::u8::")).collect();
    assert_eq!(all.len(), 6);
    assert!(all[0].ends_with("::1::a\\nc") && all[5].ends_with("::10::b"), "{all:?}");
    let more = project.memgate("list --bench suite --format lines --features more").exits(0);
    assert!(more.lines().contains(&"divan-user/suite/suite::more::only_with_a_feature"));

    // Outside of the gate it is divan.
    for (words, arguments) in [
        ("bench", "--list"),
        ("bench", "--list --include-ignored renamed"),
        ("bench", "--test --skip all"),
        ("bench", "--test --threads 1,3 --exact suite::plain"),
        ("test", ""),
    ] {
        let [ours, divans] =
            ["divan-user", "divan-itself"].map(|package| printed(&project, package, words, arguments));
        assert_eq!(ours, divans, "{words} {arguments}");
        assert!(!ours.is_empty(), "{words} {arguments}");
    }

    // Of two packages' targets, one installs the allocator and the other is given it.
    // What has no routine has no numbers, which is said; the others' are written.
    project
        .memgate("update")
        .exits(101)
        .says("added divan-user/profiled/profiled::built")
        .complains("error: `divan-user/profiled/profiled::without_routine` was not measured");
    let report =
        project.memgate_words(["check", "--skip", "without_routine", "--format", "json"]).exits(0).report();
    let ok = report.verdicts();
    assert_eq!(ok.len(), 25);
    assert!(
        ok.contains_key("divan-user/profiled/profiled::built")
            && !ok.contains_key("divan-user/profiled/profiled::left_out")
    );

    project.replace(
        "divan-user/benches/suite.rs",
        "\"x\".repeat(2) }",
        "\n    black_box(Box::new(1));\n    \"x\".repeat(2)\n}",
    );
    let line = place(&project, "divan-user/benches/suite.rs", "black_box(Box::new(1))");
    let checked = check(&project, "--skip without_routine", 100);
    names_first(&checked, "divan-user/suite/suite::built::Short", "allocs", 1, &line);
    let benchmarks = checked.json["report"]["benchmarks"].as_array().unwrap();
    let red: Vec<_> = benchmarks
        .iter()
        .filter(|benchmark| benchmark["verdict"] != "ok")
        .map(|benchmark| &benchmark["id"])
        .collect();
    assert_eq!(red, ["divan-user/suite/suite::built::Short"]);

    let report = project.memgate("check --bench profiled --format json").exits(101).report();
    assert!(
        report
            .failure("divan-user/profiled/profiled::without_routine")
            .1
            .contains("without opening a window")
    );
    // The cross-checking engines are reached through the facade, on which alone the package depends.
    project.memgate("verify --bench suite suite::plain").exits(0);
}

#[test]
fn one_routine_has_the_same_numbers_in_every_harness() {
    let criterion = repository().join("crates/memgate-criterion");
    let dependencies = format!(
        "[dev-dependencies]\nmemgate = {{ path = {:?} }}\n{}\
         criterion = {{ package = \"memgate-criterion\", path = {criterion:?}, default-features = false, features = [\"allocator\"] }}\n",
        repository(),
        facade()
    );
    let library = "pub fn fields(n: usize) -> Vec<String> { (0..n).map(|n| \"x\".repeat(n)).collect() }\n\
                   pub fn take(mut fields: Vec<String>) -> String { fields.push(\"y\".into()); fields.concat() }\n\
                   pub fn borrow(fields: &mut Vec<String>) { fields.push(\"y\".repeat(9)) }\n";
    let native = "use forms::*;\n\
                  fn build(b: memgate::Bencher) { b.bench(|| fields(20)) }\n\
                  fn taken(b: memgate::Bencher) { b.with_inputs(|| fields(9)).bench_values(take) }\n\
                  fn borrowed(b: memgate::Bencher) { b.with_inputs(|| fields(9)).bench_refs(borrow) }\n\
                  memgate::main! { build, taken, borrowed }\n";
    let divan = "use forms::*;\nuse divan::Bencher;\nfn main() { divan::main() }\n\
                 #[divan::bench] fn build() -> Vec<String> { fields(20) }\n\
                 #[divan::bench] fn taken(b: Bencher) { b.with_inputs(|| fields(9)).bench_values(take) }\n\
                 #[divan::bench] fn borrowed(b: Bencher) { b.with_inputs(|| fields(9)).bench_refs(borrow) }\n";
    let of_criterion = "use forms::*;\nuse criterion::*;\nfn suite(c: &mut Criterion) {\n\
                 c.bench_function(\"build\", |b| b.iter(|| fields(20)));\n\
                 c.bench_function(\"taken\", |b| b.iter_batched(|| fields(9), take, BatchSize::SmallInput));\n\
                 c.bench_function(\"borrowed\", |b| b.iter_batched_ref(|| fields(9), borrow, BatchSize::SmallInput));\n\
                 }\ncriterion_group!(benches, suite);\ncriterion_main!(benches);\n";
    let package = Package::without_memgate("forms").manifest(&dependencies).file("src/lib.rs", library);
    let package = package.bench("native", native).bench("divan", divan).bench("criterion", of_criterion);
    // It is said of a suite with an allocator of its own what helps.
    let other = Package::without_memgate("other")
        .manifest(&format!("[dev-dependencies]\n{}", facade()))
        .bench("other", OTHER);
    let project = Project::new("divan forms", [package, other]);
    project.memgate("check --package other").exits(101).complains("`#[global_allocator]`");

    project.memgate("update --package forms").exits(0);
    let benchmarks = |target: &str| {
        let text = project.read(project.baseline_path("forms", target));
        serde_json::from_str::<serde_json::Value>(&text).unwrap()["benchmarks"].clone()
    };
    let (native, divan, criterion) = (benchmarks("native"), benchmarks("divan"), benchmarks("criterion"));
    for name in ["build", "taken", "borrowed"] {
        assert!(native[name]["allocs"].as_u64().unwrap() > 0, "{name}");
        assert_eq!(divan[format!("divan::{name}")], native[name], "{name}");
        assert_eq!(criterion[name], native[name], "{name}");
    }
}
