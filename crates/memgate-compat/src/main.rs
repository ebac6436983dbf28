//! Tries the criterion facade on the published packages of popular crates: `cargo xtask compat [CRATE…]`, where a crate is
//! the name of one in the table, or any other as `name@version` or `name@version+feature,feature`.
//!
//! By hand, since it takes a quarter of an hour: each package is taken from cargo's registry cache, its dev-dependency on
//! criterion is pointed to the facade, and the tool lists its benchmarks and measures a few. Nothing else is changed.

#![forbid(unsafe_code)]

mod crates;
mod manifest;
mod sources;
mod trial;

use std::process::ExitCode;

use trial::{Places, Trial};

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "the table is this program's output")]
fn main() -> ExitCode {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let in_table = crates::CRATES
        .into_iter()
        .filter(|(name, ..)| asked.is_empty() || asked.iter().any(|word| word == name));
    let selected = in_table.chain(asked.iter().filter_map(|word| crates::other(word)));
    let places = match Places::find() {
        Ok(places) => places,
        Err(problem) => {
            eprintln!("error: {problem}");
            return ExitCode::FAILURE;
        }
    };
    let mut is_whole = true;
    println!("| crate | ids | built | measured |\n|---|---:|---|---|");
    for (name, version, features) in selected {
        let trial = Trial::run(&places, name, version, features);
        if let Some(problem) = &trial.problem {
            eprintln!("{name} {version}: {problem}");
        }
        is_whole &= trial.problem.is_none();
        println!("{}", trial.row());
    }
    if is_whole { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
