//! `--github`: what `check` says in GitHub Actions, besides its exit code.

use std::io::Write;
use std::path::{Path, PathBuf};

use memgate_report::render::{Annotation, Format, Level, RenderOptions, annotations, render};
use memgate_report::report::{Outcome, Report, outcome};

use super::arguments::OutputArguments;
use super::output::file_options;
use super::output_files::OutputFile;
use crate::actions::ActionsEnvironment;
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

/// GitHub Actions.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Output")]
pub(super) struct ActionsArguments {
    /// Add a step summary and annotations, and write the report to a file, as a step of GitHub Actions
    #[arg(long, value_enum, value_name = "WHEN", num_args = 0..=1, require_equals = true, default_missing_value = "always", default_value = "auto")]
    github: When,
}

impl ActionsArguments {
    /// The environment to speak to, if any.
    pub(super) fn environment(&self) -> Option<ActionsEnvironment> {
        match self.github {
            When::Auto => ActionsEnvironment::detect(),
            When::Always => Some(ActionsEnvironment::of_variables()),
            When::Never => None,
        }
    }
}

/// Adds the summary of the step, prints annotations, and leaves the report in a file whose path is an output of the step.
/// No token is needed, so a pull request from a fork has all of it.
pub(super) fn report_to_actions(
    report: &Report,
    actions: &ActionsEnvironment,
    output: &OutputArguments,
    project: &Project,
    command: &str,
    request: &MeasureRequest,
) -> Result<(), Error> {
    let options = file_options(output, command, Some(request));
    let mut failures = Vec::new();
    let to = |path: &Option<PathBuf>| path.clone().unwrap_or_default();
    let mut outputs = vec![("outcome", outcome(report).word().to_owned())];
    match report_file(report, output, project, &options) {
        Ok(file) => outputs.insert(0, ("report", file.display().to_string())),
        Err(error) => failures.push(error),
    }
    let summary = render(report, Format::Markdown, &options);
    if let Err(problem) = actions.add_summary(&summary) {
        failures.push(Error::file("add to", to(&actions.step_summary))(problem));
    }
    for (name, value) in outputs {
        if let Err(problem) = actions.add_output(name, &value) {
            failures.push(Error::file("add to", to(&actions.output))(problem));
        }
    }
    // Standard output may be a report for a program; GitHub reads both.
    let lines: String = annotations(report, &workspace_in_repository(project))
        .iter()
        .map(|line| format!("{line}\n"))
        .collect();
    drop(std::io::stderr().write_all(lines.as_bytes()));
    Error::of_all(failures)
}

/// Tells GitHub Actions that there is no report, and why. That is best effort: the exit code says it too.
pub(super) fn tell_failure(error: &Error, actions: &ActionsEnvironment) {
    let message = error.to_string();
    let annotation = Annotation {
        level: Level::Error,
        place: None,
        title: "memgate: the gate could not do its work".to_owned(),
        message: message.clone(),
    };
    drop(std::io::stderr().write_all(format!("{annotation}\n").as_bytes()));
    drop(actions.add_output("outcome", Outcome::Failed.word()));
    drop(actions.add_summary(&format!("## 🔴 The gate could not do its work\n\n{}\n", code_block(&message))));
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
