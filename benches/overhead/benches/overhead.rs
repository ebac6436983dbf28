//! What counting costs: `cargo bench -p memgate-overhead --bench overhead [-- ROUNDS]`.
//!
//! Runs every allocator's executable in turns, A B C A B C …, so that whatever the machine does meanwhile meets all
//! of them alike. An entry of the table is the fastest time of all rounds beside the fastest of plain `System`: what
//! else runs can only make a round slower. Times are shown, never asserted: whether a target is met is for a reader to
//! judge, on a quiet machine, and a cycle or two of `tight` is where the linker happened to put a function.

#![forbid(unsafe_code)]

use std::process::{Command, ExitCode};

use memgate_overhead::Workload;

/// Enough for each to meet a quiet moment.
const ROUNDS: usize = 9;

/// An allocator under test.
struct Contender {
    name: &'static str,
    executable: &'static str,
    options: &'static [&'static str],
}

/// The first is what the others are held against.
const CONTENDERS: [Contender; 8] = [
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
    Contender { name: "divan", executable: env!("CARGO_BIN_EXE_divan"), options: &[] },
    Contender { name: "stats_alloc", executable: env!("CARGO_BIN_EXE_stats_alloc"), options: &[] },
    Contender { name: "dhat, no profiler", executable: env!("CARGO_BIN_EXE_dhat"), options: &[] },
    Contender { name: "dhat, profiling", executable: env!("CARGO_BIN_EXE_dhat"), options: &["profiling"] },
];

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

const TARGETS: [Target; 8] = [
    target("memgate off", Workload::Tight, 1, 1.02),
    target("memgate off", Workload::SerdeJson, 1, 1.02),
    target("memgate off", Workload::Btree, 1, 1.02),
    target("memgate count", Workload::Tight, 1, 1.05),
    target("memgate count", Workload::SerdeJson, 1, 1.10),
    target("memgate count", Workload::Btree, 1, 1.03),
    target("memgate count", Workload::Tight, 2, 1.10),
    target("memgate count", Workload::SerdeJson, 2, 1.15),
];

const THREADS: [usize; 2] = [1, 2];

/// One workload with one number of threads, and what each contender took in each round.
struct Column {
    workload: Workload,
    threads: usize,
    /// By contender, then by round.
    nanoseconds: Vec<Vec<f64>>,
}

impl Column {
    /// The fastest of the rounds.
    fn fastest(&self, contender: usize) -> f64 {
        self.nanoseconds[contender].iter().copied().fold(f64::INFINITY, f64::min)
    }

    /// The fastest time beside the first contender's.
    fn ratio(&self, contender: usize) -> f64 {
        self.fastest(contender) / self.fastest(0)
    }
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "the table is this bench's output")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo bench` says `--bench`. Without it this is `cargo test --benches`, or something that wants a list.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
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
    print!("{}\n{}", table(&columns, rounds), targets(&columns));
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
        "Time beside plain `System`, each the fastest of {rounds} rounds. The first row has the microseconds of one \
         run.\n\n| allocator |"
    );
    for column in columns {
        let plural = if column.threads == 1 { "" } else { "s" };
        text += &format!(" {}, {} thread{plural} |", column.workload.name(), column.threads);
    }
    text += &format!("\n| --- |{}\n| System |", " ---: |".repeat(columns.len()));
    for column in columns {
        text += &format!(" {:.1} µs |", column.fastest(0) / 1e3);
    }
    for (index, contender) in CONTENDERS.iter().enumerate().skip(1) {
        text += &format!("\n| {} |", contender.name);
        for column in columns {
            text += &format!(" {:.3} |", column.ratio(index));
        }
    }
    text + "\n"
}

fn targets(columns: &[Column]) -> String {
    let mut text = String::from("| target | at most | measured | |\n| --- | ---: | ---: | --- |\n");
    for target in &TARGETS {
        let contender = CONTENDERS.iter().position(|contender| contender.name == target.contender);
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
            if measured <= target.ratio { "met" } else { "missed" },
        );
    }
    text
}
