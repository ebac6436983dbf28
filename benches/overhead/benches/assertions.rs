//! What assertions in tests cost: `cargo bench -p memgate-overhead --bench assertions [-- ROUNDS]`.
//!
//! Runs every way's executable in turns, and shows the fastest of all rounds. Times are shown, never asserted.

#![forbid(unsafe_code)]

use std::process::{Command, ExitCode};

const ROUNDS: usize = 5;

/// Ways to measure a closure, and their executables.
const CONTENDERS: [(&str, &str); 6] = [
    ("System, nothing measured", env!("CARGO_BIN_EXE_assertions_system")),
    ("memgate", env!("CARGO_BIN_EXE_assertions_memgate")),
    ("assert_no_alloc", env!("CARGO_BIN_EXE_assertions_assert_no_alloc")),
    ("allocation-counter", env!("CARGO_BIN_EXE_assertions_allocation_counter")),
    ("stats_alloc", env!("CARGO_BIN_EXE_assertions_stats_alloc")),
    ("dhat", env!("CARGO_BIN_EXE_assertions_dhat")),
];

/// An empty assertion; a block outside of a measurement, within one, and beside one.
type Nanoseconds = [f64; 4];

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "the table is this bench's output")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo bench` says `--bench`. Without it this is `cargo test --benches`, or something that wants a list.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
    }
    let rounds = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(ROUNDS).max(1);
    let mut fastest = [[f64::INFINITY; 4]; CONTENDERS.len()];
    for round in 1..=rounds {
        eprintln!("round {round} of {rounds}");
        for ((name, executable), fastest) in CONTENDERS.iter().zip(&mut fastest) {
            match measure(executable) {
                Ok(measured) => *fastest = std::array::from_fn(|index| fastest[index].min(measured[index])),
                Err(problem) => {
                    eprintln!("error: {name}: {problem}");
                    return ExitCode::from(101);
                }
            }
        }
    }
    println!("| nanoseconds | an empty assertion | a block outside | within | beside |");
    println!("| --- | ---: | ---: | ---: | ---: |");
    for ((name, _), [empty, outside, within, beside]) in CONTENDERS.iter().zip(fastest) {
        println!("| {name} | {empty:.1} | {outside:.1} | {within:.1} | {beside:.1} |");
    }
    ExitCode::SUCCESS
}

fn measure(executable: &str) -> Result<Nanoseconds, String> {
    let output = Command::new(executable)
        .output()
        .map_err(|error| format!("failed to start {executable}: {error}"))?;
    let printed = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        return Err(format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim()));
    }
    let numbers: Vec<f64> = printed.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    numbers.try_into().map_err(|_| format!("printed {printed:?}"))
}
