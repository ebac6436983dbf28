//! `run`: measure only.

use std::path::PathBuf;

use super::arguments::MeasureArguments;
use super::flow::{Measured, Project};
use super::output::write_stdout;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::format::print_run;
use crate::store::write_atomically;

/// Measure only, and write the run as JSON.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct RunArguments {
    #[command(flatten)]
    measure: MeasureArguments,
    /// The file to write, instead of standard output
    #[arg(long, value_name = "PATH", help_heading = "Output")]
    output: Option<PathBuf>,
}

pub(super) fn run(arguments: &RunArguments, command: &str) -> Result<ExitCode, Error> {
    let project = Project::load(&arguments.measure)?;
    let Measured { run, .. } = project.measure(&arguments.measure, command)?;
    let text = print_run(&run);
    match &arguments.output {
        Some(path) => write_atomically(path, &text).map_err(Error::file("write", path))?,
        None => write_stdout(&text)?,
    }
    Ok(if run.has_failures() { ExitCode::Failed } else { ExitCode::Passed })
}
