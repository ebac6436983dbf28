//! What has to be known of the numbers, though they are right.

use std::collections::BTreeSet;

use memgate_protocol::Unit;
use memgate_protocol::process_table::{ProcessEntry, ProcessTable};
use memgate_protocol::units::human;

use super::names::program_name;
use super::processes::processes;

/// Below this, what a program maps by itself is not worth a word: stacks of threads, a cache.
const NOTEWORTHY_MAPPED_BYTES: u64 = 1 << 20;

/// What there is to say, by program.
#[must_use]
pub fn notes(table: &ProcessTable) -> Vec<String> {
    let mut notes = Vec::new();
    if processes(&table.processes).iter().any(|process| process.entries.len() > 1) {
        notes.push(
            "a process became another program: it counts with the higher of their peaks, and what the last left".to_owned(),
        );
    }
    let mut mapped: Vec<(String, u64)> = Vec::new();
    let bytes = |entry: &ProcessEntry| entry.numbers.mapped_peak_bytes;
    for entry in table.processes.iter().filter(|entry| bytes(entry) >= NOTEWORTHY_MAPPED_BYTES) {
        let name = program_name(entry);
        match mapped.iter_mut().find(|(known, _)| *known == name) {
            Some((_, most)) => *most = bytes(entry).max(*most),
            None => mapped.push((name, bytes(entry))),
        }
    }
    notes.extend(mapped.iter().map(|(name, bytes)| {
        let bytes = human(i64::try_from(*bytes).unwrap_or(i64::MAX), Unit::Bytes);
        format!("{name} maps memory by itself, up to {bytes} in a process, which is not in the numbers")
    }));
    let linked = |entry: &&ProcessEntry| entry.is_linked;
    notes.extend(names(table, linked).iter().map(|name| {
        format!(
            "{name} counts by itself: its numbers are what its global allocator was asked for, without what C code in it asks malloc for; it has \
             no call sites, and a program that it starts and that can't be seen is not missed"
        )
    }));
    let freed_in_fork = |entry: &&ProcessEntry| {
        entry.is_linked && entry.is_forked && (entry.numbers.frees > 0 || entry.numbers.reallocs > 0)
    };
    notes.extend(names(table, freed_in_fork).iter().map(|name| {
        format!(
            "{name} was forked, and its children freed or resized blocks, which may have been its own: the peak and what was never freed may \
             be too low"
        )
    }));
    notes
}

/// The programs that entries are of, each once.
fn names(table: &ProcessTable, of: impl Fn(&&ProcessEntry) -> bool) -> BTreeSet<String> {
    table.processes.iter().filter(of).map(program_name).collect()
}
