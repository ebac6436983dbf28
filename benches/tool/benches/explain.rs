//! What an explanation takes, after the build: recording in a process of its own, symbols, sites.
//!
//! `RUSTFLAGS="-Cforce-frame-pointers=yes" cargo bench -p memgate-tool-benches --bench explain`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use memgate_engine_benches::profile;
use memgate_protocol::Unwinder;
use memgate_protocol::capture::{Capture, WindowKind};
use memgate_report::sites::SiteTable;
use memgate_runner::internals::cargo::BenchTarget;
use memgate_runner::internals::measure::{Bench, MeasureOptions, record_sites, side_by_side};
use memgate_runner::internals::process::Interrupt;
use memgate_runner::internals::symbols::{SourceRoots, Symbolizer};

/// A program with thirty benchmarks and the debug information of a large one.
const PROGRAM: &str = env!("CARGO_BIN_EXE_large");
/// How many benchmarks are red in the row that stands for a red suite.
const RED: usize = 10;

#[expect(clippy::print_stdout, reason = "the table is this program's output")]
fn main() {
    if !std::env::args().any(|word| word == "--bench") {
        println!("nothing to test here; `cargo bench` measures");
        return;
    }
    let folder = std::env::temp_dir().join(format!("memgate-explain-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the system's temporary folder can be written to");
    let size = std::fs::metadata(PROGRAM).map_or(0, |metadata| metadata.len());
    println!("a program of {:.1} MB, with debug information\n", size as f64 / 1e6);
    println!("| explained | seconds | of these, symbols and sites | sites |");
    println!("|---|---:|---:|---:|");
    let target = target();
    for (name, count) in [("one benchmark, first", 1), ("one benchmark, again", 1), ("ten benchmarks", RED)] {
        let explained = explain(&target, &folder, count);
        let Explained { whole, symbols, sites } = explained;
        println!("| {name} | {:.3} | {:.3} | {sites} |", whole.as_secs_f64(), symbols.as_secs_f64());
    }
    // A folder left behind in the system's temporary folder spoils nothing.
    let _ = std::fs::remove_dir_all(&folder);
}

struct Explained {
    whole: Duration,
    symbols: Duration,
    sites: usize,
}

/// Records benchmarks side by side and finds their sites, as `check` does for what is red.
fn explain(target: &BenchTarget, folder: &Path, count: usize) -> Explained {
    let options = MeasureOptions::default();
    let interrupt = Interrupt::default();
    let names: Vec<String> = (0..count).map(|index| format!("everything/{index}")).collect();
    let started = Instant::now();
    let captures: Vec<Capture> = side_by_side(options.jobs.get(), &names, |name| {
        let bench = Bench { target, options: &options, folder, interrupt: &interrupt };
        record_sites(bench, name).ok().map(|(_, capture)| capture)
    })
    .expect("the program can be recorded");
    let recorded = started.elapsed();
    assert!(
        captures.iter().all(|capture| capture.unwinder == Unwinder::FramePointers),
        "build with RUSTFLAGS=-Cforce-frame-pointers=yes"
    );
    let mut symbolizer = Symbolizer::new(SourceRoots::default());
    let tables = captures.iter().map(|capture| {
        let symbolized = symbolizer.symbolize(capture, WindowKind::Steady, Path::new(PROGRAM));
        SiteTable::from_profile(&symbolized.expect("the program has not changed").profile).sites.len()
    });
    let sites = tables.sum();
    let whole = started.elapsed();
    Explained { whole, symbols: whole - recorded, sites }
}

fn target() -> BenchTarget {
    BenchTarget {
        package: "synthetic".into(),
        name: "large".into(),
        executable: PathBuf::from(PROGRAM),
        built_files: Vec::new(),
        harness: memgate_protocol::Harness::Memgate,
        protocol: memgate_protocol::PROTOCOL_VERSION,
        folder: std::env::temp_dir(),
        runner: Vec::new(),
        variables: BTreeMap::new(),
        features: Vec::new(),
        package_features: BTreeMap::new(),
        profile: profile(),
        sysroot: PathBuf::new(),
        rustc: String::new(),
        rustflags: Vec::new(),
        target: String::new(),
    }
}
