//! The entries of a table by process.

use memgate_protocol::process_table::ProcessEntry;

/// One process: the programs that it was, one after the other. Never empty.
#[derive(Clone, Debug)]
pub(super) struct Process<'a> {
    pub(super) entries: Vec<&'a ProcessEntry>,
}

impl<'a> Process<'a> {
    /// The program whose peak was the highest; the first of equal ones.
    pub(super) fn highest(&self) -> Option<&'a ProcessEntry> {
        self.entries.iter().rev().copied().max_by_key(|entry| entry.numbers.peak_bytes)
    }

    /// The program that it was at its end.
    pub(super) fn last(&self) -> Option<&'a ProcessEntry> {
        self.entries.last().copied()
    }
}

/// The processes, in the order in which they began. What was forked is a process of its own, also where numbers of processes have
/// begun anew and an earlier one had the same.
pub(super) fn processes(entries: &[ProcessEntry]) -> Vec<Process<'_>> {
    let mut processes: Vec<Process<'_>> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for entry in entries {
        match places.get(&entry.process).filter(|_| !entry.is_forked) {
            Some(place) => {
                let process: Option<&mut Process<'_>> = processes.get_mut(*place);
                if let Some(process) = process {
                    process.entries.push(entry);
                }
            }
            None => {
                places.insert(entry.process, processes.len());
                processes.push(Process { entries: vec![entry] });
            }
        }
    }
    processes
}
