//! What was measured of a command, as JSON.

use serde::Serialize;

use super::data::{CommandReport, CommandSites};
use super::end::CommandEnd;
use super::programs::ProgramRow;
use super::totals::CommandTotals;
use crate::format::visible_json;

/// The newest schema version of measured commands; one has the oldest that can say what it says. They are written for other programs, and never read here.
///
/// # Changelog
/// - 1: first version.
/// - 2: `noisy_cgroup_peak_bytes`, where there is one.
pub const COMMAND_SCHEMA: u32 = 2;

/// What such a file says it is.
pub const COMMAND_KIND: &str = "memgate command";

/// Prints what was measured of a command, complete.
#[must_use]
pub fn print_command(report: &CommandReport) -> String {
    #[derive(Serialize)]
    struct File<'a> {
        kind: &'a str,
        schema: u32,
        command: &'a [String],
        verdict: &'a str,
        problems: Vec<String>,
        end: CommandEnd,
        metrics: Option<CommandTotals>,
        noisy_resident_peak_bytes: Option<u64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        noisy_cgroup_peak_bytes: Option<u64>,
        processes: usize,
        programs: &'a [ProgramRow],
        sites: &'a [CommandSites],
        notes: &'a [String],
    }

    let file = File {
        kind: COMMAND_KIND,
        schema: if report.kernel.cgroup_peak_bytes.is_some() { COMMAND_SCHEMA } else { 1 },
        command: &report.command,
        verdict: if report.is_measured() { "measured" } else { "failed" },
        problems: report.problems.iter().map(ToString::to_string).collect(),
        end: report.end,
        metrics: report.totals,
        noisy_resident_peak_bytes: report.kernel.resident_peak_bytes,
        noisy_cgroup_peak_bytes: report.kernel.cgroup_peak_bytes,
        processes: report.processes,
        programs: &report.programs,
        sites: &report.sites,
        notes: &report.notes,
    };
    let mut text = serde_json::to_string_pretty(&file).expect("a command has string keys and finite numbers");
    text.push('\n');
    visible_json(text)
}
