//! What has to be known of the numbers, though they are right.

use memgate_protocol::Unit;
use memgate_protocol::process_table::{ProcessEntry, ProcessTable};
use memgate_protocol::units::human;

use super::names::program_name;
use super::processes::processes;
use crate::text::Noun;

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
    let mut add = |value: fn(&ProcessEntry) -> u64,
                   least: u64,
                   join: fn(u64, u64) -> u64,
                   say: &dyn Fn(&str, u64) -> String| {
        let mut programs: Vec<(String, u64)> = Vec::new();
        for entry in table.processes.iter().filter(|entry| value(entry) >= least) {
            let name = program_name(entry);
            match programs.iter_mut().find(|(known, _)| *known == name) {
                Some((_, sum)) => *sum = join(*sum, value(entry)),
                None => programs.push((name, value(entry))),
            }
        }
        notes.extend(programs.iter().map(|(name, value)| say(name, *value)));
    };
    add(|entry| entry.numbers.mapped_peak_bytes, NOTEWORTHY_MAPPED_BYTES, u64::max, &|name, bytes| {
        let bytes = human(i64::try_from(bytes).unwrap_or(i64::MAX), Unit::Bytes);
        format!("{name} maps memory by itself, up to {bytes} in a process, which is not in the numbers")
    });
    add(|entry| entry.numbers.unknown_blocks, 1, u64::saturating_add, &|name, blocks| {
        let were = Noun("block", "blocks").counted(blocks);
        format!(
            "{name} freed or resized {were} that nobody had seen being allocated; never freed may be too high"
        )
    });
    add(|entry| entry.is_linked.into(), 1, u64::saturating_add, &|name, _| {
        format!(
            "{name} counts by itself: its numbers are what its global allocator was asked for, without what C code in it asks malloc for; it has \
             no call sites, and a program that it starts and that can't be seen is not missed"
        )
    });
    let freed_in_fork = |entry: &ProcessEntry| match entry.is_linked && entry.is_forked {
        true => entry.numbers.frees.saturating_add(entry.numbers.reallocs),
        false => 0,
    };
    add(freed_in_fork, 1, u64::saturating_add, &|name, _| {
        format!(
            "{name} was forked, and its children freed or resized blocks, which may have been its own: the peak and what was never freed may \
             be too low"
        )
    });
    notes
}
