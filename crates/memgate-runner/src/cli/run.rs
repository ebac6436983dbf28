//! `run`: measure only.

use std::path::PathBuf;

use memgate_report::format::print_run;
use memgate_report::model::{BenchmarkId, BenchmarkResult};

use super::arguments::MeasureArguments;
use super::flow::{Measured, Project, say_gaps};
use super::measuring::Purpose;
use super::output::{check_output, say_failures, write_output, write_stdout};
use super::recorder::Recorder;
use crate::console::Console;
use crate::error::Error;
use crate::exit::ExitCode;

/// Measure only, and write the run as JSON.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct RunArguments {
    #[command(flatten)]
    measure: MeasureArguments,
    /// Don't record call sites, which `update --from` would commit
    #[arg(long)]
    no_sites: bool,
    /// The file to write, instead of standard output
    #[arg(long, value_name = "PATH", help_heading = "Output")]
    output: Option<PathBuf>,
}

pub(super) fn run(arguments: &RunArguments, command: &str) -> Result<ExitCode, Error> {
    arguments.output.as_deref().map_or(Ok(()), check_output)?;
    let project = Project::load(&arguments.measure)?;
    let Measured { mut run, targets, interrupt, .. } =
        project.measure_with_revision(&arguments.measure, Purpose::Base, command)?;
    if !arguments.no_sites {
        let options = arguments.measure.measure_options(&project.config);
        let mut recorder = Recorder::new(&project, &targets, options, &interrupt);
        let console = Console::new(arguments.measure.quiet);
        let measured: Vec<BenchmarkId> = run
            .results()
            .filter(|(_, result)| matches!(result, BenchmarkResult::Measured(_)))
            .map(|(id, _)| id)
            .collect();
        let mut stored = recorder.sites_to_store(&measured)?;
        if let Some((id, problem)) = stored.problems.first() {
            let count = stored.problems.len();
            console.say(&format!(
                "warning: call sites of {count} could not be recorded, such as {id}: {problem}"
            ));
        }
        for part in &mut run.bench_targets {
            let names: Vec<String> = part.results.keys().cloned().collect();
            let found =
                names.into_iter().filter_map(|name| Some((stored.sites.remove(&part.id(&name))?, name)));
            part.sites = found.map(|(sites, name)| (name, sites)).collect();
        }
    }
    say_gaps(&run.left_out, &run.selection);
    let text = print_run(&run);
    match &arguments.output {
        Some(path) => write_output(path, &text)?,
        None => write_stdout(&text)?,
    }
    say_failures(&run);
    Ok(if run.has_failures() { ExitCode::Failed } else { ExitCode::Passed })
}
