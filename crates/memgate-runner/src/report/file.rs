//! The report as JSON: complete, so that every other rendering can be made from it.

use memgate::protocol::check_name;
use serde::{Deserialize, Serialize};

use super::{Outcome, Report, outcome};
use crate::format::{FormatError, check_envelope, text_of};

/// The schema version of report files that this memgate writes.
///
/// # Changelog
/// - 1: first version.
/// - 2: benchmarks have `sites`.
/// - 3: benchmarks have `time`.
pub const REPORT_SCHEMA: u32 = 3;

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
    let ReadFile { report, .. } = serde_json::from_str(text)?;
    check_texts(&report)?;
    Ok(report)
}

/// Checks that names are names, and that texts do nothing to a terminal. A report may come from anywhere, such as the
/// pull request of a stranger.
fn check_texts(report: &Report) -> Result<(), FormatError> {
    let targets =
        report.targets.iter().flat_map(|target| [&target.target, &target.package, &target.bench_target]);
    let benchmarks = report.benchmarks.iter().flat_map(|benchmark| {
        [&benchmark.target, &benchmark.id.package, &benchmark.id.bench_target, &benchmark.id.name]
    });
    for name in targets.chain(benchmarks) {
        check_name(name).map_err(|error| FormatError::Unsound(format!("{name:?} is no name: {error}")))?;
    }
    let failures = report.targets.iter().filter_map(|target| target.failure.as_ref());
    let failures =
        failures.chain(report.benchmarks.iter().filter_map(|benchmark| benchmark.failure.as_ref()));
    let reasons = report.benchmarks.iter().flat_map(|benchmark| &benchmark.metrics);
    let reasons = reasons.filter_map(|metric| metric.waiver.as_ref()).map(|waiver| &waiver.reason);
    let texts = failures.flat_map(|failure| [&failure.message, &failure.stderr]);
    let texts = texts.chain(report.notices.iter().map(|notice| &notice.text)).chain(reasons);
    let sites = report.benchmarks.iter().filter_map(|benchmark| benchmark.sites.as_ref());
    let texts = texts.chain(sites.flat_map(|sites| sites.texts()));
    let times = report.benchmarks.iter().filter_map(|benchmark| benchmark.time.as_ref());
    let texts = texts.chain(times.filter_map(|time| time.problem.as_ref()));
    let is_harmful = |character: char| character.is_control() && !matches!(character, '\n' | '\t');
    match texts.into_iter().find(|text| text.contains(is_harmful)) {
        Some(text) => Err(FormatError::Unsound(format!("a text has control characters: {text:?}"))),
        None => Ok(()),
    }
}

/// Prints a report file.
#[must_use]
pub fn print_report(report: &Report) -> String {
    let file = WrittenFile { kind: REPORT_KIND, schema: REPORT_SCHEMA, outcome: outcome(report), report };
    let mut text = serde_json::to_string_pretty(&file).expect("a report has string keys and finite numbers");
    text.push('\n');
    text
}
