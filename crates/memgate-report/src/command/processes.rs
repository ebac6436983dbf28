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

    /// Whether it goes on with a later entry of its number. Who counts by itself does not say what it becomes, but has the same parent then.
    /// Without one it is on Windows, where nobody becomes another.
    fn becomes(&self, later: &ProcessEntry) -> bool {
        let is_said_or_likely = |entry: &ProcessEntry| {
            entry.has_become_another || entry.is_linked && entry.parent == later.parent && entry.parent != 0
        };
        !later.is_forked && self.last().is_some_and(is_said_or_likely)
    }

    /// The program that it was at its end.
    pub(super) fn last(&self) -> Option<&'a ProcessEntry> {
        self.entries.last().copied()
    }
}

/// The processes, in the order in which they began. Numbers of processes may begin anew: an entry is the same process's as an earlier one
/// of this number only if that was about to become another program, or may have been.
pub(super) fn processes(entries: &[ProcessEntry]) -> Vec<Process<'_>> {
    let mut processes: Vec<Process<'_>> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for entry in entries {
        let earlier = places.get(&entry.process).and_then(|place| processes.get_mut(*place));
        match earlier.filter(|earlier: &&mut Process<'_>| earlier.becomes(entry)) {
            Some(earlier) => earlier.entries.push(entry),
            None => {
                places.insert(entry.process, processes.len());
                processes.push(Process { entries: vec![entry] });
            }
        }
    }
    processes
}
