//! Profiles by hand, for tests.

use std::time::{Duration, SystemTime};

use super::data::{Counters, Estimate, HeapProfile, SampledStack};

/// An estimate of blocks of one byte.
pub(crate) fn estimate(samples: u64, bytes: f64) -> Estimate {
    Estimate { samples, objects: bytes, bytes, objects_variance: bytes, bytes_variance: bytes }
}

pub(crate) fn stack(return_addresses: &[usize], allocated: Estimate, live: Estimate) -> SampledStack {
    SampledStack { return_addresses: return_addresses.to_vec(), allocated, live }
}

pub(crate) fn profile(stacks: Vec<SampledStack>) -> HeapProfile {
    HeapProfile {
        taken_at: SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_060),
        sampled_for: Duration::from_secs(60),
        sampling_interval_bytes: 512 << 10,
        stacks,
        counters: Counters {
            allocated_bytes: 5_000,
            allocations: 50,
            freed_bytes: 1_000,
            frees: 10,
            sampled: 7,
            stacks: 3,
            stacks_capacity: 8_192,
            live_samples: 2,
            live_samples_capacity: 65_536,
            dropped: 0,
        },
        has_frame_pointers: true,
        is_table_full: false,
        unfollowed_live_bytes: 0.0,
    }
}
