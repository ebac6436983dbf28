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

use super::slots::{self, Slot, bump};
use super::span;

/// Live bytes since the process began to count, without what threads have not flushed; may be negative.
pub(super) static LIVE: AtomicI64 = AtomicI64::new(0);
/// The highest value of [`LIVE`] since the span began.
pub(super) static PEAK: AtomicI64 = AtomicI64::new(0);
/// Whether a thread without a slot of its own has counted in this span.
pub(super) static OVERFLOWED: AtomicBool = AtomicBool::new(false);

/// A block of `size` bytes was allocated.
#[inline(always)]
pub(super) fn on_alloc(state: u32, size: usize) {
    let slot = slots::mine();
    if slot.epoch.load(Relaxed) == state {
        bump(&slot.allocs, 1);
        bump(&slot.total_bytes, signed(size));
        grow(slot, signed(size));
    } else {
        on_alloc_slow(state, signed(size));
    }
}

/// A block of `size` bytes is about to be freed. Before, not after: another thread could get the same memory and
/// count it in between, and the peak would show a block too many.
#[inline(always)]
pub(super) fn on_dealloc(state: u32, size: usize) {
    let slot = slots::mine();
    if slot.epoch.load(Relaxed) == state {
        shrink(slot, signed(size));
    } else {
        on_dealloc_slow(state, signed(size));
    }
}

/// A block went from `old_size` to `new_size` bytes.
#[inline]
pub(super) fn on_realloc(state: u32, old_size: usize, new_size: usize) {
    let slot = join(state);
    let (old_size, new_size) = (signed(old_size), signed(new_size));
    let growth = new_size.saturating_sub(old_size).max(0);
    if slot.is_shared() {
        slot.reallocs.fetch_add(1, Relaxed);
        slot.total_bytes.fetch_add(growth, Relaxed);
        slot.realloc_growth_bytes.fetch_add(growth, Relaxed);
        slot.realloc_new_bytes.fetch_add(new_size, Relaxed);
        add_to_live(new_size - old_size, growth);
        return;
    }
    bump(&slot.reallocs, 1);
    bump(&slot.total_bytes, growth);
    bump(&slot.realloc_growth_bytes, growth);
    bump(&slot.realloc_new_bytes, new_size);
    if growth > 0 { grow(slot, growth) } else { shrink(slot, old_size - new_size) }
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
    if unflushed > slot.unflushed_high.load(Relaxed) {
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
    if unflushed < -slot.flush_limit.load(Relaxed) {
        flush(slot);
    }
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

#[cold]
#[inline(never)]
fn on_alloc_slow(state: u32, size: i64) {
    let slot = join(state);
    if slot.is_shared() {
        slot.allocs.fetch_add(1, Relaxed);
        slot.total_bytes.fetch_add(size, Relaxed);
        add_to_live(size, size);
    } else {
        bump(&slot.allocs, 1);
        bump(&slot.total_bytes, size);
        grow(slot, size);
    }
}

#[cold]
#[inline(never)]
fn on_dealloc_slow(state: u32, size: i64) {
    let slot = join(state);
    if slot.is_shared() { add_to_live(-size, 0) } else { shrink(slot, size) }
}

/// This thread's slot, ready for the span of `state`.
#[inline]
pub(super) fn join(state: u32) -> &'static Slot {
    let slot = slots::claim();
    if slot.is_shared() {
        OVERFLOWED.store(true, Relaxed);
    } else if slot.epoch.load(Relaxed) != state {
        slot.epoch.store(state, Relaxed);
        slot.flush_limit.store(span::flush_limit(), Relaxed);
        // What an earlier span left is no change of this one, so it must not reach `LIVE` now.
        bump(&slot.settled, slot.unflushed.load(Relaxed));
        slot.unflushed.store(0, Relaxed);
        slot.unflushed_high.store(0, Relaxed);
    }
    slot
}

/// How far the peak may be off when `threads` threads took part and each kept up to `flush_limit` bytes to itself.
///
/// One thread alone is exact. Otherwise the global count lacks, at any moment, at most S = `flush_limit` bytes of each
/// of the N threads, up or down; and the high mark that a thread brings when it flushes may be as old as its flush
/// before, by at most S. So the peak is off by at most (N + 1)·S.
pub(super) fn peak_error_bytes(threads: u32, flush_limit: i64) -> u64 {
    if threads <= 1 {
        return 0;
    }
    (u64::from(threads) + 1) * flush_limit.unsigned_abs()
}
