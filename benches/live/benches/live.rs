//! What sampling costs: `RUSTFLAGS="-Cforce-frame-pointers=yes" cargo bench -p memgate-live-benches [--features jemalloc] [-- ROUNDS]`.
//!
//! Frame pointers are what a service is to be built with. Each contender is measured beside the allocator that it is around, in pairs: the
//! plain one, the other one, the plain one and so on, each in a process of its own. One column has the ratio of the fastest of each, since
//! what else runs can only make one slower; the other the median of the pairs' ratios, with their quartiles, which say how quiet the machine
//! was. Times are shown, never asserted.

#![forbid(unsafe_code)]

use std::process::{Command, ExitCode};

use memgate_overhead::{BLOCKS, CHURNED_BLOCKS, Workload};

/// Enough for the median of a busy machine.
const ROUNDS: usize = 25;

/// An allocator under test, and the one that it is compared with.
struct Contender {
    name: &'static str,
    /// The executable and its options.
    executable: Option<&'static str>,
    options: &'static [&'static str],
    /// What jemalloc reads.
    jemalloc: &'static str,
    plain: Option<&'static str>,
}

const SYSTEM: Option<&str> = Some(env!("CARGO_BIN_EXE_system"));
const LIVE_SYSTEM: Option<&str> = Some(env!("CARGO_BIN_EXE_live_system"));
const JEMALLOC: Option<&str> = option_env!("CARGO_BIN_EXE_jemalloc");
const LIVE_JEMALLOC: Option<&str> = option_env!("CARGO_BIN_EXE_live_jemalloc");
const PROFILING: &str = "prof:true,prof_active:true,lg_prof_sample:19";

const CONTENDERS: [Contender; 6] = [
    // How far apart two of the same are: what the machine does to a ratio.
    Contender { name: "System", executable: SYSTEM, options: &[], jemalloc: "", plain: SYSTEM },
    Contender { name: "live", executable: LIVE_SYSTEM, options: &[], jemalloc: "", plain: SYSTEM },
    Contender {
        name: "live, stopped",
        executable: LIVE_SYSTEM,
        options: &["0"],
        jemalloc: "",
        plain: SYSTEM,
    },
    Contender {
        name: "live, every 64 KiB",
        executable: LIVE_SYSTEM,
        options: &["65536"],
        jemalloc: "",
        plain: SYSTEM,
    },
    Contender {
        name: "live around jemalloc",
        executable: LIVE_JEMALLOC,
        options: &[],
        jemalloc: "",
        plain: JEMALLOC,
    },
    Contender {
        name: "jemalloc's profiler",
        executable: JEMALLOC,
        options: &[],
        jemalloc: PROFILING,
        plain: JEMALLOC,
    },
];

const WORKLOADS: [(Workload, usize); 5] = [
    (Workload::Tight, 1),
    (Workload::SerdeJson, 1),
    (Workload::Churn, 1),
    (Workload::Tight, 2),
    (Workload::SerdeJson, 2),
];

/// The pairs of one contender and one workload, in nanoseconds.
struct Pairs {
    plain: Vec<f64>,
    other: Vec<f64>,
}

impl Pairs {
    /// The fastest of each.
    fn fastest(&self) -> (f64, f64) {
        let least = |values: &[f64]| values.iter().copied().fold(f64::INFINITY, f64::min);
        (least(&self.plain), least(&self.other))
    }

    /// The quartiles of the pairs' ratios.
    fn ratios(&self) -> [f64; 3] {
        let mut ratios: Vec<f64> =
            self.plain.iter().zip(&self.other).map(|(plain, other)| other / plain).collect();
        ratios.sort_unstable_by(f64::total_cmp);
        [1, 2, 3].map(|quarter| ratios.get(ratios.len() * quarter / 4).copied().unwrap_or(f64::NAN))
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
    let mut table = String::from(
        "| allocator | workload | threads | ratio of the fastest | median of pairs (quartiles) | ns added to a block and its \
         release |\n| --- | --- | ---: | ---: | ---: | ---: |\n",
    );
    for contender in &CONTENDERS {
        let (Some(executable), Some(plain)) = (contender.executable, contender.plain) else { continue };
        for (workload, threads) in WORKLOADS {
            eprintln!("{}, {}, {threads}", contender.name, workload.name());
            let mut pairs = Pairs { plain: Vec::new(), other: Vec::new() };
            for _ in 0..rounds {
                let measured = measure(plain, &[], "", workload, threads).and_then(|plain| {
                    let other =
                        measure(executable, contender.options, contender.jemalloc, workload, threads)?;
                    Ok((plain, other))
                });
                match measured {
                    Ok((plain, other)) => {
                        pairs.plain.push(plain);
                        pairs.other.push(other);
                    }
                    Err(problem) => {
                        eprintln!("error: {}: {problem}", contender.name);
                        return ExitCode::from(101);
                    }
                }
            }
            let (plain, other) = pairs.fastest();
            let [low, median, high] = pairs.ratios();
            let per_block = |blocks: usize| format!("{:.2}", (other - plain) / blocks as f64);
            let added = match workload {
                Workload::Tight => per_block(BLOCKS),
                Workload::Churn => per_block(CHURNED_BLOCKS),
                _ => String::new(),
            };
            table += &format!(
                "| {} | {} | {threads} | {:.3} | {median:.3} ({low:.3}–{high:.3}) | {added} |\n",
                contender.name,
                workload.name(),
                other / plain,
            );
        }
    }
    println!("{rounds} pairs each.\n\n{table}");
    ExitCode::SUCCESS
}

fn measure(
    executable: &str,
    options: &[&str],
    jemalloc: &str,
    workload: Workload,
    threads: usize,
) -> Result<f64, String> {
    let output = Command::new(executable)
        .args([workload.name(), &threads.to_string()])
        .args(options)
        .env("_RJEM_MALLOC_CONF", jemalloc)
        .output()
        .map_err(|error| format!("failed to start {executable}: {error}"))?;
    let printed = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        return Err(format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim()));
    }
    printed.trim().parse().map_err(|error| format!("printed {:?}: {error}", printed.trim()))
}
