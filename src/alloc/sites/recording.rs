//! Opens and closes recordings, and reads what they recorded.

use std::sync::atomic::Ordering::Relaxed;

use super::super::state;
use super::recorder::{self, EVENTS};
use super::rows::{self, Row};
use super::tables::{self, Capacity, ReserveError, Tables};
use super::{check, walk};
use memgate_protocol::capture::{CapturedRow, node};
use memgate_protocol::{StackNumbers, Unwinder};

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
        let tables = tables::reserve_tables(capacity)?;
        let unwinder = check::trusted_unwinder();
        walk::use_unwinder(unwinder);
        Ok(Self { tables, unwinder })
    }

    /// How stacks are taken.
    pub(crate) fn unwinder(&self) -> Unwinder {
        self.unwinder
    }

    /// The calling function's frame record, for [`begin_at`](Self::begin_at).
    #[inline(always)]
    pub(crate) fn frame_record() -> u64 {
        walk::frame_record()
    }

    /// Begins to record. The frames of the function whose frame record is at `frame`, and of what is outside of it, are
    /// left out, as far as they can be told. That function must run until the recording ends.
    pub(crate) fn begin_at(&self, frame: u64) {
        recorder::clear(self.tables);
        walk::open_window(frame);
        state::begin(state::MODE_SITES);
    }

    /// Begins to record, with all frames to the outer end of each stack.
    pub(crate) fn begin_outermost(&self) {
        recorder::clear(self.tables);
        walk::open_window(0);
        state::begin(state::MODE_SITES);
    }

    /// Stops recording, and gives what was recorded since the begin.
    pub(crate) fn end(&self) -> Recorded {
        state::end();
        let totals = recorder::settle(self.tables);
        let rows = rows::used(self.tables).iter().enumerate();
        let rows =
            rows.map(|(index, row)| CapturedRow { node: node_of(index, row), numbers: numbers_of(row) });
        Recorded {
            rows: rows.filter(|row| row.numbers != StackNumbers::default()).collect(),
            peak_bytes: totals.peak_bytes,
            events: totals.events,
            lost_blocks: totals.lost_blocks,
        }
    }

    /// Says that an iteration has ended, in a recording of whole iterations.
    pub(crate) fn end_iteration(&self) {
        let _held = EVENTS.hold();
        rows::end_iteration(self.tables);
    }

    /// Live bytes of what was recorded since the begin.
    pub(crate) fn live_bytes(&self) -> i64 {
        let _held = EVENTS.hold();
        recorder::live_bytes()
    }

    /// Stops recording, and gives the stacks that have something live, as `leaked_bytes` and `leaked_blocks`.
    pub(crate) fn end_live(&self) -> Vec<CapturedRow> {
        state::end();
        recorder::settle(self.tables);
        let live = rows::used(self.tables).iter().enumerate().filter_map(|(index, row)| {
            let (bytes, blocks) = (row.live_bytes.load(Relaxed), row.live_blocks.load(Relaxed));
            let numbers =
                StackNumbers { leaked_bytes: bytes, leaked_blocks: blocks, ..StackNumbers::default() };
            (bytes > 0).then(|| CapturedRow { node: node_of(index, row), numbers })
        });
        live.collect()
    }

    /// Stops recording, and gives the stacks whose live bytes grew in every one of so many iterations: only
    /// `leaked_bytes` and `leaked_blocks` are set.
    pub(crate) fn end_growth(&self, iterations: u32) -> Vec<CapturedRow> {
        state::end();
        recorder::settle(self.tables);
        let rows = rows::used(self.tables);
        let leaks = rows::grown(self.tables, iterations).filter_map(|(index, bytes, blocks)| {
            let numbers =
                StackNumbers { leaked_bytes: bytes, leaked_blocks: blocks, ..StackNumbers::default() };
            Some(CapturedRow { node: node_of(index, rows.get(index)?), numbers })
        });
        leaks.collect()
    }
}

/// The number of the node whose stack a row is of.
fn node_of(index: usize, row: &Row) -> u32 {
    match u32::try_from(index) {
        Ok(rows::OLDER) => node::OLDER,
        Ok(rows::BEYOND_LIMIT) => node::BEYOND_LIMIT,
        _ => row.node.load(Relaxed),
    }
}

fn numbers_of(row: &Row) -> StackNumbers {
    StackNumbers {
        allocs: row.allocs.load(Relaxed),
        reallocs: row.reallocs.load(Relaxed),
        total_bytes: row.total_bytes.load(Relaxed),
        realloc_growth_bytes: row.realloc_growth_bytes.load(Relaxed),
        realloc_new_bytes: row.realloc_new_bytes.load(Relaxed),
        peak_bytes: row.peak_bytes.load(Relaxed),
        peak_blocks: row.peak_blocks.load(Relaxed),
        retained_bytes: row.live_bytes.load(Relaxed),
        retained_blocks: row.live_blocks.load(Relaxed),
        maximum_bytes: row.maximum_bytes.load(Relaxed),
        maximum_blocks: row.maximum_blocks.load(Relaxed),
        lifetime_events: row.lifetime_events.load(Relaxed),
        leaked_bytes: 0,
        leaked_blocks: 0,
        origin_reallocs: row.origin_reallocs.load(Relaxed),
        origin_realloc_new_bytes: row.origin_realloc_new_bytes.load(Relaxed),
    }
}
