//! What is asked from outside: a profile, the counters, another interval.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed, Ordering::SeqCst, fence};
use std::time::SystemTime;

use super::busy::Busy;
use super::error::HeapError;
use super::interval::{self, sampling_interval};
use super::process::{POOL, SHARED, TABLES, sampled_for};
use super::slots;
use crate::profile::{Counters, Estimate, HeapProfile, SampledStack};
use crate::stack::{MOST_FRAMES, has_frame_pointers};

/// How many stacks are copied while the lock is held once: a microsecond's work.
const STACKS_AT_ONCE: u32 = 8;

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

/// Changes the mean gap between two sampled bytes; zero stops sampling, and what is sampled already stays.
///
/// Samples that were taken before keep what they stand for. Counters go on in any case.
pub fn set_sampling_interval(interval_bytes: u64) {
    interval::store(interval_bytes);
    let Some(_busy) = Busy::enter() else { return };
    let used = POOL.hold().used();
    for slot in used {
        slot.draw_anew();
    }
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
    counters.dropped = fill.dropped + fill.overflowed;
    Some(counters)
}

/// Takes a profile.
///
/// Whatever allocates meanwhile waits for a lock for a few microseconds at most. What is not in all tables yet when this begins
/// may be missing.
///
/// # Errors
/// When [`Heap`](crate::Heap) is not the global allocator.
pub fn profile() -> Result<HeapProfile, HeapError> {
    let counters = counters().ok_or(HeapError::NotInstalled)?;
    // Nothing is allocated while busy, and so nothing while a lock is held.
    let (stacks, has_frame_pointers, is_table_full) = {
        let busy = Busy::enter().ok_or(HeapError::WithinAllocator)?;
        let fill = TABLES.fill(&busy);
        (fill.stacks, has_frame_pointers(), fill.overflowed > 0)
    };
    // First what lives, and then what was allocated: what was allocated has come up to it by then.
    let mut live = vec![Estimate::default(); stacks + 1];
    add_live(&mut live)?;
    let taken_at = SystemTime::now();
    let sampled = sampled_stacks(&live)?;
    Ok(HeapProfile {
        taken_at,
        sampled_for: sampled_for(),
        sampling_interval_bytes: sampling_interval(),
        stacks: sampled,
        counters,
        has_frame_pointers,
        is_table_full,
    })
}

/// Adds each live sample to its stack; those of newer stacks are left out.
fn add_live(live: &mut [Estimate]) -> Result<(), HeapError> {
    let busy = Busy::enter().ok_or(HeapError::WithinAllocator)?;
    for table in TABLES.live(&busy) {
        for sample in table.iter() {
            if let Some(live) = live.get_mut(sample.stack as usize) {
                live.add_sample(sample.size_bytes, sample.weight);
            }
        }
    }
    Ok(())
}

/// The stacks with what was allocated there, some at a time.
fn sampled_stacks(live: &[Estimate]) -> Result<Vec<SampledStack>, HeapError> {
    let mut sampled = Vec::with_capacity(live.len());
    let mut frames = [[0; MOST_FRAMES]; STACKS_AT_ONCE as usize];
    let mut found = [(0, Estimate::default()); STACKS_AT_ONCE as usize];
    let most = u32::try_from(live.len()).unwrap_or(u32::MAX);
    for first in (0..most).step_by(STACKS_AT_ONCE as usize) {
        let copied = {
            let busy = Busy::enter().ok_or(HeapError::WithinAllocator)?;
            let stacks = TABLES.stacks(&busy);
            let mut copied = 0;
            for (number, (to, found)) in (first..most).zip(frames.iter_mut().zip(&mut found)) {
                let Some((from, allocated)) = stacks.get(number) else { break };
                let length = from.len().min(to.len());
                if let (Some(to), Some(from)) = (to.get_mut(..length), from.get(..length)) {
                    to.copy_from_slice(from);
                }
                *found = (length, allocated);
                copied += 1;
            }
            copied
        };
        let live = live.get(first as usize..).unwrap_or(&[]);
        for ((frames, (length, allocated)), live) in frames.iter().zip(found).zip(live).take(copied) {
            // The row of those that found no room, which usually has none.
            if allocated.samples > 0 {
                let frames = frames.get(..length).unwrap_or(&[]);
                let return_addresses = frames.iter().map(|address| *address as usize).collect();
                sampled.push(SampledStack { return_addresses, allocated, live: *live });
            }
        }
    }
    Ok(sampled)
}
