//! `report`: put runs or reports together, and report.

use std::path::PathBuf;

use memgate_report::compare::{ComparisonInput, compare, merge_reports};
use memgate_report::model::{Run, check_disjoint};
use memgate_report::report::{Report, outcome};

use super::arguments::OutputArguments;
use super::output::write_report;
use crate::cargo::{CargoOptions, Workspace};
use crate::clock::today;
use crate::console::Console;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::session::{Input, load_rules, read_inputs, revision_of_shard, say_changed_trees};
use crate::store::BaselineStore;

/// Put runs or reports of shards and targets together, and report.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct ReportArguments {
    /// Files that `run` or `check --format json` wrote
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    output: OutputArguments,
    /// Exit with 103 when a baseline is stale: improved, new, or a waiver no longer needed
    #[arg(long)]
    strict: bool,
    /// The Cargo.toml of the workspace whose baselines the runs are compared with
    #[arg(long, value_name = "PATH")]
    manifest_path: Option<PathBuf>,
}

pub(super) fn report(arguments: &ReportArguments, command: &str) -> Result<ExitCode, Error> {
    arguments.output.check()?;
    let (mut runs, mut reports): (Vec<Run>, Vec<Report>) = (Vec::new(), Vec::new());
    for input in read_inputs(&arguments.files)? {
        match input {
            Input::Run(run) => runs.push(*run),
            Input::Report(report) => reports.push(*report),
        }
    }
    let shards = reports.iter().flat_map(|report| &report.shards).map(|shard| shard.revision.as_ref());
    say_changed_trees(runs.iter().map(revision_of_shard).chain(shards), &Console::new(false));
    if !runs.is_empty() {
        check_disjoint(&runs)?;
        reports.push(compared(arguments, &runs)?);
    }
    let report = merge_reports(reports, arguments.strict)?;
    write_report(&report, &arguments.output, command, None)?;
    Ok(outcome(&report).into())
}

fn compared(arguments: &ReportArguments, runs: &[Run]) -> Result<Report, Error> {
    let options = CargoOptions { manifest_path: arguments.manifest_path.clone(), ..CargoOptions::default() };
    let workspace = Workspace::load(&options)?;
    let config = load_rules(&workspace)?;
    let baselines = BaselineStore::in_workspace(workspace.root()).load()?;
    Ok(compare(ComparisonInput {
        runs,
        baselines: &baselines,
        policy: &config.policy,
        today: today(),
        strict: arguments.strict,
    }))
}
