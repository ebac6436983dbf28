//! A bench target whose benchmarks and numbers stand in a file, for tests that are not about building: another number
//! or another benchmark needs no compiler.

use crate::support::{Package, Project};

/// Reads `dials` in the package's folder. A line is a name and what it does:
/// - `3` allocates three times 64 bytes, one block after the other;
/// - `3+2` does so, and two times more in the first window;
/// - `panic` panics.
const SOURCE: &str = r#"
use std::cell::Cell;
use std::hint::black_box;

#[global_allocator]
static ALLOCATOR: memgate::Alloc = memgate::Alloc::system();

fn main() -> std::process::ExitCode {
    let dials = std::fs::read_to_string("dials").unwrap();
    let mut suite = memgate::Suite::new("dials", "memory");
    for line in dials.lines() {
        let (name, dial) = line.rsplit_once(' ').unwrap();
        let dial = dial.to_owned();
        suite = suite.bench(name, move |bencher| {
            if dial == "panic" {
                panic!("the dial says so");
            }
            let (steady, cold) = dial.split_once('+').unwrap_or((&dial, "0"));
            let steady: u32 = steady.parse().unwrap();
            let extra = Cell::new(cold.parse::<u32>().unwrap());
            bencher.bench(|| {
                for _ in 0..steady + extra.take() {
                    drop(black_box(Box::new([0_u8; 64])));
                }
            });
        });
    }
    suite.main()
}
"#;

/// A package with the bench target `memory`.
pub(crate) fn package(name: &str, dials: &str) -> Package {
    Package::new(name).bench("memory", SOURCE).file("dials", dials)
}

/// A project of one such package, which has the project's name.
pub(crate) fn project(name: &str, dials: &str) -> Project {
    Project::new(name, [package(name, dials)])
}

/// Such a project, with a baseline of what its dials are set to.
pub(crate) fn project_with_baseline(name: &str, dials: &str) -> Project {
    let project = project(name, dials);
    project.memgate("update").exits(0);
    project
}
