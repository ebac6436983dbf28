//! What counting costs:
//! `RUSTFLAGS="-Cforce-frame-pointers=yes" cargo bench -p memgate-overhead --bench overhead [-- ROUNDS]`.
//!
//! Frame pointers are what the gate builds with, and what the engine `sites` follows.
//!
//! Runs every allocator's executable in turns, A B C A B C …, so that whatever the machine does meanwhile meets all
//! of them alike. An entry of the table is the time of one round beside that of plain `System`. With one thread it is the
//! fastest of all rounds, because what else runs can only make a round slower. With several it is the median: when
//! something else takes a core, the threads run one after the other and spare each other all contention, and the fastest
//! round of a contended allocator would be of that kind. Times are shown, never asserted: whether a target is met is for a reader to
//! judge, on a quiet machine, and a cycle or two of `tight` is where the linker happened to put a function.

#![forbid(unsafe_code)]

use std::process::{Command, ExitCode};

use memgate::__private::{Engine, Unwinder, is_built_in, trusted_unwinder};
use memgate_overhead::{BLOCKS, Workload};

/// Enough for each to meet a quiet moment.
const ROUNDS: usize = 9;

/// An allocator under test.
struct Contender {
    name: &'static str,
    executable: &'static str,
    options: &'static [&'static str],
}

/// The first is what the others are compared with.
const CONTENDERS: [Contender; 11] = [
    Contender { name: "System", executable: env!("CARGO_BIN_EXE_system"), options: &[] },
    Contender { name: "memgate off", executable: env!("CARGO_BIN_EXE_memgate_off"), options: &[] },
    Contender {
        name: "memgate count",
        executable: env!("CARGO_BIN_EXE_memgate_count_bounded"),
        options: &[],
    },
    Contender {
        name: "memgate count, exact peak",
        executable: env!("CARGO_BIN_EXE_memgate_count_exact"),
        options: &[],
    },
    Contender { name: SITES, executable: env!("CARGO_BIN_EXE_memgate_sites"), options: &[] },
    Contender { name: "divan", executable: env!("CARGO_BIN_EXE_divan"), options: &[] },
    Contender { name: "stats_alloc", executable: env!("CARGO_BIN_EXE_stats_alloc"), options: &[] },
    Contender { name: "dhat, no profiler", executable: env!("CARGO_BIN_EXE_dhat"), options: &[] },
    Contender { name: "dhat, profiling", executable: env!("CARGO_BIN_EXE_dhat"), options: &["profiling"] },
    Contender { name: "framehop", executable: env!("CARGO_BIN_EXE_framehop"), options: &[] },
    Contender { name: "backtrace", executable: env!("CARGO_BIN_EXE_backtrace"), options: &[] },
];
const SITES: &str = "memgate sites";

impl Contender {
    /// Whether it runs on this platform.
    fn is_available(&self) -> bool {
        match self.name {
            SITES => is_built_in(Engine::Sites),
            "framehop" => cfg!(all(target_os = "linux", target_arch = "x86_64")),
            _ => true,
        }
    }
}

/// Those that take the call stack of each block, whose cost is shown for each block as well.
const STACK_TAKERS: [&str; 4] = [SITES, "dhat, profiling", "framehop", "backtrace"];

/// A ratio that memgate means to stay below.
struct Target {
    contender: &'static str,
    workload: Workload,
    threads: usize,
    ratio: f64,
}

const fn target(contender: &'static str, workload: Workload, threads: usize, ratio: f64) -> Target {
    Target { contender, workload, threads, ratio }
}

const TARGETS: [Target; 9] = [
    target("memgate off", Workload::Tight, 1, 1.02),
    target("memgate off", Workload::SerdeJson, 1, 1.02),
    target("memgate off", Workload::Btree, 1, 1.02),
    target("memgate count", Workload::Tight, 1, 1.05),
    target("memgate count", Workload::SerdeJson, 1, 1.10),
    target("memgate count", Workload::Btree, 1, 1.03),
    target("memgate count", Workload::Tight, 2, 1.10),
    target("memgate count", Workload::SerdeJson, 2, 1.15),
    target(SITES, Workload::SerdeJson, 1, 4.0),
];
/// What `sites` may add to a block and its release in [`Workload::Deep`], in nanoseconds.
const DEEP_NANOSECONDS: f64 = 70.0;
/// How many times as much that may be with two threads.
const DEEP_TWO_THREADS: f64 = 3.0;

const THREADS: [usize; 2] = [1, 2];

/// One workload with one number of threads, and what each contender took in each round.
struct Column {
    workload: Workload,
    threads: usize,
    /// By contender, then by round.
    nanoseconds: Vec<Vec<f64>>,
}

impl Column {
    /// The fastest of the rounds with one thread, and the median of them with several.
    fn chosen(&self, contender: usize) -> f64 {
        let mut rounds = self.nanoseconds[contender].clone();
        rounds.sort_unstable_by(f64::total_cmp);
        let place = if self.threads == 1 { 0 } else { rounds.len() / 2 };
        rounds.get(place).copied().unwrap_or(f64::NAN)
    }

    /// The time beside the first contender's.
    fn ratio(&self, contender: usize) -> f64 {
        self.chosen(contender) / self.chosen(0)
    }

    /// What is added to the first contender's time, in nanoseconds for each of the blocks of one run.
    fn added(&self, contender: usize) -> f64 {
        (self.chosen(contender) - self.chosen(0)) / BLOCKS as f64
    }
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "the table is this bench's output")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo bench` says `--bench`. Without it this is `cargo test --benches`, or something that wants a list.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
    }
    if is_built_in(Engine::Sites) && trusted_unwinder() == Unwinder::UnwindTables {
        eprintln!(
            "warning: built without frame pointers, so `{SITES}` runs on unwind tables and is slow; build with \
             RUSTFLAGS=\"-Cforce-frame-pointers=yes\""
        );
    }
    let rounds = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(ROUNDS).max(1);
    let mut columns = Vec::new();
    for workload in Workload::ALL {
        for threads in THREADS {
            columns.push(Column { workload, threads, nanoseconds: vec![Vec::new(); CONTENDERS.len()] });
        }
    }
    for round in 1..=rounds {
        eprintln!("round {round} of {rounds}");
        for column in &mut columns {
            for (contender, times) in CONTENDERS.iter().zip(&mut column.nanoseconds) {
                if !contender.is_available() {
                    continue;
                }
                match measure(contender, column.workload, column.threads) {
                    Ok(nanoseconds) => times.push(nanoseconds),
                    Err(problem) => {
                        eprintln!("error: {}: {problem}", contender.name);
                        return ExitCode::from(101);
                    }
                }
            }
        }
    }
    print!("{}\n{}\n{}", table(&columns, rounds), added(&columns), targets(&columns));
    ExitCode::SUCCESS
}

fn measure(contender: &Contender, workload: Workload, threads: usize) -> Result<f64, String> {
    let output = Command::new(contender.executable)
        .args([workload.name(), &threads.to_string()])
        .args(contender.options)
        .output()
        .map_err(|error| format!("failed to start {}: {error}", contender.executable))?;
    let printed = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        return Err(format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim()));
    }
    printed.trim().parse().map_err(|error| format!("printed {:?}: {error}", printed.trim()))
}

fn table(columns: &[Column], rounds: usize) -> String {
    let mut text = format!(
        "Time beside plain `System`, of {rounds} rounds the fastest with one thread, and the median with two. The \
         first row has the microseconds of one run.\n\n| allocator |"
    );
    for column in columns {
        let plural = if column.threads == 1 { "" } else { "s" };
        text += &format!(" {}, {} thread{plural} |", column.workload.name(), column.threads);
    }
    text += &format!("\n| --- |{}\n| System |", " ---: |".repeat(columns.len()));
    for column in columns {
        text += &format!(" {:.1} µs |", column.chosen(0) / 1e3);
    }
    for (index, contender) in available().skip(1) {
        text += &format!("\n| {} |", contender.name);
        for column in columns {
            text += &format!(" {:.3} |", column.ratio(index));
        }
    }
    text + "\n"
}

/// The contenders that run on this platform, with their places among all.
fn available() -> impl Iterator<Item = (usize, &'static Contender)> {
    CONTENDERS.iter().enumerate().filter(|(_, contender)| contender.is_available())
}

/// What it costs to take a call stack.
fn added(columns: &[Column]) -> String {
    let mut text = String::from("| nanoseconds added to a block and its release |");
    let deep: Vec<&Column> = columns.iter().filter(|column| column.workload == Workload::Deep).collect();
    for column in &deep {
        let plural = if column.threads == 1 { "" } else { "s" };
        text += &format!(" {}, {} thread{plural} |", column.workload.name(), column.threads);
    }
    text += &format!("\n| --- |{}\n", " ---: |".repeat(deep.len()));
    for (index, contender) in available().filter(|(_, contender)| STACK_TAKERS.contains(&contender.name)) {
        text += &format!("| {} |", contender.name);
        for column in &deep {
            text += &format!(" {:.0} |", column.added(index));
        }
        text += "\n";
    }
    text
}

/// What `sites` adds with one thread and with two, when it was measured.
fn added_by_sites(columns: &[Column]) -> Option<(f64, f64)> {
    let (contender, _) = available().find(|(_, contender)| contender.name == SITES)?;
    let added = |threads| {
        let is_meant = |column: &&Column| (column.workload, column.threads) == (Workload::Deep, threads);
        Some(columns.iter().find(is_meant)?.added(contender))
    };
    Some((added(1)?, added(2)?))
}

fn targets(columns: &[Column]) -> String {
    let mut text = String::from("| target | at most | measured | |\n| --- | ---: | ---: | --- |\n");
    for target in &TARGETS {
        let contender =
            available().find(|(_, contender)| contender.name == target.contender).map(|(index, _)| index);
        let column = columns
            .iter()
            .find(|column| (column.workload, column.threads) == (target.workload, target.threads));
        let (Some(contender), Some(column)) = (contender, column) else { continue };
        let measured = column.ratio(contender);
        text += &format!(
            "| {}, {}, {} thread(s) | {:.2} | {measured:.3} | {} |\n",
            target.contender,
            target.workload.name(),
            target.threads,
            target.ratio,
            verdict(measured, target.ratio),
        );
    }
    if let Some((one, two)) = added_by_sites(columns) {
        text += &format!(
            "| {SITES}, deep, 1 thread, ns added | {DEEP_NANOSECONDS:.0} | {one:.1} | {} |\n",
            verdict(one, DEEP_NANOSECONDS)
        );
        text += &format!(
            "| {SITES}, deep, 2 threads, × 1 thread | {DEEP_TWO_THREADS:.0} | {:.2} | {} |\n",
            two / one,
            verdict(two / one, DEEP_TWO_THREADS)
        );
    }
    text
}

fn verdict(measured: f64, at_most: f64) -> &'static str {
    if measured <= at_most { "met" } else { "missed" }
}
