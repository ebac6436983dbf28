//! What the file says, as data.

use std::ffi::OsString;

/// What the processes of a command have said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProcessTable {
    /// Processes, in the order in which they began.
    pub processes: Vec<ProcessEntry>,
    /// Programs that were started, in this order.
    pub announcements: Vec<Announcement>,
    /// Processes for which there was no slot, or that were killed before they had filled it.
    pub lost: u64,
}

/// One program in one process, or what was forked of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessEntry {
    /// The number of its slot, from one; its capture is named so.
    pub slot: u32,
    /// The number of the process.
    pub process: u32,
    /// The number of the process that has started it.
    pub parent: u32,
    /// The path of the executable, perhaps cut; empty where it can't be known.
    pub executable: OsString,
    /// Its arguments, the name of the program first; perhaps cut.
    pub arguments: Vec<OsString>,
    /// Whether it has ended by itself, or become another program. Otherwise it was killed, or is still there.
    pub has_ended: bool,
    /// Whether it was about to become another program when it ended: that is the next entry of its process.
    pub has_become_another: bool,
    /// Whether it was forked, and has its parent's program.
    pub is_forked: bool,
    /// Whether it has an allocator that was not seen.
    pub has_allocator_of_its_own: bool,
    /// Whether there are blocks that are not counted, for want of memory to write down how large they are.
    pub has_uncounted_blocks: bool,
    /// Whether it has counted by itself, with what is linked into its program: what its global allocator was asked for, and no call sites. It
    /// does not say that it has ended, nor what it starts.
    pub is_linked: bool,
    /// The highest resident memory of the program, as the kernel said it at the end; none where it was not asked.
    pub resident_peak_bytes: Option<u64>,
    /// What it did.
    pub numbers: ProcessNumbers,
}

/// What one process did with its heap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProcessNumbers {
    /// Successful calls that gave a block.
    pub allocs: u64,
    /// Successful calls that gave a block another size.
    pub reallocs: u64,
    /// Bytes of allocs, plus the growth of reallocs.
    pub total_bytes: u64,
    /// Bytes that were live at the end.
    pub live_bytes: u64,
    /// The highest that they were.
    pub peak_bytes: u64,
    /// Blocks that were freed.
    pub frees: u64,
    /// Blocks that were freed, or given another size, and that nobody had seen being allocated.
    pub unknown_blocks: u64,
    /// The highest of what the program itself had mapped as private memory, around the allocator.
    pub mapped_peak_bytes: u64,
}

/// A program that a process was about to become, or had started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// The slot that it was said in.
    pub slot: u32,
    /// The number of the process in which it was to run; zero where nobody was told.
    pub process: u32,
    /// The number of the process that was to start it, where the other is not known; otherwise zero.
    pub parent: u32,
    /// What was to be run, as it was asked for: a path, or a name to be searched for.
    pub program: OsString,
}
