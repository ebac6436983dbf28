//! The numbers of a whole command.

use memgate_protocol::process_table::{ProcessEntry, ProcessTable};
use serde::Serialize;

use super::processes::processes;

/// The numbers of a command, or of all processes of one program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CommandTotals {
    /// The highest live bytes of each process, added up. They need not have been live at the same time.
    pub peak_bytes: u64,
    /// Bytes of allocs, plus the growth of reallocs.
    pub total_bytes: u64,
    /// Successful calls that gave a block.
    pub allocs: u64,
    /// Successful calls that gave a block another size.
    pub reallocs: u64,
    /// Bytes that each process had live at its end, added up.
    pub retained_bytes: u64,
}

impl CommandTotals {
    /// Adds what entries count alone for: all but peak and end.
    pub(super) fn add_events(&mut self, entry: &ProcessEntry) {
        let numbers = &entry.numbers;
        self.total_bytes = self.total_bytes.saturating_add(numbers.total_bytes);
        self.allocs = self.allocs.saturating_add(numbers.allocs);
        self.reallocs = self.reallocs.saturating_add(numbers.reallocs);
    }
}

/// The numbers of all that a table has.
///
/// A process that becomes another program gives its memory back, so it has the highest of its programs' peaks, and what is live at
/// the end of the last.
#[must_use]
pub fn totals(table: &ProcessTable) -> CommandTotals {
    let mut totals = CommandTotals::default();
    for process in processes(&table.processes) {
        process.entries.iter().for_each(|entry| totals.add_events(entry));
        let peak = process.highest().map_or(0, |entry| entry.numbers.peak_bytes);
        let retained = process.last().map_or(0, |entry| entry.numbers.live_bytes);
        totals.peak_bytes = totals.peak_bytes.saturating_add(peak);
        totals.retained_bytes = totals.retained_bytes.saturating_add(retained);
    }
    totals
}

/// How many processes a table has.
#[must_use]
pub fn process_count(table: &ProcessTable) -> usize {
    processes(&table.processes).len()
}
