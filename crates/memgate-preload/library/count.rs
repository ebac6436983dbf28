//! The counters of a slot.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use memgate_protocol::process_table::{UNCOUNTED_BLOCKS, word};

use crate::real::Real;
use memgate_protocol::process_table::Slot;

/// A block of `size` bytes was allocated.
#[inline(always)]
pub(crate) fn on_alloc(real: &Real, slot: &Slot, size: usize) {
    let size = size as u64;
    let alone = is_single_threaded(real);
    add(slot.word(word::ALLOCS), 1, alone);
    add(slot.word(word::TOTAL_BYTES), size, alone);
    raise(slot, add(slot.word(word::LIVE_BYTES), size, alone), alone);
}

/// A block of `size` bytes is about to be freed.
#[inline(always)]
pub(crate) fn on_dealloc(real: &Real, slot: &Slot, size: usize) {
    let alone = is_single_threaded(real);
    add(slot.word(word::FREES), 1, alone);
    add(slot.word(word::LIVE_BYTES), (size as u64).wrapping_neg(), alone);
}

/// A block went from `old_size` to `new_size` bytes: one change, as if in place.
#[inline(always)]
pub(crate) fn on_realloc(real: &Real, slot: &Slot, old_size: usize, new_size: usize) {
    let alone = is_single_threaded(real);
    add(slot.word(word::REALLOCS), 1, alone);
    add(slot.word(word::TOTAL_BYTES), new_size.saturating_sub(old_size) as u64, alone);
    let change = (new_size as u64).wrapping_sub(old_size as u64);
    raise(slot, add(slot.word(word::LIVE_BYTES), change, alone), alone);
}

/// A block that nobody has seen being allocated was freed, or given another size.
#[cold]
pub(crate) fn on_unknown(slot: &Slot) {
    slot.word(word::UNKNOWN_BLOCKS).fetch_add(1, Relaxed);
}

/// A block was allocated that is not counted, since there was no memory to write down how large it is.
#[cold]
pub(crate) fn on_uncounted(slot: &Slot) {
    slot.word(word::FLAGS).fetch_or(UNCOUNTED_BLOCKS, Relaxed);
}

/// The program has mapped so many bytes by itself.
pub(crate) fn on_mapped(slot: &Slot, bytes: usize) {
    let bytes = bytes as u64;
    let now = slot.word(word::MAPPED_BYTES).fetch_add(bytes, Relaxed).wrapping_add(bytes);
    slot.word(word::MAPPED_PEAK_BYTES).fetch_max(now, Relaxed);
}

/// It has unmapped so many; some of them may never have been counted.
pub(crate) fn on_unmapped(slot: &Slot, bytes: usize) {
    let less = |now: u64| Some(now.saturating_sub(bytes as u64));
    let _ = slot.word(word::MAPPED_BYTES).fetch_update(Relaxed, Relaxed, less);
}

/// Keeps the highest. After a block that was freed while it was not counted, live bytes may be below zero for a moment.
#[inline(always)]
fn raise(slot: &Slot, live: u64, is_alone: bool) {
    let peak = slot.word(word::PEAK_BYTES);
    if live as i64 <= peak.load(Relaxed) as i64 {
        return;
    }
    if is_alone {
        peak.store(live, Relaxed);
    } else {
        peak.fetch_max(live, Relaxed);
    }
}

/// Adds, and gives the sum. An instruction that others must not interrupt takes longer, and is not needed while there are none.
#[inline(always)]
fn add(counter: &AtomicU64, by: u64, is_alone: bool) -> u64 {
    if is_alone {
        let sum = counter.load(Relaxed).wrapping_add(by);
        counter.store(sum, Relaxed);
        sum
    } else {
        counter.fetch_add(by, Relaxed).wrapping_add(by)
    }
}

#[inline(always)]
fn is_single_threaded(real: &Real) -> bool {
    real.is_single_threaded.load(Relaxed) != 0
}
