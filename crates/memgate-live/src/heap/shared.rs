//! What is counted and sampled for threads without a slot of their own.
//!
//! Those are the ones beyond the pool, the last moments of a thread whose slot has been given back, the first calls of a process,
//! and signal handlers that allocate in the midst of a sample.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::gap::{Random, mixed, uniform};
use super::interval::sampling_interval;
use super::weight::probability;

/// The sums of all of them.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) allocated_bytes: AtomicU64,
    pub(super) allocations: AtomicU64,
    pub(super) freed_bytes: AtomicU64,
    pub(super) frees: AtomicU64,
    random: AtomicU64,
}

impl Shared {
    pub(super) const fn new() -> Self {
        Self {
            allocated_bytes: AtomicU64::new(0),
            allocations: AtomicU64::new(0),
            freed_bytes: AtomicU64::new(0),
            frees: AtomicU64::new(0),
            random: AtomicU64::new(0),
        }
    }

    /// Counts a block.
    pub(super) fn count_allocation(&self, size: usize) {
        self.allocated_bytes.fetch_add(size as u64, Relaxed);
        self.allocations.fetch_add(1, Relaxed);
    }

    /// Counts a free.
    pub(super) fn count_free(&self, size: usize) {
        self.freed_bytes.fetch_add(size as u64, Relaxed);
        self.frees.fetch_add(1, Relaxed);
    }

    /// The mean gap, if a block is to be sampled. Each by itself, since there is no common countdown: as probable as with one.
    pub(super) fn sampled(&self, size: usize) -> Option<u64> {
        let interval = sampling_interval();
        let bits = mixed(self.random.fetch_add(Random::STEP, Relaxed));
        (interval > 0 && uniform(bits) <= probability(size as u64, interval)).then_some(interval)
    }

    /// Begins other random numbers.
    pub(super) fn seed(&self, seed: u64) {
        self.random.fetch_xor(mixed(seed), Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_sampled_as_often_as_it_should_be() {
        const BLOCKS: u64 = if cfg!(miri) { 2_000 } else { 400_000 };
        let shared = Shared::new();
        shared.seed(1);
        let mean = sampling_interval();
        for size in [mean / 16, mean] {
            let sampled = (0..BLOCKS).filter(|_| shared.sampled(size as usize).is_some()).count();
            let expected = probability(size, mean);
            let found = sampled as f64 / BLOCKS as f64;
            let deviation = (expected * (1.0 - expected) / BLOCKS as f64).sqrt();
            assert!((found - expected).abs() < 4.0 * deviation, "{size}: {found} for {expected}");
        }
    }
}
