//! The heap of a running service.

mod profile;

pub use profile::{Counters, Estimate, HeapProfile, SampledStack};
