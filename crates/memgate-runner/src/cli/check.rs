//! `check`: build, measure, compare, report, exit.

use super::arguments::{MeasureArguments, OutputArguments};
use super::flow::{Measured, Project};
use super::output::write_report;
use crate::clock::today;
use crate::compare::{ComparisonInput, compare};
use crate::error::Error;
use crate::exit::ExitCode;
use crate::report::outcome;

/// Build, measure, compare with the baselines, report, and exit with the verdict.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct CheckArguments {
    #[command(flatten)]
    pub(super) measure: MeasureArguments,
    #[command(flatten)]
    output: OutputArguments,
    /// Exit with 103 when a baseline is stale: improved, new, or a waiver no longer needed
    #[arg(long)]
    pub(super) strict: bool,
}

pub(super) fn check(arguments: &CheckArguments, command: &str) -> Result<ExitCode, Error> {
    arguments.output.files()?;
    let project = Project::load(&arguments.measure)?;
    let Measured { run, timing } = project.measure(&arguments.measure, command)?;
    let mut report = compare(ComparisonInput {
        runs: std::slice::from_ref(&run),
        baselines: &project.baselines,
        policy: &project.config.policy,
        today: today(),
        strict: arguments.strict,
    });
    report.timing = Some(timing);
    write_report(&report, &arguments.output, command, &arguments.measure.cargo.build_flags())?;
    Ok(outcome(&report).into())
}
