//! Prints what the gate says of benchmarks that leak, seem to leak, and vary, over many synthetic ones: how often a leak
//! is found, and how often anything is red or stale without a reason.
//!
//! ```console
//! cargo run --release -p memgate-runner --features internals --example noise_rates [-- ROUNDS SEED EVERY]
//! ```
//!
//! With EVERY, each EVERYth row of a table alone.
//!
//! What is asked of processes is made up; what is made of their answers is the gate's own code.

#![expect(clippy::print_stdout, reason = "the tables go to standard output")]

mod gate;
mod keeping;
mod leaks;
mod side_by_side;
mod varying;
mod verdicts;

use std::num::NonZero;

/// How many benchmarks of each kind.
const ROUNDS: u32 = 1_000;
const SEED: u64 = 20_270_101;
const EVERY: NonZero<usize> = NonZero::<usize>::MIN;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let rounds = arguments.next().map_or(Ok(ROUNDS), |word| word.parse())?;
    let seed = arguments.next().map_or(Ok(SEED), |word| word.parse())?;
    let every = arguments.next().map_or(Ok(EVERY), |word| word.parse())?;
    leaks::print(rounds, seed, every);
    println!();
    verdicts::print(rounds, seed, every);
    Ok(())
}
