//! What is known of a heap, as data.

mod data;
mod difference;
#[cfg(test)]
pub(crate) mod samples;
mod stacks;

pub use data::{Counters, Estimate, HeapProfile, SampledStack};
pub(crate) use difference::difference;
pub(crate) use stacks::{StackProfile, StackRow};
