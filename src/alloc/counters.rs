//! The engine `count`: what happens at each call of the allocator.
//!
//! Totals are exact with any number of threads, because each thread adds up its own. The peak needs one order of all
//! threads' events. Every thread keeps its change of live bytes to itself until the change exceeds a limit, then
//! adds it to [`LIVE`] and raises [`PEAK`]:
//!
//! - With the limit 0, every event is added at once: the peak is exact for the order in which the events reached
//!   `LIVE`. This costs a contended read-modify-write per event.
//! - With a limit of S bytes, one allocating thread is exact after its last flush and pays next to nothing. With N
//!   threads the peak may be off by up to (N + 1)·S bytes; see [`peak_error_bytes`].
//!
//! The harness counts a process's first window with limit 0, and goes on with a limit only when that window saw a
//! single thread.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering::Relaxed};

use super::hint::unlikely;
use super::slots::{self, Slot, bump};
use super::state::may_count_command;

/// What a thread may keep to itself when the peak need not be exact with several threads. Small beside the default
/// limits of the gate, and large beside the blocks that a tight loop allocates and frees.
const BOUNDED_FLUSH_LIMIT: i64 = 8 * 1024;

/// 0 while the peak is exact with any number of threads.
static FLUSH_LIMIT: AtomicI64 = AtomicI64::new(0);
/// Live bytes since the process began to count, without what threads have not flushed; may be negative.
pub(super) static LIVE: AtomicI64 = AtomicI64::new(0);
/// The highest value of [`LIVE`] since the span began.
pub(super) static PEAK: AtomicI64 = AtomicI64::new(0);
/// Whether a thread without a slot of its own has counted in this span.
pub(super) static OVERFLOWED: AtomicBool = AtomicBool::new(false);

/// Chooses, for the spans that begin later, between an exact peak with any number of threads and one that is exact
/// with one thread, cheaper, and bounded with several.
pub fn set_exact_peak(exact: bool) {
    FLUSH_LIMIT.store(if exact { 0 } else { BOUNDED_FLUSH_LIMIT }, Relaxed);
}

/// What a thread may keep to itself in the spans that begin now.
pub(super) fn flush_limit() -> i64 {
    FLUSH_LIMIT.load(Relaxed)
}

/// Whether this thread has counters of its own, ready for the span of `state`, and there are no others to be added to. If so, the
/// functions without `_slow` may be called; nothing is looked at again after the inner allocator returned.
#[inline(always)]
pub(super) fn has_joined(state: u32) -> bool {
    slots::mine().epoch.load(Relaxed) == state && !may_count_command()
}

/// A block of `size` bytes was allocated.
#[inline(always)]
pub(super) fn on_alloc(size: usize) {
    add_alloc(slots::mine(), size);
}

/// Counts an allocated block in a slot that no other thread writes.
#[inline(always)]
pub(super) fn add_alloc(slot: &Slot, size: usize) {
    bump(&slot.allocs, 1);
    bump(&slot.alloc_bytes, signed(size));
    grow(slot, signed(size));
}

/// A block of `size` bytes is about to be freed. Before, not after: another thread could get the same memory and
/// count it in between, and the peak would show a block too many.
///
/// False when nothing was counted and [`on_dealloc_slow`] must be called.
#[inline(always)]
pub(super) fn try_dealloc(state: u32, size: usize) -> bool {
    let slot = slots::mine();
    let unflushed = slot.unflushed.load(Relaxed).wrapping_sub(signed(size));
    if slot.epoch.load(Relaxed) != state || is_below_limit(slot, unflushed) || may_count_command() {
        return false;
    }
    slot.unflushed.store(unflushed, Relaxed);
    true
}

/// A block went from `old_size` to `new_size` bytes.
#[inline(always)]
pub(super) fn on_realloc(old_size: usize, new_size: usize) {
    add_realloc(slots::mine(), old_size, new_size);
}

/// Counts a reallocated block in a slot that no other thread writes.
#[inline(always)]
pub(super) fn add_realloc(slot: &Slot, old_size: usize, new_size: usize) {
    let change = signed(new_size).wrapping_sub(signed(old_size));
    bump(&slot.reallocs, 1);
    bump(&slot.realloc_new_bytes, signed(new_size));
    if change > 0 {
        bump(&slot.realloc_growth_bytes, change);
        grow(slot, change);
    } else {
        shrink(slot, change.wrapping_neg());
    }
}

/// Counts a block that is about to be freed in a slot that no other thread writes.
#[inline(always)]
pub(super) fn add_dealloc(slot: &Slot, size: usize) {
    shrink(slot, signed(size));
}

/// A layout's size is at most `isize::MAX`, so nothing is lost.
#[inline(always)]
fn signed(size: usize) -> i64 {
    size as i64
}

#[inline(always)]
fn grow(slot: &Slot, by: i64) {
    let unflushed = slot.unflushed.load(Relaxed).wrapping_add(by);
    slot.unflushed.store(unflushed, Relaxed);
    // A program's high mark rises seldom beside how often it allocates.
    if unlikely(unflushed > slot.unflushed_high.load(Relaxed)) {
        slot.unflushed_high.store(unflushed, Relaxed);
        if unflushed > slot.flush_limit.load(Relaxed) {
            flush(slot);
        }
    }
}

#[inline(always)]
fn shrink(slot: &Slot, by: i64) {
    let unflushed = slot.unflushed.load(Relaxed).wrapping_sub(by);
    slot.unflushed.store(unflushed, Relaxed);
    if unlikely(is_below_limit(slot, unflushed)) {
        flush(slot);
    }
}

#[inline(always)]
fn is_below_limit(slot: &Slot, unflushed: i64) -> bool {
    // Not a comparison with the negated limit, which costs an instruction more.
    unflushed.wrapping_add(slot.flush_limit.load(Relaxed)) < 0
}

/// Adds what this thread kept to itself to the global count. Only for a slot's own thread.
#[inline(never)]
pub(super) fn flush(slot: &Slot) {
    add_to_live(slot.unflushed.load(Relaxed), slot.unflushed_high.load(Relaxed));
    slot.unflushed.store(0, Relaxed);
    slot.unflushed_high.store(0, Relaxed);
}

/// Changes the global count by `change`, on the way to which it was up by `high`.
fn add_to_live(change: i64, high: i64) {
    let highest = LIVE.fetch_add(change, Relaxed).wrapping_add(high);
    // Most events are below the peak; a load is cheaper than a read-modify-write that changes nothing.
    if highest > PEAK.load(Relaxed) {
        PEAK.fetch_max(highest, Relaxed);
    }
}

/// As [`on_alloc`], whether or not the thread has joined.
pub(super) fn on_alloc_slow(state: u32, size: usize) {
    let slot = join(state);
    if slot.is_shared() {
        share_alloc(slot, size);
    } else {
        on_alloc(size);
    }
}

/// As [`try_dealloc`], whether or not the thread has joined.
pub(super) fn on_dealloc_slow(state: u32, size: usize) {
    let slot = join(state);
    if slot.is_shared() {
        share_dealloc(size);
    } else {
        add_dealloc(slot, size);
    }
}

/// As [`on_realloc`], whether or not the thread has joined.
pub(super) fn on_realloc_slow(state: u32, old_size: usize, new_size: usize) {
    let slot = join(state);
    if slot.is_shared() {
        share_realloc(slot, old_size, new_size);
    } else {
        on_realloc(old_size, new_size);
    }
}

/// Counts an allocated block in a slot that other threads write, too.
pub(super) fn share_alloc(slot: &Slot, size: usize) {
    slot.allocs.fetch_add(1, Relaxed);
    slot.alloc_bytes.fetch_add(signed(size), Relaxed);
    add_to_live(signed(size), signed(size));
}

/// Counts a block that is about to be freed, which no slot has a counter for.
pub(super) fn share_dealloc(size: usize) {
    add_to_live(-signed(size), 0);
}

/// Counts a reallocated block in a slot that other threads write, too.
pub(super) fn share_realloc(slot: &Slot, old_size: usize, new_size: usize) {
    let change = signed(new_size).wrapping_sub(signed(old_size));
    slot.reallocs.fetch_add(1, Relaxed);
    slot.realloc_growth_bytes.fetch_add(change.max(0), Relaxed);
    slot.realloc_new_bytes.fetch_add(signed(new_size), Relaxed);
    add_to_live(change, change.max(0));
}

/// This thread's slot, ready for the span of `state`.
#[inline]
pub(super) fn join(state: u32) -> &'static Slot {
    let slot = slots::claim();
    if slot.is_shared() {
        OVERFLOWED.store(true, Relaxed);
    } else if slot.epoch.load(Relaxed) != state {
        slot.epoch.store(state, Relaxed);
        slot.flush_limit.store(flush_limit(), Relaxed);
        // What an earlier span left is no change of this one, so it must not reach `LIVE` now.
        bump(&slot.settled, slot.unflushed.load(Relaxed));
        slot.unflushed.store(0, Relaxed);
        slot.unflushed_high.store(0, Relaxed);
    }
    slot
}

/// How far the peak may be off when `threads` threads took part, of which one at least did not end the span, and each
/// kept up to `flush_limit` bytes to itself.
///
/// The thread that ends the span flushes first, so alone it is exact. Otherwise the global count lacks, at any moment,
/// at most S = `flush_limit` bytes of each of the N threads, up or down; and the high mark that a thread brings when
/// it flushes may be as old as its flush before, by at most S. So the peak is off by at most (N + 1)·S.
pub(super) fn peak_error_bytes(threads: u32, flush_limit: i64) -> u64 {
    (u64::from(threads) + 1) * flush_limit.unsigned_abs()
}
