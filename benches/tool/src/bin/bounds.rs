//! What the largest files that are read cost, and files of half their size: time, and the most memory that the process had.
//!
//! `cargo run --release -p memgate-tool-benches --bin bounds`
//!
//! Each case runs in a process of its own. Linux tells the memory; elsewhere, the column is empty.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use memgate_engine_benches::worst_case::{CASES, Case, Work};
use memgate_report::comment::{CommentContext, render_body};
use memgate_report::compare::{ComparisonInput, compare, merge_reports};
use memgate_report::config::parse_config;
use memgate_report::format::{parse_baseline, parse_report, parse_run, print_baseline};
use memgate_report::model::Baselines;
use memgate_report::render::{Format, RenderOptions, render};
use memgate_report::update::{SitesSummary, UpdateInput, plan_update, render_update};
use memgate_runner::internals::comment::read_reports;

#[expect(clippy::print_stdout, reason = "the table is this program's output")]
fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [name, size, folder] = words.as_slice() {
        let case = CASES.iter().find(|case| case.name == name).expect("a case");
        println!("{}", measured(case, size.parse().expect("a size"), Path::new(folder)));
        return;
    }
    let itself = std::env::current_exe().expect("a path");
    println!("| file | what is done | size | bytes | time | most memory |");
    println!("| --- | --- | ---: | ---: | ---: | ---: |");
    for case in CASES {
        for size in [case.bound / 2, case.bound] {
            let folder = std::env::temp_dir().join(format!("memgate-bounds-{}", std::process::id()));
            std::fs::create_dir_all(&folder).expect("a folder");
            let files = case.write(size, &folder);
            let bytes: u64 =
                files.iter().filter_map(|file| file.metadata().ok()).map(|file| file.len()).sum();
            let mut alone = Command::new(&itself);
            let output = alone.args([case.name, &size.to_string()]).arg(&folder).output().expect("a process");
            let shown = String::from_utf8_lossy(&output.stdout);
            println!(
                "| {} | {} | {size} | {:.1} MB | {} |",
                case.name,
                case.work.words(),
                bytes as f64 / 1e6,
                shown.trim()
            );
            std::fs::remove_dir_all(&folder).expect("the folder goes");
        }
    }
}

/// Such as `0.31 s | 120 MB`.
fn measured(case: &Case, size: usize, folder: &Path) -> String {
    let files = case.files(size, folder);
    let started = Instant::now();
    work(case.work, &files);
    format!("{:.2} s | {}", started.elapsed().as_secs_f64(), most_memory())
}

fn most_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.strip_suffix("kB"));
    let kilobytes: Option<f64> = kilobytes.and_then(|text| text.trim().parse().ok());
    kilobytes.map_or_else(String::new, |kilobytes| format!("{:.0} MB", kilobytes * 1_024.0 / 1e6))
}

fn work(work: Work, files: &[PathBuf]) {
    let read = |index: usize| std::fs::read(&files[index]).expect("a file");
    let today = jiff::civil::date(2026, 11, 23);
    match work {
        Work::Comment => {
            let context = CommentContext { command: "cargo memgate".into(), ..CommentContext::default() };
            // What is rejected was read, too.
            let intake = read_reports(files);
            assert!(!render_body(&intake.report, &context).is_empty());
            renderings(&intake.report);
        }
        Work::Report => {
            let report = parse_report(&read(0)).expect("a report");
            renderings(&merge_reports(vec![report], false).expect("a report"));
        }
        Work::Check => {
            let text = String::from_utf8(read(0)).expect("text");
            let config = parse_config(&text).expect("a configuration");
            let runs = [parse_run(&read(1)).expect("a run")];
            let (baselines, policy) = (Baselines::new(), &config.policy);
            let report =
                compare(ComparisonInput { runs: &runs, baselines: &baselines, policy, today, strict: false });
            renderings(&report);
        }
        Work::Update => {
            let runs = [parse_run(&read(0)).expect("a run")];
            let baseline = parse_baseline(&read(1)).expect("a baseline");
            let (baselines, policy) = (memgate_engine_benches::alone(baseline), Default::default());
            let input =
                UpdateInput { runs: &runs, baselines: &baselines, policy: &policy, all: false, prune: false };
            let plan = plan_update(input).expect("a plan");
            assert!(!render_update(&plan, &SitesSummary::default(), 1, false, false).is_empty());
            assert!(plan.writes.values().all(|baseline| !print_baseline(baseline).is_empty()));
        }
    }
}

/// Every format, one after the other.
fn renderings(report: &memgate_report::report::Report) {
    let options = RenderOptions {
        verbose: false,
        cold: false,
        color: false,
        width: None,
        command: "cargo memgate".into(),
        cargo_flags: Vec::new(),
        filters: Vec::new(),
    };
    for format in [Format::Terminal, Format::Markdown, Format::Junit] {
        assert!(!render(report, format, &options).is_empty());
    }
}
