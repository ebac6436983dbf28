//! The report as JSON: complete, so that every other rendering can be made from it.

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::report_causes::WrittenCauses;
use super::{
    Amount, Bounds, FormatError, check_bounds, check_envelope, report_soundness, text_of, visible_json,
};
use crate::causes::causes;
use crate::model::MetricKey;
use crate::renames::renames;
use crate::report::{Outcome, Report, outcome};
use crate::scaling::scaling;

/// The newest schema version of report files. One without figures of the kernel's has the one before, so that an older memgate can read it.
///
/// # Changelog
/// - 1: first version.
/// - 2: benchmarks have `sites`.
/// - 3: benchmarks have `time`; a report has `acceptance`; a notice may be of the kind `revisions`.
/// - 4: reports have `shards`, `scaling` and `exponent_limit`.
/// - 5: reports have `pull_request`; a notice may be of the kinds `not_measured` and `threads`.
/// - 6: a notice may be of the kind `other_processes`; profiles have `packages`.
/// - 7: `causes` beside the report, which may have `dependencies`; a change may have the note `left_out`.
/// - 8: reports have `renames`; an explanation may have a `peak`; a notice may be of the kind `since`.
/// - 9: a notice may be of the kind `stale_snapshot` or `unreadable_file`; `unexplained` may be `unreadable_base_sites`.
/// - 10: environments have `commands`, and a difference may be about one (`only`); an id may be `commands/name`.
/// - 11: commands have `resident.peak_bytes` and `cgroup.peak_bytes`.
pub const REPORT_SCHEMA: u32 = 11;

/// What a report file says it is.
pub const REPORT_KIND: &str = "memgate report";

#[derive(Serialize)]
struct WrittenFile<'a> {
    kind: &'a str,
    schema: u32,
    outcome: Outcome,
    #[serde(skip_serializing_if = "WrittenCauses::is_empty")]
    causes: WrittenCauses<'a>,
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
    outcome: Outcome,
    /// Written for readers that are not memgate, which puts them together again.
    #[serde(default, rename = "causes")]
    _causes: Option<IgnoredAny>,
    report: Report,
}

/// What a report of one's own may hold at most: a hundred thousand benchmarks fit, as they do into a run.
const BOUNDS: Bounds =
    Bounds { depth: 32, values: 50_000_000, texts: 50_000_000, items: 1_000_000, text_bytes: 1 << 20 };

/// What a report of somebody else may hold at most. Twenty thousand benchmarks fit, and what is refused has taken little memory.
pub const FOREIGN_BOUNDS: Bounds =
    Bounds { depth: 32, values: 5_000_000, texts: 1_000_000, items: 100_000, text_bytes: 1 << 20 };

/// Reads a report file, as data that a stranger may have written: what this tool would not write is refused.
///
/// # Errors
/// When the file is no report, has a newer schema, is larger than any report, has characters that do something to a
/// terminal, or contradicts itself.
pub fn parse_report(bytes: &[u8]) -> Result<Report, FormatError> {
    parse_within(bytes, BOUNDS).map(|(report, _)| report)
}

/// Reads a report file within bounds, and says how much there is in it. See [`parse_report`].
pub fn parse_within(bytes: &[u8], bounds: Bounds) -> Result<(Report, Amount), FormatError> {
    let text = text_of(bytes)?;
    check_envelope(text, REPORT_KIND, REPORT_SCHEMA)?;
    let amount = check_bounds(text, bounds)?;
    let ReadFile { mut report, outcome: said, .. } = serde_json::from_str(text)?;
    report_soundness::check(&report)?;
    report.scaling = scaling(&report.benchmarks, report.exponent_limit);
    report.renames = renames(&report.benchmarks, &report.renames);
    if said != outcome(&report) {
        return Err(FormatError::Unsound("its `outcome` is not what its benchmarks say".to_owned()));
    }
    Ok((report, amount))
}

/// Prints a report file.
#[must_use]
pub fn print_report(report: &Report) -> String {
    let found = causes(report);
    let of_commands = report.benchmarks.iter().flat_map(|one| &one.metrics).map(|metric| metric.metric);
    let raised = report.acceptance.iter().flat_map(|acceptance| &acceptance.raises).map(|raise| raise.metric);
    let has_kernels = of_commands.chain(raised).any(MetricKey::is_kernels);
    let file = WrittenFile {
        kind: REPORT_KIND,
        schema: if has_kernels { REPORT_SCHEMA } else { 10 },
        outcome: outcome(report),
        causes: WrittenCauses::of(&found, report),
        report,
    };
    let mut text = serde_json::to_string_pretty(&file).expect("a report has string keys and finite numbers");
    text.push('\n');
    visible_json(text)
}
