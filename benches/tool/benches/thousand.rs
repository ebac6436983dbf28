//! What the tool itself takes for a thousand benchmarks of two processes each.
//!
//! `cargo bench -p memgate-tool-benches --bench thousand`

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use memgate_engine_benches::profile;
use memgate_report::model::BenchmarkId;
use memgate_runner::internals::cargo::BenchTarget;
use memgate_runner::internals::measure::{
    MeasureOptions, Progress, Suite, Wanted, Work, list, measure_wanted, side_by_side,
};
use memgate_runner::internals::process::Interrupt;

/// A program with a thousand benchmarks.
const PROGRAM: &str = env!("CARGO_BIN_EXE_thousand");

/// Shows nothing.
struct Silent;

impl Progress for Silent {
    fn begin(&self, _: &'static str, _: usize) {}
    fn done(&self, _: &BenchmarkId) {}
}

#[expect(clippy::print_stdout, reason = "the table is this program's output")]
fn main() {
    if !std::env::args().any(|word| word == "--bench") {
        println!("nothing to test here; `cargo bench` measures");
        return;
    }
    let cores = MeasureOptions::default().jobs;
    println!("| | benchmarks | processes | seconds | ms a process | × bare processes |");
    println!("|---|---:|---:|---:|---:|---:|");
    for jobs in [NonZeroUsize::MIN, cores] {
        let (measured, benchmarks) = measured(jobs);
        let processes = benchmarks * 2;
        let bare = bare_processes(jobs, processes);
        let milliseconds = |time: Duration| time.as_secs_f64() * 1e3 / processes as f64;
        let ratio = measured.as_secs_f64() / bare.as_secs_f64();
        for (name, time, ratio) in [("measured", measured, ratio), ("bare processes", bare, 1.0)] {
            println!(
                "| {name}, {jobs} at a time | {benchmarks} | {processes} | {:.2} | {:.2} | {ratio:.2} |",
                time.as_secs_f64(),
                milliseconds(time)
            );
        }
    }
}

/// Lists and measures all, as the tool does after a build.
fn measured(jobs: NonZeroUsize) -> (Duration, usize) {
    let targets = [Suite::from(target())];
    let options = MeasureOptions { jobs, ..MeasureOptions::default() };
    let folder = std::env::temp_dir().join(format!("memgate-thousand-{}", std::process::id()));
    let started = Instant::now();
    let interrupt = Interrupt::default();
    let listed = list(&targets, &options, &folder, &interrupt).expect("the program lists");
    let work = Work { word: "Measuring", wanted: &|_| Some(Wanted::default()) };
    let parts = measure_wanted(&targets, listed, work, &options, &folder, &interrupt, &Silent);
    let parts = parts.expect("nobody presses Ctrl-C");
    let elapsed = started.elapsed();
    // A folder left behind in the system's temporary folder spoils nothing.
    let _ = std::fs::remove_dir_all(&folder);
    (elapsed, parts.iter().map(|part| part.results.len()).sum())
}

/// Starts as many processes of the same program, which only print a list.
fn bare_processes(jobs: NonZeroUsize, count: usize) -> Duration {
    let started = Instant::now();
    let all: Vec<usize> = (0..count).collect();
    side_by_side(jobs.get(), &all, |_| {
        let mut command = Command::new(PROGRAM);
        command.args(["--list", "--ignored"]).stdin(Stdio::null()).stdout(Stdio::null());
        command.status().ok().filter(std::process::ExitStatus::success).map(drop)
    })
    .expect("the program lists");
    started.elapsed()
}

fn target() -> BenchTarget {
    BenchTarget {
        package: "synthetic".into(),
        name: "thousand".into(),
        executable: Path::new(PROGRAM).to_path_buf(),
        built_files: Vec::new(),
        harness: memgate_protocol::Harness::Memgate,
        protocol: memgate_protocol::PROTOCOL_VERSION,
        folder: std::env::temp_dir(),
        runner: Vec::new(),
        sysroot: std::path::PathBuf::new(),
        variables: BTreeMap::new(),
        features: Vec::new(),
        package_features: BTreeMap::new(),
        profile: profile(),
        rustc: String::new(),
        rustflags: Vec::new(),
        target: String::new(),
    }
}
