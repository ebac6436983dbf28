//! What is asked from outside: a profile, another interval.

use super::busy::Busy;
use super::error::HeapError;
use super::interval;
use super::process::POOL;
use super::walk::Walk;
use crate::profile::{HeapProfile, SampledStack};

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

/// Takes a profile.
///
/// Whatever allocates meanwhile waits for a lock for a few microseconds at most. What is not in all tables yet when this begins
/// may be missing.
///
/// # Errors
/// When [`Heap`](crate::Heap) is not the global allocator.
pub fn profile() -> Result<HeapProfile, HeapError> {
    let mut live = Vec::new();
    let walk = Walk::begin(&mut live)?;
    let mut stacks = Vec::with_capacity(walk.length());
    walk.stacks(|stack| {
        let return_addresses = stack.addresses().collect();
        stacks.push(SampledStack { return_addresses, allocated: stack.allocated, live: stack.live });
    })?;
    Ok(HeapProfile { stacks, ..walk.into_head() })
}
