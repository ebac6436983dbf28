//! What one thread does, by call stack, in tables of its own.
//!
//! Those of the process are the gate's, one window after the other. Tests run side by side, and each of their assertions is a value
//! that goes when it has held, with its tables; these are reserved at the first event, so that where there is none nothing is paid.

use std::cell::{Cell, OnceCell};

use super::capacity::{Capacity, ReserveError};
use super::memory::Reserved;
use super::recording::{Recorded, recorded};
use super::tables::Tables;
use memgate_protocol::Unwinder;
use memgate_protocol::capture::{StackNode, node};
use memgate_stacks::{LastStack, frame_record};

/// Blocks of glibc's up to 32 MiB may be used ones, which it clears; the table of blocks is larger, and the others are small.
const CAPACITY: Capacity = Capacity {
    nodes: 1 << 14,
    stacks: 1 << 11,
    // Elsewhere, what is reserved may be memory that others can't have.
    blocks: if cfg!(miri) {
        1 << 10
    } else if cfg!(target_os = "linux") {
        1 << 20
    } else {
        1 << 16
    },
    threads: 0,
};

/// A recording of what one thread does.
pub(crate) struct ThreadRecording {
    /// How stacks are taken; none where they are not, and all is one stack.
    unwinder: Option<Unwinder>,
    which: Which,
    frame: Cell<u64>,
    tables: OnceCell<Option<ThreadTables>>,
}

/// Which events are recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    All,
    /// Those of blocks that are allocated within; one from before stays whose it is, also when it is reallocated.
    OfNewBlocks,
}

struct ThreadTables {
    tables: Tables,
    last: Reserved<LastStack>,
}

/// What was recorded, and the nodes of its stacks, as (number of the node outside, return address).
#[derive(Debug, Default)]
pub(crate) struct ThreadRecorded {
    pub(crate) recorded: Recorded,
    #[cfg_attr(
        all(feature = "assertions", not(any(test, feature = "call-sites"))),
        expect(dead_code, reason = "nobody has names for them")
    )]
    pub(crate) nodes: Vec<StackNode>,
}

impl ThreadRecording {
    /// Records nothing before an event is told.
    pub(crate) const fn new(unwinder: Option<Unwinder>, which: Which) -> Self {
        Self { unwinder, which, frame: Cell::new(0), tables: OnceCell::new() }
    }

    /// Leaves out the frames of the function whose frame record is at `frame`, and of what is outside of it, as far as they can
    /// be told. Before the first event.
    pub(in crate::alloc) fn begin_at(&self, frame: u64) {
        self.frame.set(frame);
    }

    /// What was recorded.
    ///
    /// # Errors
    /// When there was no memory to record it.
    pub(crate) fn end(&self) -> Result<ThreadRecorded, ReserveError> {
        match self.tables.get() {
            // Nothing has happened.
            None => Ok(ThreadRecorded::default()),
            Some(None) => Err(ReserveError),
            Some(Some(ThreadTables { tables, .. })) => {
                Ok(ThreadRecorded { recorded: recorded(tables), nodes: tables.tree.nodes() })
            }
        }
    }

    #[inline(always)]
    fn tables(&self) -> Option<&ThreadTables> {
        // What this calls is `System`, which does not come back here.
        self.tables.get_or_init(|| self.reserve()).as_ref()
    }

    #[cold]
    fn reserve(&self) -> Option<ThreadTables> {
        let tables = Tables::reserve(CAPACITY).ok()?;
        tables.window.open(self.unwinder.unwrap_or(Unwinder::UnwindTables), self.frame.get());
        let stacks = usize::from(self.unwinder.is_some());
        Some(ThreadTables { tables, last: Reserved::new(stacks)? })
    }

    /// A block of `size` bytes was allocated.
    pub(in crate::alloc) fn on_alloc(&self, block: *mut u8, size: usize) {
        let Some(ThreadTables { tables, last }) = self.tables() else { return };
        let node = node(tables, last, frame_record());
        tables.events.hold().on_alloc(&tables.tree, node, block.addr() as u64, size);
    }

    /// A block of `size` bytes is about to be freed.
    pub(in crate::alloc) fn on_dealloc(&self, block: *mut u8, size: usize) {
        let Some(ThreadTables { tables, .. }) = self.tables() else { return };
        tables.events.hold().on_dealloc(block.addr() as u64, size);
    }

    /// The block at `before` went from `old_size` to `new_size` bytes, and is at `block` now.
    pub(in crate::alloc) fn on_realloc(
        &self,
        before: *mut u8,
        old_size: usize,
        block: *mut u8,
        new_size: usize,
    ) {
        let Some(ThreadTables { tables, last }) = self.tables() else { return };
        let node = node(tables, last, frame_record());
        let mut events = tables.events.hold();
        // Not before the inner allocator was called: no other thread's block is in these tables.
        let moving = events.before_realloc(before.addr() as u64);
        if moving.is_known() || self.which == Which::All {
            events.on_realloc(&tables.tree, node, moving, old_size, block.addr() as u64, new_size);
        }
    }
}

/// The node of the calling thread's stack; one for all where none are taken.
#[inline(always)]
fn node(tables: &Tables, last: &Reserved<LastStack>, frame: u64) -> u32 {
    last.first().map_or(node::ROOT, |last| tables.stack_with(last, frame))
}

#[cfg(test)]
mod tests {
    use super::*;
    use memgate_protocol::StackNumbers;

    fn at(address: usize) -> *mut u8 {
        std::ptr::without_provenance_mut(address)
    }

    fn program(recording: &ThreadRecording) {
        recording.on_dealloc(at(0x9000), 70);
        recording.on_alloc(at(0x1000), 100);
        recording.on_realloc(at(0x1000), 100, at(0x3000), 150);
        recording.on_realloc(at(0x8000), 10, at(0x8000), 40);
        recording.on_alloc(at(0x2000), 5);
        recording.on_dealloc(at(0x2000), 5);
    }

    fn of_rows(which: Which) -> Vec<(u32, StackNumbers)> {
        let recording = ThreadRecording::new(None, which);
        assert!(recording.end().unwrap().recorded.rows.is_empty());
        program(&recording);
        let ThreadRecorded { recorded, nodes } = recording.end().unwrap();
        assert!(nodes.is_empty() && recorded.lost_blocks == 0);
        recorded.rows.iter().map(|row| (row.node, row.numbers)).collect()
    }

    #[test]
    fn without_stacks_all_is_one() {
        let rows = of_rows(Which::All);
        let [(node::OLDER, older), (node::ROOT, own)] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!((older.retained_bytes, own.retained_bytes, own.allocs, own.reallocs), (-80, 190, 2, 2));
    }

    #[test]
    fn blocks_from_before_are_nobodys_where_new_ones_are_looked_at() {
        let rows = of_rows(Which::OfNewBlocks);
        let own = rows.iter().find(|(node, _)| *node == node::ROOT).unwrap().1;
        assert_eq!((own.retained_bytes, own.retained_blocks), (150, 1));
    }

    #[test]
    fn without_memory_nothing_is_said_to_have_happened() {
        let recording = ThreadRecording::new(None, Which::All);
        super::super::memory::tests_support::with_room_for(2, || program(&recording));
        assert_eq!(recording.end().err(), Some(ReserveError));
    }
}
