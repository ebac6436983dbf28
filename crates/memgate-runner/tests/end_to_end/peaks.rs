//! A peak that moves from one phase of a routine to another.

use crate::support::{Package, Project};

const LIBRARY: &str = "\
pub fn parse(bytes: usize) -> usize {
    let tokens = vec![1_u8; bytes]; // of the tokens
    tokens.iter().map(|byte| usize::from(*byte)).sum()
}

pub fn write(bytes: usize) -> usize {
    let text = vec![1_u8; bytes]; // of the text
    text.iter().map(|byte| usize::from(*byte)).sum()
}
";

const BENCH: &str = "\
fn both(b: memgate::Bencher) {
    b.bench(|| moving_peak::parse(10_000) + moving_peak::write(5_000));
}

fn more(b: memgate::Bencher) {
    b.bench(|| moving_peak::parse(10_000));
}

memgate::main! { both, more }
";

#[test]
fn both_moments_are_said_and_a_peak_that_only_grows_has_one() {
    let package = Package::new("moving_peak").bench("memory", BENCH).file("src/lib.rs", LIBRARY);
    let project = Project::new("moving-peak", [package]);
    project.memgate("update").exits(0);
    project.replace("moving_peak/benches/memory.rs", "write(5_000)", "write(20_000)");
    project.replace("moving_peak/benches/memory.rs", "parse(10_000));", "parse(11_000));");
    project
        .memgate("check")
        .exits(100)
        .says("The peak of both is at another moment than before:\n")
        .says("  then: 10,000 B at moving_peak/src/lib.rs:2 ")
        .says("  now:  19.5 KiB at moving_peak/src/lib.rs:7 ");
    project.memgate("explain both").exits(0).says("  the peak is at another moment:\n    then: 10,000 B at");
    let report = project.memgate("check --format json").exits(100).json();
    let peaks = report["report"]["benchmarks"].as_array().unwrap().iter().map(|benchmark| {
        let explanations = benchmark["sites"]["explanations"].as_array().unwrap();
        explanations.iter().filter(|explanation| explanation.get("peak").is_some()).count()
    });
    assert_eq!(peaks.collect::<Vec<_>>(), [1, 0]);
}
