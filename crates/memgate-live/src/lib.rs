//! The heap of a running service.

mod heap;
mod profile;

pub use heap::{
    DEFAULT_INTERVAL_BYTES, Heap, HeapError, counters, is_installed, profile, sampling_interval,
    set_sampling_interval,
};
pub use profile::{Counters, Estimate, HeapProfile, SampledStack};
