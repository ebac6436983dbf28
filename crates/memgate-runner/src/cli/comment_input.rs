//! What `comment` reads and renders.

use std::path::PathBuf;

use super::inputs::{Input, read_inputs};
use crate::comment::CommitId;
use crate::error::Error;
use crate::format::FormatError;
use crate::report::{Format, REPORT_KIND, RenderOptions, Report, merge_reports, render};

/// The longest body, in bytes: GitHub takes 65,536 characters, and the marker comes on top.
const MAXIMUM_BODY_BYTES: usize = 59_000;

/// Reads report files, and puts them together.
pub(super) fn read_report(paths: &[PathBuf]) -> Result<Report, Error> {
    let mut reports = Vec::new();
    for (path, input) in paths.iter().zip(read_inputs(paths)?) {
        match input {
            Input::Report(report) => reports.push(*report),
            Input::Run(_) => {
                let problem = FormatError::Kind { expected: REPORT_KIND };
                return Err(Error::Input { path: path.clone(), problem });
            }
        }
    }
    Ok(merge_reports(reports, false)?)
}

/// What the comment says below the marker.
pub(super) fn body_of(
    report: &Report,
    command: &str,
    _head: Option<&CommitId>,
    run_url: Option<&str>,
) -> String {
    let options = RenderOptions {
        verbose: false,
        cold: false,
        color: false,
        width: None,
        command: command.to_owned(),
        cargo_flags: Vec::new(),
    };
    let mut body = render(report, Format::Markdown, &options);
    let end = (0..=MAXIMUM_BODY_BYTES.min(body.len())).rev().find(|end| body.is_char_boundary(*end));
    body.truncate(end.unwrap_or(0));
    if let Some(url) = run_url {
        body += &format!("\n[the run]({url})\n");
    }
    body
}
