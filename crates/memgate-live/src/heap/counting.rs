//! What was counted of every call.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed, Ordering::SeqCst, fence};

use super::busy::Busy;
use super::process::{POOL, SHARED, TABLES};
use super::slots;
use crate::profile::Counters;

/// Whether [`Heap`](crate::Heap) is the global allocator. Finds out by making one allocation.
#[must_use]
pub fn is_installed() -> bool {
    static IS_INSTALLED: AtomicBool = AtomicBool::new(false);

    // Those of this thread; what is shared is counted by threads that allocate through it, too.
    let counted = || slots::mine().allocations.load(Relaxed).wrapping_add(SHARED.allocations.load(Relaxed));
    if IS_INSTALLED.load(Relaxed) {
        return true;
    }
    // The first may claim a slot that has counted for others.
    for _ in 0..2 {
        let before = counted();
        drop(black_box(Box::new(black_box(0_u8))));
        if before != counted() {
            IS_INSTALLED.store(true, Relaxed);
            return true;
        }
    }
    false
}

/// What was counted. None when [`Heap`](crate::Heap) is not the global allocator.
#[must_use]
pub fn counters() -> Option<Counters> {
    if !is_installed() {
        return None;
    }
    let busy = Busy::enter()?;
    let used = POOL.hold().used();
    let mut counters = Counters {
        freed_bytes: SHARED.freed_bytes.load(Relaxed),
        frees: SHARED.frees.load(Relaxed),
        ..Counters::default()
    };
    // What was freed, and then what was allocated: a block is never seen to be freed without having been allocated.
    for slot in used {
        counters.freed_bytes = counters.freed_bytes.wrapping_add(slot.freed_bytes.load(Relaxed));
        counters.frees = counters.frees.wrapping_add(slot.frees.load(Relaxed));
    }
    fence(SeqCst);
    // Threads may have begun meanwhile.
    let used = POOL.hold().used();
    counters.allocated_bytes = SHARED.allocated_bytes.load(Relaxed);
    counters.allocations = SHARED.allocations.load(Relaxed);
    for slot in used {
        counters.allocated_bytes = counters.allocated_bytes.wrapping_add(slot.allocated_bytes.load(Relaxed));
        counters.allocations = counters.allocations.wrapping_add(slot.allocations.load(Relaxed));
    }
    let fill = TABLES.fill(&busy);
    counters.sampled = fill.samples;
    counters.stacks = fill.stacks as u64;
    counters.stacks_capacity = fill.stacks_capacity as u64;
    counters.live_samples = fill.live_samples as u64;
    counters.live_samples_capacity = fill.live_samples_capacity as u64;
    counters.dropped = fill.dropped.samples + fill.overflowed;
    Some(counters)
}
