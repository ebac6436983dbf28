//! Whether all of a command was counted, and it ended as it was to.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

use memgate_protocol::process_table::{Announcement, ProcessEntry, ProcessTable};

use super::end::{CommandEnd, ExpectedEnd};
use super::executable::{ExecutableFacts, ExecutableKind};
use super::names::{file_name, program_name};
use super::problem::{CommandProblem, NotSeen, Uncounted};

/// What there is to judge by.
#[derive(Debug)]
pub struct Witnesses<'a> {
    /// The command's first word.
    pub program: &'a OsStr,
    /// The number of the command's own process.
    pub process: u32,
    /// What its processes said.
    pub table: &'a ProcessTable,
    /// What the files of programs are, by the name that the table or the command line has for them.
    pub executables: &'a BTreeMap<OsString, ExecutableFacts>,
    /// How it ended.
    pub end: CommandEnd,
    /// How it was to end.
    pub expected: ExpectedEnd,
    /// The processes that it left, which were killed.
    pub left: &'a [String],
}

/// All that is wrong, what was not seen first, each once.
///
/// A part of a command is never taken for the whole: one program that was not seen, and there are no numbers of the command.
#[must_use]
pub fn judge(witnesses: &Witnesses<'_>) -> Vec<CommandProblem> {
    let mut problems: Vec<CommandProblem> = Vec::new();
    let not_seen = own_process(witnesses)
        .into_iter()
        .chain(witnesses.table.processes.iter().filter_map(|entry| foreign_allocator(entry, witnesses)))
        .chain(witnesses.table.announcements.iter().filter_map(|said| unfollowed(said, witnesses)))
        .chain(witnesses.table.processes.iter().filter_map(uncounted));
    for problem in not_seen {
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }
    if witnesses.table.lost > 0 {
        problems.push(CommandProblem::Lost(witnesses.table.lost));
    }
    if !witnesses.expected.is(witnesses.end) {
        problems.push(CommandProblem::Ended {
            end: witnesses.end,
            expected_exit_code: witnesses.expected.exit_code,
        });
    }
    if !witnesses.left.is_empty() {
        problems.push(CommandProblem::Left(witnesses.left.to_vec()));
    }
    problems
}

/// What is wrong with the command's own process: it is not there, began as what can't be seen, or has done nothing.
fn own_process(witnesses: &Witnesses<'_>) -> Option<CommandProblem> {
    let mut own = witnesses.table.processes.iter().filter(|entry| entry.process == witnesses.process);
    let facts = witnesses.executables.get(witnesses.program);
    let first = own.clone().next();
    let last = own.next_back();
    // What is seen of the process may be another program, which the first has become.
    let is_hidden = facts.is_some_and(|facts| hides(facts, first));
    let Some(last) = last.filter(|_| !is_hidden) else {
        let kind = facts.map_or(ExecutableKind::Dynamic, |facts| facts.kind.clone());
        let why = facts.and_then(direct).unwrap_or(NotSeen::File(kind));
        return Some(CommandProblem::NotSeen { program: file_name(witnesses.program), why });
    };
    // What was forked of it has its allocator.
    let is_of_it = |entry: &&ProcessEntry| {
        entry.slot == last.slot || entry.is_forked && entry.executable == last.executable
    };
    let has_allocated =
        witnesses.table.processes.iter().filter(is_of_it).any(|entry| entry.numbers.allocs > 0);
    // What can be seen to have another allocator is said to have that.
    if has_allocated || foreign_allocator(last, witnesses).is_some() {
        return None;
    }
    Some(CommandProblem::NotSeen { program: program_name(last), why: NotSeen::NoAllocation })
}

/// Whether a program that was there has an allocator that was not.
fn foreign_allocator(entry: &ProcessEntry, witnesses: &Witnesses<'_>) -> Option<CommandProblem> {
    // It was asked, whatever it hands on to.
    if entry.is_linked {
        return None;
    }
    let facts = witnesses.executables.get(&entry.executable);
    let why = facts
        .and_then(direct)
        .or_else(|| entry.has_allocator_of_its_own.then_some(NotSeen::AllocatorOfItsOwn))
        .or_else(|| has_memory_of_its_own(entry, facts).then_some(NotSeen::AllocatorOfItsOwn))
        .or_else(|| has_lost_its_file(entry, facts).then_some(NotSeen::FileGone))?;
    Some(CommandProblem::NotSeen { program: program_name(entry), why })
}

/// Whether a program has a `#[global_allocator]` that takes its memory from the system: it maps more by itself than `malloc` was ever
/// asked for. One that only counts, around the C library's, maps little: a stack for signals in each thread.
fn has_memory_of_its_own(entry: &ProcessEntry, facts: Option<&ExecutableFacts>) -> bool {
    /// As much an allocator takes at least: what small ones begin with.
    const LEAST_BYTES: u64 = 64 << 10;
    let mapped = entry.numbers.mapped_peak_bytes;
    facts.is_some_and(|facts| facts.has_global_allocator)
        && mapped >= LEAST_BYTES
        && mapped > entry.numbers.total_bytes
}

/// Whether a program began when its file was gone, as what is run from memory alone. What is deleted later is no reason: many programs
/// that are built to be tried are.
fn has_lost_its_file(entry: &ProcessEntry, facts: Option<&ExecutableFacts>) -> bool {
    /// What the system has behind the path of a file that is gone.
    const GONE: &[u8] = b" (deleted)";
    let is_missing = facts.is_some_and(|facts| facts.kind == ExecutableKind::Missing);
    is_missing && entry.executable.as_encoded_bytes().ends_with(GONE)
}

/// Whether a program has blocks that were not counted.
fn uncounted(entry: &ProcessEntry) -> Option<CommandProblem> {
    let why = match entry.numbers.unknown_blocks {
        _ if entry.has_uncounted_blocks => Uncounted::NoMemory,
        0 => return None,
        blocks => Uncounted::Unseen(blocks),
    };
    Some(CommandProblem::Uncounted { program: program_name(entry), why })
}

fn direct(facts: &ExecutableFacts) -> Option<NotSeen> {
    facts.direct_allocator.map(|(function, allocator)| NotSeen::DirectAllocator { function, allocator })
}

/// Whether a program was not seen, whatever else its process has become: no library can be put in front of it, and the first that was seen
/// of the process is not this program, counting by itself.
fn hides(facts: &ExecutableFacts, first: Option<&ProcessEntry>) -> bool {
    let counts_itself =
        first.is_some_and(|first| first.is_linked && facts.file.as_ref() == Some(&first.executable));
    facts.kind.always_hides() && !counts_itself
}

/// Whether a program that was started never came, or came as what can't be seen.
fn unfollowed(said: &Announcement, witnesses: &Witnesses<'_>) -> Option<CommandProblem> {
    let table = witnesses.table;
    let has_come = if said.process == 0 { has_come_as_child(said, table) } else { has_come(said, table) };
    // The command's own process is judged by its file above, when it never came at all.
    let is_own_start = said.process == witnesses.process
        && !table.processes.iter().any(|entry| entry.process == witnesses.process);
    let facts = witnesses.executables.get(&said.program);
    let first = table.processes.iter().find(|entry| entry.process == said.process && entry.slot > said.slot);
    let is_hidden = facts.is_some_and(|facts| hides(facts, first));
    if (has_come && !is_hidden) || is_own_start {
        return None;
    }
    let of_file = facts.filter(|facts| facts.kind.hides());
    let why = facts
        .and_then(direct)
        .or_else(|| of_file.map(|facts| NotSeen::File(facts.kind.clone())))
        .unwrap_or(NotSeen::Unfollowed);
    Some(CommandProblem::NotSeen { program: file_name(&said.program), why })
}

/// Whether a program came in the process that it was said to run in.
fn has_come(said: &Announcement, table: &ProcessTable) -> bool {
    // Where the same process goes on to another program, what comes after that is the other one.
    let later =
        table.announcements.iter().filter(|later| later.process == said.process && later.slot > said.slot);
    let until = later.map(|later| later.slot).min().unwrap_or(u32::MAX);
    let mut entries = table.processes.iter();
    entries.any(|entry| entry.process == said.process && entry.slot > said.slot && entry.slot < until)
}

/// Whether a program came of which only the parent was known: a child that nobody else has announced. Of several, each has one.
fn has_come_as_child(said: &Announcement, table: &ProcessTable) -> bool {
    let is_announced = |entry: &ProcessEntry| {
        table.announcements.iter().any(|other| other.process == entry.process && other.slot < entry.slot)
    };
    let mut children: Vec<u32> = table
        .processes
        .iter()
        .filter(|entry| entry.parent == said.parent && !entry.is_forked && !is_announced(entry))
        .map(|entry| entry.slot)
        .collect();
    for other in table.announcements.iter().filter(|other| other.process == 0 && other.parent == said.parent)
    {
        let child = children.iter().position(|slot| *slot > other.slot);
        if other.slot == said.slot {
            return child.is_some();
        }
        child.map(|child| children.remove(child));
    }
    false
}
