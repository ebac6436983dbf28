//! The report as JSON: complete, so that every other rendering can be made from it.

use serde::{Deserialize, Serialize};

use super::{Outcome, Report, outcome};
use crate::format::{FormatError, check_envelope, text_of};

/// The schema version of report files that this memgate writes.
///
/// # Changelog
/// - 1: first version.
pub const REPORT_SCHEMA: u32 = 1;

/// What a report file says it is.
pub const REPORT_KIND: &str = "memgate report";

#[derive(Serialize)]
struct WrittenFile<'a> {
    kind: &'a str,
    schema: u32,
    outcome: Outcome,
    report: &'a Report,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadFile {
    #[serde(rename = "kind")]
    _kind: String,
    #[serde(rename = "schema")]
    _schema: u32,
    /// Written for readers that are not memgate; what it is follows from the report.
    #[serde(rename = "outcome")]
    _outcome: Outcome,
    report: Report,
}

/// Reads a report file.
///
/// # Errors
/// When the file is no report, or has a newer schema.
pub fn parse_report(bytes: &[u8]) -> Result<Report, FormatError> {
    let text = text_of(bytes)?;
    check_envelope(text, REPORT_KIND, REPORT_SCHEMA)?;
    Ok(serde_json::from_str::<ReadFile>(text)?.report)
}

/// Prints a report file.
#[must_use]
pub fn print_report(report: &Report) -> String {
    let file = WrittenFile { kind: REPORT_KIND, schema: REPORT_SCHEMA, outcome: outcome(report), report };
    let mut text = serde_json::to_string_pretty(&file).expect("a report has string keys and finite numbers");
    text.push('\n');
    text
}
