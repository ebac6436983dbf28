//! `--github`: what `check` says to a CI service, besides its exit code.

use std::io::Write;
use std::path::{Path, PathBuf};

use memgate_report::render::{Annotation, Format, Level, RenderOptions, annotations, render};
use memgate_report::report::{Outcome, Report, outcome};

use super::arguments::OutputArguments;
use super::output::file_options;
use super::output_files::OutputFile;
use crate::ci::{CiService, GithubActions, detect};
use crate::error::Error;
use crate::git::Repository;
use crate::session::{MeasureRequest, Project, write_output};
use crate::store::Destination;

/// When to speak to GitHub Actions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum When {
    /// When this is a step of GitHub Actions.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// CI services.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Output")]
pub(super) struct CiArguments {
    /// Add a step summary and annotations, and write the report to a file, as a step of GitHub Actions
    #[arg(long, value_enum, value_name = "WHEN", num_args = 0..=1, require_equals = true, default_missing_value = "always", default_value = "auto")]
    github: When,
}

impl CiArguments {
    /// The service to speak to, if any.
    pub(super) fn service(&self) -> Option<Box<dyn CiService>> {
        match self.github {
            When::Auto => detect(),
            When::Always => Some(Box::new(GithubActions::of_variables())),
            When::Never => None,
        }
    }
}

/// Adds the summary of the job, prints annotations, and leaves the report in a file whose path later steps are told.
pub(super) fn report_to_service(
    report: &Report,
    service: &dyn CiService,
    output: &OutputArguments,
    project: &Project,
    command: &str,
    request: &MeasureRequest,
) -> Result<(), Error> {
    let options = file_options(output, command, Some(request));
    let mut failures = Vec::new();
    let mut outputs = vec![("outcome", outcome(report).word().to_owned())];
    match report_file(report, output, project, &options) {
        Ok(file) => outputs.insert(0, ("report", file.display().to_string())),
        Err(error) => failures.push(error),
    }
    let summary = render(report, Format::Markdown, &options);
    failures.extend(service.add_summary(&summary).err());
    failures.extend(outputs.into_iter().filter_map(|(name, value)| service.add_output(name, &value).err()));
    // Standard output may be a report for a program; a log has both.
    let lines = service.annotation_lines(&annotations(report, &workspace_in_repository(project)));
    drop(std::io::stderr().write_all(lines.as_bytes()));
    Error::of_all(failures)
}

/// Tells the service that there is no report, and why. That is best effort: the exit code says it too.
pub(super) fn tell_failure(error: &Error, service: &dyn CiService) {
    let message = error.to_string();
    let annotation = Annotation {
        level: Level::Error,
        place: None,
        title: "memgate: the gate could not do its work".to_owned(),
        message: message.clone(),
    };
    drop(std::io::stderr().write_all(service.annotation_lines(&[annotation]).as_bytes()));
    drop(service.add_output("outcome", Outcome::Failed.word()));
    drop(service.add_summary(&format!("## 🔴 The gate could not do its work\n\n{}\n", code_block(&message))));
}

/// A text that means nothing as Markdown: indented, it is code whatever it holds.
fn code_block(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}

/// The JSON report that is asked for with `--output`; without one, it is written below the target folder.
fn report_file(
    report: &Report,
    output: &OutputArguments,
    project: &Project,
    options: &RenderOptions,
) -> Result<PathBuf, Error> {
    // A later step can read a file, and nothing else.
    let is_file = |file: &OutputFile| matches!(file.destination, Destination::File(_));
    let asked = output.files()?.into_iter().find(|file| file.format == Format::Json && is_file(file));
    if let Some(OutputFile { path, .. }) = asked {
        return Ok(std::path::absolute(&path).unwrap_or(path));
    }
    let path = project.workspace.target_folder().join("report.json");
    write_output(&path, render(report, Format::Json, options))?;
    Ok(path)
}

/// Where the workspace lies in its repository; at the root where there is no repository to be seen.
fn workspace_in_repository(project: &Project) -> PathBuf {
    Repository::of_workspace(project.workspace.root())
        .map(|repository| repository.path_in_tree(Path::new("")))
        .unwrap_or_default()
}
