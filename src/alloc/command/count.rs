//! The counters of a slot.
//!
//! Always by instructions that others can't interrupt: whether a process has one thread is not to be had of every C library.

use std::sync::atomic::Ordering::Relaxed;

use memgate_protocol::process_table::{FORKED, Slot, word};

/// A block of `size` bytes was allocated.
#[inline(always)]
pub(super) fn add_alloc(slot: &Slot, size: usize) {
    slot.word(word::ALLOCS).fetch_add(1, Relaxed);
    slot.word(word::TOTAL_BYTES).fetch_add(size as u64, Relaxed);
    grow(slot, size);
}

/// A block of `size` bytes is about to be freed.
#[inline(always)]
pub(super) fn add_dealloc(slot: &Slot, size: usize) {
    slot.word(word::FREES).fetch_add(1, Relaxed);
    shrink(slot, size);
}

/// A block went from `old_size` to `new_size` bytes: one change, as if in place.
#[inline(always)]
pub(super) fn add_realloc(slot: &Slot, old_size: usize, new_size: usize) {
    slot.word(word::REALLOCS).fetch_add(1, Relaxed);
    match new_size.checked_sub(old_size) {
        Some(growth) => {
            slot.word(word::TOTAL_BYTES).fetch_add(growth as u64, Relaxed);
            grow(slot, growth);
        }
        None => shrink(slot, old_size - new_size),
    }
}

#[inline(always)]
fn grow(slot: &Slot, by: usize) {
    let live = slot.word(word::LIVE_BYTES).fetch_add(by as u64, Relaxed).wrapping_add(by as u64) as i64;
    let peak = slot.word(word::PEAK_BYTES);
    // What was freed and never counted may have brought it below zero.
    if live > peak.load(Relaxed) as i64 {
        peak.fetch_max(live as u64, Relaxed);
    }
}

#[inline(always)]
fn shrink(slot: &Slot, by: usize) {
    let live = slot.word(word::LIVE_BYTES);
    if slot.word(word::FLAGS).load(Relaxed) & FORKED == 0 {
        live.fetch_sub(by as u64, Relaxed);
    } else {
        // Nothing tells a child's own blocks from those that came with the fork. So what it frees first is taken to be its own, and its
        // live bytes are at least what is counted: of a header before each block, which would tell, the inner allocator would know.
        let _ = live.fetch_update(Relaxed, Relaxed, |live| Some(live.saturating_sub(by as u64)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(slot: &Slot) -> [u64; 6] {
        [word::ALLOCS, word::REALLOCS, word::TOTAL_BYTES, word::LIVE_BYTES, word::PEAK_BYTES, word::FREES]
            .map(|word| slot.word(word).load(Relaxed))
    }

    #[test]
    fn what_happens_to_blocks_is_added_up() {
        let slot = Slot::nobodys();
        add_alloc(&slot, 100);
        add_alloc(&slot, 20);
        add_realloc(&slot, 100, 250);
        add_realloc(&slot, 250, 30);
        add_dealloc(&slot, 20);
        assert_eq!(numbers(&slot), [2, 2, 270, 30, 270, 1]);
    }

    #[test]
    fn what_came_with_a_fork_brings_no_child_below_zero() {
        let slot = Slot::nobodys();
        slot.set(word::FLAGS, FORKED);
        add_dealloc(&slot, 1_000);
        add_alloc(&slot, 100);
        add_realloc(&slot, 5_000, 1);
        add_alloc(&slot, 7);
        assert_eq!(numbers(&slot), [2, 1, 107, 7, 100, 1]);
    }

    #[test]
    fn threads_lose_nothing() {
        let slot = Slot::nobodys();
        let times = if cfg!(miri) { 20 } else { 10_000 };
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..times {
                        add_alloc(&slot, 3);
                        add_realloc(&slot, 3, 5);
                        add_dealloc(&slot, 5);
                    }
                    add_alloc(&slot, 11);
                });
            }
        });
        let [allocs, reallocs, total, live, peak, frees] = numbers(&slot);
        assert_eq!((allocs, reallocs, frees), (4 * times + 4, 4 * times, 4 * times));
        assert_eq!((total, live), (20 * times + 44, 44));
        assert!((44..=64).contains(&peak), "{peak}");
    }
}
