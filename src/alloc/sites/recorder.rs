//! What happens at each event while a window is recorded.
//!
//! The peak is kept without looking at more than one row an event. Whenever live bytes are about to leave a highest
//! value, the peak gets a new number. A row that is touched later, and still has an older number, keeps what it had live
//! until then as its share of the peak. (memray's `HighWaterMarkAggregator` does so when it reads a recording.)

use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64};

use super::super::state;
use super::blocks::{self, Owner};
use super::lock::SpinLock;
use super::rows::{self, Row};
use super::tables::{self, Tables};
use super::walk;

/// Held while anything below and the tables of rows and blocks are looked at or changed.
pub(super) static EVENTS: SpinLock = SpinLock::new();

static LIVE_BYTES: AtomicI64 = AtomicI64::new(0);
static PEAK_BYTES: AtomicI64 = AtomicI64::new(0);
/// Whether live bytes are at a peak that no row has been told of.
static IS_AT_PEAK: AtomicBool = AtomicBool::new(true);
static PEAK_NUMBER: AtomicU64 = AtomicU64::new(0);
/// How many events there were.
static CLOCK: AtomicU64 = AtomicU64::new(0);
/// Blocks for which there was no room, so that their release is counted as that of an older block.
static LOST_BLOCKS: AtomicU64 = AtomicU64::new(0);

/// A block of `size` bytes was allocated.
#[inline(always)]
pub(in super::super) fn on_alloc(state: u32, block: *mut u8, size: usize) {
    let Some(tables) = tables::get() else { return };
    let node = walk::stack(tables, walk::frame_record());
    let _held = EVENTS.hold();
    // The window may have been closed by another thread.
    if state::current() != state {
        return;
    }
    let number = rows::of_node(tables, node);
    let Some(row) = tables.rows.get(number as usize) else { return };
    let size = signed(size);
    change_live_bytes(size);
    touch(row);
    bump(&row.allocs, 1);
    bump(&row.total_bytes, size);
    take_in(row, size);
    let owner = Owner { row: number, origin: number, born: tick() & blocks::CLOCK_MASK };
    remember(tables, block, owner);
}

/// A block of `size` bytes is about to be freed; before, because another thread could get the same memory.
#[inline(always)]
pub(in super::super) fn on_dealloc(state: u32, block: *mut u8, size: usize) {
    let Some(tables) = tables::get() else { return };
    let _held = EVENTS.hold();
    if state::current() != state {
        return;
    }
    let clock = tick();
    let owner = blocks::remove(tables, block.addr() as u64);
    let Some(row) = tables.rows.get(row_of(owner) as usize) else { return };
    let size = signed(size);
    change_live_bytes(-size);
    touch(row);
    give_up(row, size, owner, clock);
}

/// A block that is being reallocated.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Moving {
    owner: Option<Owner>,
}

/// A block is about to be reallocated. It is taken out of the table now, because another thread could get its memory
/// before the inner allocator returns; it is counted when that has succeeded.
#[inline(always)]
pub(in super::super) fn before_realloc(block: *mut u8) -> Moving {
    let Some(tables) = tables::get() else { return Moving { owner: None } };
    let _held = EVENTS.hold();
    Moving { owner: blocks::remove(tables, block.addr() as u64) }
}

/// The inner allocator could not reallocate the block, which stays what it was.
pub(in super::super) fn on_realloc_failed(state: u32, block: *mut u8, moving: Moving) {
    let (Some(tables), Some(owner)) = (tables::get(), moving.owner) else { return };
    let _held = EVENTS.hold();
    if state::current() == state {
        remember(tables, block, owner);
    }
}

/// A block went from `old_size` to `new_size` bytes, and may have moved to `block`. It belongs to the calling stack now.
#[inline(always)]
pub(in super::super) fn on_realloc(
    state: u32,
    moving: Moving,
    old_size: usize,
    block: *mut u8,
    new_size: usize,
) {
    let Some(tables) = tables::get() else { return };
    let node = walk::stack(tables, walk::frame_record());
    let _held = EVENTS.hold();
    if state::current() != state {
        return;
    }
    let clock = tick();
    let number = rows::of_node(tables, node);
    let (before, after) = (tables.rows.get(row_of(moving.owner) as usize), tables.rows.get(number as usize));
    let (Some(before), Some(after)) = (before, after) else { return };
    let (old_size, new_size) = (signed(old_size), signed(new_size));
    let growth = (new_size - old_size).max(0);
    // One change, as if in place.
    change_live_bytes(new_size - old_size);
    touch(before);
    give_up(before, old_size, moving.owner, clock);
    touch(after);
    bump(&after.reallocs, 1);
    bump(&after.total_bytes, growth);
    bump(&after.realloc_growth_bytes, growth);
    bump(&after.realloc_new_bytes, new_size);
    take_in(after, new_size);
    // A block from before the window is new to whoever looks at origins.
    let origin = moving.owner.map_or(number, |owner| owner.origin);
    if let Some(origin) = tables.rows.get(origin as usize) {
        bump(&origin.origin_reallocs, 1);
        bump(&origin.origin_realloc_new_bytes, new_size);
    }
    remember(tables, block, Owner { row: number, origin, born: clock & blocks::CLOCK_MASK });
}

/// A layout's size is at most `isize::MAX`, so nothing is lost.
#[inline(always)]
fn signed(size: usize) -> i64 {
    size as i64
}

/// Adds to a counter that is only written under [`EVENTS`].
#[inline(always)]
fn bump(counter: &AtomicI64, by: i64) {
    counter.store(counter.load(Relaxed).wrapping_add(by), Relaxed);
}

#[inline(always)]
fn tick() -> u64 {
    let clock = CLOCK.load(Relaxed).wrapping_add(1);
    CLOCK.store(clock, Relaxed);
    clock
}

/// The row of a block; blocks that are not known are older than the window.
#[inline(always)]
fn row_of(owner: Option<Owner>) -> u32 {
    owner.map_or(rows::OLDER, |owner| owner.row)
}

/// Moves the live count, and with it the peak. Before any row is touched.
#[inline(always)]
fn change_live_bytes(change: i64) {
    let live = LIVE_BYTES.load(Relaxed).wrapping_add(change);
    LIVE_BYTES.store(live, Relaxed);
    if live > PEAK_BYTES.load(Relaxed) {
        PEAK_BYTES.store(live, Relaxed);
        IS_AT_PEAK.store(true, Relaxed);
    } else if IS_AT_PEAK.load(Relaxed) {
        leave_peak();
    }
}

fn leave_peak() {
    IS_AT_PEAK.store(false, Relaxed);
    PEAK_NUMBER.store(PEAK_NUMBER.load(Relaxed) + 1, Relaxed);
}

/// Brings a row's share of the peak up to date, before its live bytes change.
#[inline(always)]
fn touch(row: &Row) {
    let peak = PEAK_NUMBER.load(Relaxed);
    if row.peak_number.load(Relaxed) != peak {
        row.peak_number.store(peak, Relaxed);
        row.peak_bytes.store(row.live_bytes.load(Relaxed), Relaxed);
        row.peak_blocks.store(row.live_blocks.load(Relaxed), Relaxed);
    }
}

/// Gives a block to a row.
#[inline(always)]
fn take_in(row: &Row, size: i64) {
    bump(&row.live_blocks, 1);
    let live = row.live_bytes.load(Relaxed).wrapping_add(size);
    row.live_bytes.store(live, Relaxed);
    if live > row.maximum_bytes.load(Relaxed) {
        row.maximum_bytes.store(live, Relaxed);
        row.maximum_blocks.store(row.live_blocks.load(Relaxed), Relaxed);
    }
}

/// Takes a block from a row.
#[inline(always)]
fn give_up(row: &Row, size: i64, owner: Option<Owner>, clock: u64) {
    bump(&row.live_bytes, -size);
    bump(&row.live_blocks, -1);
    if let Some(owner) = owner {
        let age = clock.wrapping_sub(owner.born) & blocks::CLOCK_MASK;
        bump(&row.lifetime_events, age as i64);
    }
}

#[inline(always)]
fn remember(tables: &Tables, block: *mut u8, owner: Owner) {
    if !blocks::insert(tables, block.addr() as u64, owner) {
        LOST_BLOCKS.store(LOST_BLOCKS.load(Relaxed) + 1, Relaxed);
    }
}

/// Live bytes since the begin, of all stacks.
pub(super) fn live_bytes() -> i64 {
    LIVE_BYTES.load(Relaxed)
}

/// Forgets everything but the stacks.
pub(super) fn clear(tables: &Tables) {
    let _held = EVENTS.hold();
    rows::clear(tables);
    blocks::clear(tables);
    LIVE_BYTES.store(0, Relaxed);
    PEAK_BYTES.store(0, Relaxed);
    IS_AT_PEAK.store(true, Relaxed);
    PEAK_NUMBER.store(0, Relaxed);
    CLOCK.store(0, Relaxed);
    LOST_BLOCKS.store(0, Relaxed);
}

/// What was recorded besides the rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Totals {
    pub(super) peak_bytes: i64,
    pub(super) events: u64,
    pub(super) lost_blocks: u64,
}

/// Brings every row's share of the peak up to date, and gives the totals. After the recording has ended.
pub(super) fn settle(tables: &Tables) -> Totals {
    // Whoever was in the middle of an event is done with it afterwards, and nobody begins another.
    let _held = EVENTS.hold();
    if IS_AT_PEAK.load(Relaxed) {
        leave_peak();
    }
    for row in rows::used(tables) {
        touch(row);
    }
    Totals {
        peak_bytes: PEAK_BYTES.load(Relaxed),
        events: CLOCK.load(Relaxed),
        lost_blocks: LOST_BLOCKS.load(Relaxed),
    }
}
