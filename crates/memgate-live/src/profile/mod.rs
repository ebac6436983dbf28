//! What is known of a heap, as data.

mod data;

pub use data::{Counters, Estimate, HeapProfile, SampledStack};
