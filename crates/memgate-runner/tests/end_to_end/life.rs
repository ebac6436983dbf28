//! The life of a project that has the tool in an xtask of its own, from the first benchmark on.

use crate::finished::Finished;
use crate::support::{Package, Project, repository};

const LIBRARY: &str = r#"
pub fn words(text: &str) -> Vec<String> {
    text.split(' ').map(String::from).collect()
}

pub fn squares(count: u64) -> Vec<u64> {
    (0..count).map(|number| number * number).collect()
}
"#;

const BENCH: &str = r#"
use life::{squares, words};
use memgate::Bencher;

fn split(bencher: Bencher) {
    bencher.bench(|| words("one two three"));
}

fn square(bencher: Bencher, count: u64) {
    bencher.bench(move || squares(count));
}

memgate::main! { split, square: [10, 1_000] }
"#;

const XTASK: &str = r#"
fn main() -> std::process::ExitCode {
    memgate_runner::run("cargo xtask memgate", std::env::args_os().skip(2))
}
"#;

struct Life(Project);

impl Life {
    fn new() -> Self {
        // Projects of these tests share a target folder, where two executables of one name are one file.
        let xtask = Package::without_memgate("xtask-of-life").file("src/main.rs", XTASK).manifest(&format!(
            "[dependencies]\nmemgate-runner = {{ path = {:?} }}\n",
            repository().join("crates/memgate-runner")
        ));
        let package = Package::new("life").file("src/lib.rs", LIBRARY).bench("memory", BENCH);
        let project = Project::new("life", [package, xtask]);
        project.write(".cargo/config.toml", "[alias]\nxtask = \"run --quiet --package xtask-of-life --\"\n");
        Self(project)
    }

    fn memgate(&self, line: &str) -> Finished {
        Finished::of(self.0.cargo().args(["xtask", "memgate"]).args(line.split_whitespace()))
    }

    fn baseline(&self) -> String {
        self.0.read(self.0.baseline_path("life", "memory"))
    }
}

#[test]
fn a_project_with_its_own_xtask_lives() {
    let life = Life::new();
    let ids = ["life/memory/split", "life/memory/square/10", "life/memory/square/1000"];

    // Nothing is committed yet, which must not look green.
    life.memgate("")
        .exits(104)
        .says("there is no baseline for")
        .says("to write the baseline: cargo xtask memgate update");
    life.memgate("update").exits(0).says("added life/memory/square/1000");
    let first = life.baseline();
    life.memgate("check --strict").exits(0).says("3 ok");
    life.memgate("update").exits(0).says("baselines are up to date (3 benchmarks measured)");
    assert_eq!(life.baseline(), first, "the same code gives the same bytes");

    // One more allocation, in what one of the benchmarks measures.
    let more = "std::hint::black_box(Box::new(1_u8));\n    text.split";
    life.0.replace("life/src/lib.rs", "text.split", more);
    let red = life.memgate("check --format json").exits(100).report();
    assert_eq!(red.outcome(), "regressed");
    red.has_verdicts(&[(ids[0], "regressed"), (ids[1], "ok"), (ids[2], "ok")]);
    assert_eq!(red.metrics_that_are(ids[0], "regressed"), ["allocs"]);
    let allocs = red.metric(ids[0], "allocs");
    assert_eq!(allocs["head"].as_i64().unwrap(), allocs["base"].as_i64().unwrap() + 1);
    life.memgate("check")
        .exits(100)
        .says("(+1)")
        .says("to accept the new numbers: cargo xtask memgate update --exact life/memory/split");
    life.memgate("update").exits(0).says("changed life/memory/split");
    let second = life.baseline();
    assert_ne!(second, first);
    life.memgate("check --strict").exits(0);

    // Cheaper again: good, and the baseline is stale.
    life.0.replace("life/src/lib.rs", more, "text.split");
    life.memgate("check --format json").exits(0).report().has_verdicts(&[
        (ids[0], "improved"),
        (ids[1], "ok"),
        (ids[2], "ok"),
    ]);
    life.memgate("check --strict").exits(103).says("to write what is new or improved into the baseline");
    life.memgate("update").exits(0);
    assert_eq!(life.baseline(), first, "back where it was");

    // One is deleted.
    life.0.replace("life/benches/memory.rs", "[10, 1_000]", "[10]");
    let gone = life.memgate("check --format json").exits(104).report();
    gone.has_verdicts(&[(ids[0], "ok"), (ids[1], "ok"), (ids[2], "missing")]);
    life.memgate("check").exits(104).says("missing  life/memory/square/1000");
    life.memgate("update").exits(0).says("removed life/memory/square/1000");
    assert!(!life.baseline().contains("square/1000"));
    life.memgate("check --strict").exits(0).says("2 ok");

    // One is new.
    life.0.replace("life/benches/memory.rs", "[10]", "[10, 20]");
    let new = life.memgate("check --format json").exits(0).report();
    new.has_verdicts(&[(ids[0], "ok"), (ids[1], "ok"), ("life/memory/square/20", "new")]);
    life.memgate("check --strict").exits(103);
    life.memgate("update").exits(0).says("added life/memory/square/20");
    life.memgate("check --strict").exits(0).says("3 ok");
}
