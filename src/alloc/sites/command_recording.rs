//! What a whole process does, from its first instruction to its last, as the library sees it that is preloaded into commands.
//!
//! There is no window, and no global allocator of Rust's: calls of `malloc` and its like come from anywhere, and whoever calls this
//! sees to it that what this calls itself is not recorded.

use super::capacity::Capacity;
use super::events::Moving;
use super::process::{reserve_tables, stack};
use super::recording::{Recorded, recorded};
use super::tables::Tables;
use memgate_protocol::capture::StackNode;

/// The recording of a process.
#[derive(Clone, Copy, Debug)]
pub struct CommandRecording {
    tables: &'static Tables,
}

/// A block that is being reallocated.
#[derive(Clone, Copy, Debug)]
pub struct MovingBlock(Moving);

impl CommandRecording {
    /// Begins to record, in no more than so many bytes of addresses. None when there is no memory for it.
    ///
    /// Stacks are taken by frame pointers, and by the platform's unwinder where a thread's stack has none to begin with.
    #[must_use]
    pub fn begin(most_bytes: usize) -> Option<Self> {
        let tables = reserve_tables(Capacity::of_at_most(most_bytes)).ok()?;
        tables.window.open_inside_malloc();
        Some(Self { tables })
    }

    /// The calling function's frame record.
    #[inline(always)]
    #[must_use]
    pub fn frame_record() -> u64 {
        memgate_stacks::frame_record()
    }

    /// A block of `size` bytes was allocated, by the stack whose innermost frame record is at `frame`.
    #[inline]
    pub fn on_alloc(&self, frame: u64, block: *mut u8, size: usize) {
        let node = stack(self.tables, frame);
        self.tables.events.hold().on_alloc(&self.tables.tree, node, block.addr() as u64, size);
    }

    /// A block of `size` bytes is about to be freed.
    #[inline]
    pub fn on_dealloc(&self, block: *mut u8, size: usize) {
        self.tables.events.hold().on_dealloc(block.addr() as u64, size);
    }

    /// A block is about to be reallocated.
    #[inline]
    #[must_use]
    pub fn before_realloc(&self, block: *mut u8) -> MovingBlock {
        MovingBlock(self.tables.events.hold().before_realloc(block.addr() as u64))
    }

    /// It could not be reallocated, and stays what it was.
    pub fn on_realloc_failed(&self, block: *mut u8, moving: MovingBlock) {
        self.tables.events.hold().on_realloc_failed(block.addr() as u64, moving.0);
    }

    /// It went from `old_size` to `new_size` bytes, and is at `block` now.
    #[inline]
    pub fn on_realloc(
        &self,
        frame: u64,
        moving: MovingBlock,
        old_size: usize,
        block: *mut u8,
        new_size: usize,
    ) {
        let node = stack(self.tables, frame);
        let mut events = self.tables.events.hold();
        events.on_realloc(&self.tables.tree, node, moving.0, old_size, block.addr() as u64, new_size);
    }

    /// Begins anew, in the child of a fork: what the parent did is the parent's.
    ///
    /// # Safety
    /// In the child of a fork, by its only thread, which is not in the middle of any other function of this.
    #[expect(unsafe_code, reason = "takes locks from their holders")]
    pub unsafe fn begin_again_in_fork(&self) {
        // SAFETY: our caller says so.
        unsafe { self.tables.release_locks_in_fork() };
        self.tables.events.hold().clear();
    }

    /// What was recorded until now.
    pub(crate) fn recorded(&self) -> Recorded {
        recorded(self.tables)
    }

    /// The stacks that were met until now, as (number of the node outside, return address).
    pub(crate) fn nodes(&self) -> Vec<StackNode> {
        self.tables.tree.nodes()
    }
}
