//! Tables and entries for tests.

use memgate_protocol::process_table::{Announcement, ProcessEntry, ProcessNumbers, ProcessTable};

/// A program in a process: its slot, the process, its path, and peak, total, allocs, live.
pub(super) fn entry(slot: u32, process: u32, executable: &str, numbers: [u64; 4]) -> ProcessEntry {
    let [peak_bytes, total_bytes, allocs, live_bytes] = numbers;
    let name = executable.rsplit('/').next().unwrap_or_default();
    ProcessEntry {
        slot,
        process,
        parent: 1,
        executable: executable.into(),
        arguments: vec![name.into()],
        has_ended: true,
        has_become_another: false,
        is_forked: false,
        has_allocator_of_its_own: false,
        has_uncounted_blocks: false,
        is_linked: false,
        resident_peak_bytes: None,
        numbers: ProcessNumbers {
            allocs,
            reallocs: 1,
            total_bytes,
            live_bytes,
            peak_bytes,
            ..ProcessNumbers::default()
        },
    }
}

pub(super) fn forked(entry: ProcessEntry) -> ProcessEntry {
    ProcessEntry { is_forked: true, ..entry }
}

pub(super) fn linked(entry: ProcessEntry) -> ProcessEntry {
    ProcessEntry { is_linked: true, ..entry }
}

pub(super) fn became_another(entry: ProcessEntry) -> ProcessEntry {
    ProcessEntry { has_become_another: true, ..entry }
}

pub(super) fn table(processes: Vec<ProcessEntry>) -> ProcessTable {
    ProcessTable { processes, ..ProcessTable::default() }
}

pub(super) fn announced(slot: u32, process: u32, program: &str) -> Announcement {
    Announcement { slot, process, parent: 0, program: program.into() }
}

/// `sh` (10), which forks (11) and becomes `ls` there, twice more `ls` (12, 13), and is `cat` in the end.
pub(super) fn pipeline() -> ProcessTable {
    table(vec![
        became_another(entry(1, 10, "/bin/sh", [5_000, 9_000, 40, 700])),
        became_another(forked(entry(2, 11, "/bin/sh", [100, 100, 1, 100]))),
        entry(3, 11, "/bin/ls", [20_000, 30_000, 300, 50]),
        entry(4, 12, "/bin/ls", [20_000, 30_000, 300, 50]),
        entry(5, 13, "/bin/ls", [20_000, 30_000, 300, 50]),
        entry(6, 10, "/bin/cat", [4_000, 6_000, 20, 7]),
    ])
}
