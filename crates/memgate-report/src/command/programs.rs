//! A command's programs, a row each.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use memgate_protocol::process_table::ProcessTable;
use serde::Serialize;

use super::names::program_name;
use super::processes::processes;
use super::totals::CommandTotals;

/// All processes of one program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProgramRow {
    /// What it is called.
    pub program: String,
    /// The file.
    pub executable: String,
    /// In how many processes it ran, those included that were forked of it.
    pub processes: usize,
    /// Its numbers. A process that became another program has left nothing at its end, and a peak in the row of each of its programs.
    pub metrics: CommandTotals,
}

/// The rows, the largest total first.
#[must_use]
pub fn programs(table: &ProcessTable) -> Vec<ProgramRow> {
    let mut rows: BTreeMap<(String, String), ProgramRow> = BTreeMap::new();
    for process in processes(&table.processes) {
        let last = process.last().map(|entry| entry.slot);
        for entry in process.entries {
            let executable = entry.executable.to_string_lossy().into_owned();
            let program = program_name(entry);
            let row = rows.entry((executable.clone(), program.clone())).or_insert_with(|| ProgramRow {
                program,
                executable,
                processes: 0,
                metrics: CommandTotals::default(),
            });
            row.processes += 1;
            row.metrics.add_events(entry);
            row.metrics.peak_bytes = row.metrics.peak_bytes.saturating_add(entry.numbers.peak_bytes);
            if last == Some(entry.slot) {
                row.metrics.retained_bytes =
                    row.metrics.retained_bytes.saturating_add(entry.numbers.live_bytes);
            }
        }
    }
    let mut rows: Vec<ProgramRow> = rows.into_values().collect();
    rows.sort_by_key(|row| Reverse(row.metrics.total_bytes));
    rows
}
