//! `run`: measure only.

use std::path::PathBuf;

use memgate_report::format::print_run;
use memgate_report::model::{BenchmarkId, BenchmarkResult};

use super::arguments::MeasureArguments;
use super::output::{say_failures, write_stdout};
use super::output_files::json_file;
use crate::console::Console;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::session::{Measured, Project, Purpose, Recorder, check_output, say_gaps, write_output};

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
    let output = arguments.output.as_deref().map(json_file).transpose()?;
    if let Some(path) = &output {
        check_output(path)?;
    }
    let request = arguments.measure.request()?;
    let project = Project::load(&request)?;
    let Measured { mut run, targets, interrupt, .. } =
        project.measure_with_revision(&request, Purpose::Base, command)?;
    if !arguments.no_sites {
        let options = request.options(&project.config);
        let mut recorder = Recorder::new(&project, &targets, options, &interrupt);
        let measured: Vec<BenchmarkId> = run
            .results()
            .filter(|(_, result)| matches!(result, BenchmarkResult::Measured(_)))
            .map(|(id, _)| id)
            .collect();
        let mut stored = recorder.sites_to_store(&measured)?;
        stored.say_problems(&Console::new(request.quiet));
        for part in &mut run.bench_targets {
            let names: Vec<String> = part.results.keys().cloned().collect();
            let found =
                names.into_iter().filter_map(|name| Some((stored.sites.remove(&part.id(&name))?, name)));
            part.sites = found.map(|(sites, name)| (name, sites)).collect();
            let first = part.sites.keys().next().map(|name| part.id(name));
            part.package_features = first.and_then(|id| recorder.features(&id).cloned());
        }
    }
    say_gaps(&run.left_out, &run.selection);
    let text = print_run(&run);
    match &output {
        Some(path) => write_output(path, &text)?,
        None => write_stdout(&text)?,
    }
    say_failures(&run);
    Ok(if run.has_failures() { ExitCode::Failed } else { ExitCode::Passed })
}
