//! Turns of two allocators in one process.
//!
//! Whatever else runs on the machine disturbs a turn of one as often as a turn of the other, and both have the same memory, the same code
//! and the same pages. So this says more about a per cent than two processes do.

use std::fmt::Write;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use memgate_overhead::{BLOCKS, CHURNED_BLOCKS, Workload, change_churned_blocks};

/// How long a turn should take at least: short beside the time that a busy machine gives at once.
const TURN: Duration = Duration::from_micros(250);
/// Turns of both together.
const TURNS: usize = 10_000;

const WORKLOADS: [Workload; 3] = [Workload::Tight, Workload::SerdeJson, Workload::Churn];

/// The names of what is set for the second allocator, and what sets it.
pub type Settings = [(&'static str, fn())];

/// The `main` of a bench: measures each workload under each of `settings`, by turns with the plain allocator; `switch` says whose turn it
/// is. With `count WORKLOAD SETTING RUNS`, it runs a workload so many times and no more, for a program that counts instructions.
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "the table is this bench's output")]
pub fn run(settings: &Settings, switch: fn(bool)) -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["count", workload, setting, runs] => {
            let (Some(workload), Ok(runs)) = (Workload::named(workload), runs.parse()) else {
                eprintln!("usage: count WORKLOAD plain|SETTING RUNS");
                return ExitCode::from(2);
            };
            let fixture = workload.fixture();
            if let Some((_, set)) = settings.iter().find(|(name, _)| name == setting) {
                set();
                switch(true);
            }
            timed(workload, &fixture, runs);
            ExitCode::SUCCESS
        }
        // `cargo bench` says `--bench`. Without it this is `cargo test --benches`, or something that wants a list.
        _ if !std::env::args().any(|argument| argument == "--bench") => ExitCode::SUCCESS,
        rest => {
            let turns = rest.first().and_then(|turns| turns.parse().ok()).unwrap_or(TURNS).max(1);
            println!("{}", table(settings, switch, turns));
            ExitCode::SUCCESS
        }
    }
}

fn table(settings: &Settings, switch: fn(bool), turns: usize) -> String {
    let mut table = format!(
        "{turns} turns.\n\n| allocator | workload | ratio, quiet | ratio, median | ns added to a block and its release, quiet |\n\
         | --- | --- | ---: | ---: | ---: |\n"
    );
    for workload in WORKLOADS {
        let fixture = workload.fixture();
        // How far apart two of the same are: what the machine does to a ratio.
        let itself: (&str, fn(), bool) = ("the plain one", || (), false);
        for (name, set, is_other) in
            std::iter::once(itself).chain(settings.iter().map(|(name, set)| (*name, *set, true)))
        {
            set();
            let [plain, other] = take_turns(workload, &fixture, |turn| switch(turn && is_other), turns);
            let blocks = match workload {
                Workload::Tight => Some(BLOCKS),
                Workload::Churn => Some(CHURNED_BLOCKS),
                _ => None,
            };
            let added = blocks.map_or(String::new(), |blocks| {
                format!("{:.2}", (other.quiet - plain.quiet) / blocks as f64)
            });
            let _ = writeln!(
                table,
                "| {name} | {} | {:.3} | {:.3} | {added} |",
                workload.name(),
                other.quiet / plain.quiet,
                other.median / plain.median,
            );
        }
    }
    table
}

/// The nanoseconds of a run.
struct Taken {
    /// A tenth of all turns took less: those that nothing disturbed.
    quiet: f64,
    median: f64,
}

/// Lets the plain allocator and the other one run.
///
/// In random order: what else runs on a machine comes and goes at regular times, and took the turns of one of two that alternate.
fn take_turns(workload: Workload, fixture: &str, switch: impl Fn(bool), turns: usize) -> [Taken; 2] {
    let turn = |is_other, runs| {
        switch(is_other);
        // Each has blocks of its own to churn, so that each frees what it has allocated.
        if is_other {
            change_churned_blocks();
        }
        let taken = timed(workload, fixture, runs);
        if is_other {
            change_churned_blocks();
        }
        switch(false);
        taken
    };
    let mut runs = 1;
    while turn(true, runs).min(turn(false, runs)) < TURN {
        runs *= 2;
    }
    let (mut taken, mut state) = ([Vec::new(), Vec::new()], 1_u64);
    for _ in 0..turns {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let is_other = state >> 63 == 1;
        let nanoseconds = turn(is_other, runs).as_secs_f64() * 1e9 / f64::from(runs);
        taken[usize::from(is_other)].push(nanoseconds);
    }
    taken.map(|mut taken| {
        taken.sort_unstable_by(f64::total_cmp);
        let part = |of: usize| taken.get(taken.len() / of).copied().unwrap_or(f64::NAN);
        Taken { quiet: part(10), median: part(2) }
    })
}

fn timed(workload: Workload, fixture: &str, runs: u32) -> Duration {
    let started = Instant::now();
    for _ in 0..runs {
        workload.run(fixture);
    }
    started.elapsed()
}
