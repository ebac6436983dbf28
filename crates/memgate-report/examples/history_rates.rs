//! Prints how often each rule of `history check` finds what is there and what is not, and how late, over synthetic series:
//!
//! ```console
//! cargo run --release -p memgate-report --example history_rates [-- SERIES SEED EVERY]
//! ```
//!
//! With EVERY, each EVERYth row alone.

#![expect(clippy::print_stdout, reason = "the table goes to standard output")]

use std::num::NonZero;

use memgate_report::history::rates_table;

/// How many series of each kind.
const SERIES: u32 = 1_000;
const SEED: u64 = 20_270_101;
const EVERY: NonZero<usize> = NonZero::<usize>::MIN;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let series = arguments.next().map_or(Ok(SERIES), |word| word.parse())?;
    let seed = arguments.next().map_or(Ok(SEED), |word| word.parse())?;
    let every = arguments.next().map_or(Ok(EVERY), |word| word.parse())?;
    print!("{}", rates_table(series, seed, every));
    Ok(())
}
