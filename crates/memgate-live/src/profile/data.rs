//! A heap at one moment, as it was sampled, and what was counted beside it.

use std::time::{Duration, SystemTime};

/// What is sampled of a heap at one moment. All values are unsampled already.
#[derive(Clone, Debug, PartialEq)]
pub struct HeapProfile {
    /// When this was taken.
    pub taken_at: SystemTime,
    /// How long sampling had gone on then, whatever became of the time of day meanwhile.
    pub sampled_for: Duration,
    /// The mean gap between two sampled bytes now; zero while sampling is stopped.
    pub sampling_interval_bytes: u64,
    /// Each stack once.
    pub stacks: Vec<SampledStack>,
    /// What was counted of every call.
    pub counters: Counters,
    /// Whether the program keeps frame pointers, as it was found out at start.
    pub has_frame_pointers: bool,
    /// Whether the table of stacks was full once, so that some are in the row without addresses.
    pub is_table_full: bool,
    /// How much is live of samples that the full table of live ones had no room for. It is in the row without addresses, and missing at
    /// the stacks where it was allocated: their `live` is the least that there can be. Zero where everything is where it belongs.
    ///
    /// When such a block ends is not seen. This is what the counters have live beyond what is followed, where that is more than chance, and
    /// no more than there was no room for.
    pub unfollowed_live_bytes: f64,
}

/// What was sampled at one call stack.
#[derive(Clone, Debug, PartialEq)]
pub struct SampledStack {
    /// From the innermost call outwards. Empty in the row of all for which a full table had no room.
    pub return_addresses: Vec<usize>,
    /// Since the start. It never falls.
    pub allocated: Estimate,
    /// What of it has not been freed.
    pub live: Estimate,
}

/// What samples say of all blocks.
///
/// A block of S bytes is sampled with the probability P = 1 − e^(−S/R) and then stands for 1/P blocks; so the sums have the
/// truth as their mean. The truth lies within ±1.96 · √variance in 95 of 100 cases, once the number is five times √variance or
/// more: some 25 samples of one size, and more of many sizes, of which the smallest are seldom met and stand for most.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Estimate {
    /// How many blocks were sampled.
    pub samples: u64,
    /// How many blocks there are.
    pub objects: f64,
    /// What was asked for them, in bytes.
    pub bytes: f64,
    /// Of `objects`.
    pub objects_variance: f64,
    /// Of `bytes`.
    pub bytes_variance: f64,
}

impl Estimate {
    /// That of no samples.
    pub(crate) const NONE: Self =
        Self { samples: 0, objects: 0.0, bytes: 0.0, objects_variance: 0.0, bytes_variance: 0.0 };

    /// Adds what other samples say.
    pub(crate) fn add(&mut self, other: &Self) {
        self.samples += other.samples;
        self.objects += other.objects;
        self.bytes += other.bytes;
        self.objects_variance += other.objects_variance;
        self.bytes_variance += other.bytes_variance;
    }
}

/// What is counted of every call of the allocator, and how full the tables are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Bytes of all blocks that were allocated; less `freed_bytes`, the live ones.
    pub allocated_bytes: u64,
    /// Blocks that were allocated; less `frees`, the live ones.
    pub allocations: u64,
    /// Bytes of all blocks that were freed.
    pub freed_bytes: u64,
    /// Blocks that were freed.
    pub frees: u64,
    /// Blocks that were sampled.
    pub sampled: u64,
    /// Stacks in the table.
    pub stacks: u64,
    /// How many stacks the table has room for.
    pub stacks_capacity: u64,
    /// Sampled blocks that are live.
    pub live_samples: u64,
    /// For how many of them there is room.
    pub live_samples_capacity: u64,
    /// Samples that were not put down as they should have been, since a table was full.
    pub dropped: u64,
}
