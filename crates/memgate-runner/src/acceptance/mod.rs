//! What a change asks its reviewers to accept: committed numbers that it raises, and rules that it loosens.

mod data;
mod loosened;
mod raises;

pub use data::{Acceptance, DroppedBenchmark, Raise};
pub use loosened::loosened_rules;
pub use raises::accepted_changes;
pub(crate) use raises::is_raised;
