//! Opens and closes recordings, and reads what they recorded.

use super::capacity::{Capacity, ReserveError};
use super::process;
use super::tables::Tables;
use crate::alloc::state;
use crate::alloc::unwinder::trusted_unwinder;
use memgate_protocol::capture::{CapturedRow, StackNode};
use memgate_protocol::{StackNumbers, Unwinder};
use memgate_stacks::frame_record;

/// The engine, ready to record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Recording {
    tables: &'static Tables,
    unwinder: Unwinder,
}

/// What was recorded between begin and end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recorded {
    /// The stacks for which anything was counted.
    pub(crate) rows: Vec<CapturedRow>,
    /// Highest live bytes minus live bytes at the begin.
    pub(crate) peak_bytes: i64,
    /// Calls of the allocator.
    pub(crate) events: u64,
    /// Blocks that found no room in the table of live blocks.
    pub(crate) lost_blocks: u64,
}

impl Recording {
    /// Reserves the memory, and finds out how stacks can be taken.
    pub(crate) fn prepare(capacity: Capacity) -> Result<Self, ReserveError> {
        Ok(Self { tables: process::reserve_tables(capacity)?, unwinder: trusted_unwinder() })
    }

    /// How stacks are taken.
    pub(crate) fn unwinder(&self) -> Unwinder {
        self.unwinder
    }

    /// The calling function's frame record, for [`begin_at`](Self::begin_at).
    #[inline(always)]
    pub(crate) fn frame_record() -> u64 {
        frame_record()
    }

    /// Begins to record. The frames of the function whose frame record is at `frame`, and of what is outside of it, are
    /// left out, as far as they can be told. That function must run until the recording ends.
    pub(crate) fn begin_at(&self, frame: u64) {
        self.tables.events.hold().clear();
        self.tables.window.open(self.unwinder, frame);
        state::begin(state::MODE_SITES);
    }

    /// Begins to record, with all frames to the outer end of each stack.
    pub(crate) fn begin_outermost(&self) {
        self.begin_at(0);
    }

    /// Stops recording, and gives what was recorded since the begin.
    pub(crate) fn end(&self) -> Recorded {
        state::end();
        recorded(self.tables)
    }

    /// Says that an iteration has ended, in a recording of whole iterations.
    pub(crate) fn end_iteration(&self) {
        self.tables.events.hold().rows.end_iteration();
    }

    /// Live bytes of what was recorded since the begin.
    pub(crate) fn live_bytes(&self) -> i64 {
        self.tables.events.hold().live_bytes()
    }

    /// Stops recording, and gives the stacks that have something live, as `leaked_bytes` and `leaked_blocks`.
    pub(crate) fn end_live(&self) -> Vec<CapturedRow> {
        state::end();
        rows(self.tables, &|_, row| {
            let StackNumbers { retained_bytes, retained_blocks, .. } = row.numbers;
            (retained_bytes > 0).then(|| leaking(row, retained_bytes, retained_blocks))
        })
    }

    /// Stops recording, and gives the stacks whose live bytes grew in every one of so many iterations: only
    /// `leaked_bytes` and `leaked_blocks` are set.
    pub(crate) fn end_growth(&self, iterations: u32) -> Vec<CapturedRow> {
        state::end();
        rows(self.tables, &|number, row| {
            let (bytes, blocks) = self.tables.events.hold().rows.grown(number, iterations)?;
            Some(leaking(row, bytes, blocks))
        })
    }

    /// The stacks that were met since the process began, from the number
    /// [`node::FIRST`](memgate_protocol::capture::node::FIRST) on.
    pub(crate) fn nodes(&self) -> Vec<StackNode> {
        self.tables.tree.nodes()
    }
}

/// What was recorded in tables into which nothing is recorded any more.
pub(super) fn recorded(tables: &Tables) -> Recorded {
    // Whoever was in the middle of an event is done with it once the lock is had, and nobody begins another.
    let totals = tables.events.hold().settle();
    Recorded {
        rows: rows(tables, &|_, row| (row.numbers != StackNumbers::default()).then_some(row)),
        peak_bytes: totals.peak_bytes,
        events: totals.events,
        lost_blocks: totals.lost_blocks,
    }
}

/// Of every row that has ever been given, with its number, what `kept` makes of it. A function rather than an iterator, whose parts
/// would be compiled again for each use.
fn rows(tables: &Tables, kept: &dyn Fn(u32, CapturedRow) -> Option<CapturedRow>) -> Vec<CapturedRow> {
    let mut rows = Vec::new();
    let given = tables.events.hold().rows.len();
    for number in 0..given {
        // The lock is held for one at a time, and for none while it is put away, which allocates.
        let captured = tables.events.hold().rows.captured(number);
        if let Some(row) = captured.and_then(|row| kept(number, row)) {
            rows.push(row);
        }
    }
    rows
}

/// A row of which only the leak is told.
fn leaking(row: CapturedRow, bytes: i64, blocks: i64) -> CapturedRow {
    let numbers = StackNumbers { leaked_bytes: bytes, leaked_blocks: blocks, ..StackNumbers::default() };
    CapturedRow { numbers, ..row }
}
