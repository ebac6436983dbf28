//! Tries the facades on the published packages of popular crates: `cargo xtask compat [criterion|divan] [CRATE…]`, where a crate is
//! the name of one in the tables, or any other as `name@version` or `name@version+feature,feature`.
//!
//! By hand, since it takes half an hour: each package is taken from cargo's registry cache, its dev-dependency on criterion or divan is
//! pointed to the facade, and the tool lists its benchmarks and measures them. Nothing else is changed.

#![forbid(unsafe_code)]

mod crates;
mod divan;
mod facade;
mod manifest;
mod sources;
mod trial;
mod varying;

use std::process::ExitCode;

use facade::Facade;
use trial::{Places, Trial};

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "the table is this program's output")]
fn main() -> ExitCode {
    let mut asked: Vec<String> = std::env::args().skip(1).collect();
    let facade = match asked.first().map(String::as_str) {
        Some("criterion") => Some(Facade::Criterion),
        Some("divan") => Some(Facade::Divan),
        _ => None,
    };
    asked.drain(..usize::from(facade.is_some()));
    let tables = [(Facade::Criterion, &crates::CRITERION[..]), (Facade::Divan, &crates::DIVAN[..])];
    let in_tables = tables
        .into_iter()
        .filter(|(of_table, _)| facade.is_none_or(|facade| facade == *of_table))
        .flat_map(|(facade, table)| table.iter().map(move |of_table| (Some(facade), *of_table)))
        .filter(|(_, (name, ..))| asked.is_empty() || asked.iter().any(|word| word == name));
    let others = asked.iter().filter_map(|word| Some((facade, crates::other(word)?)));
    let selected = in_tables.chain(others);
    let places = match Places::find() {
        Ok(places) => places,
        Err(problem) => {
            eprintln!("error: {problem}");
            return ExitCode::FAILURE;
        }
    };
    let mut is_whole = true;
    println!("| crate | ids | built | measured |\n|---|---:|---|---|");
    for (facade, package) in selected {
        let (name, version, _) = package;
        let trial = Trial::run(&places, facade, package);
        if let Some(problem) = &trial.problem {
            eprintln!("{name} {version}: {problem}");
        }
        is_whole &= trial.problem.is_none();
        println!("{}", trial.row());
    }
    if facade != Some(Facade::Criterion)
        && let Some(newer) = divan::newer_release(&places)
    {
        eprintln!("note: {newer}");
    }
    if is_whole { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
