//! What a change asks its reviewers to accept: committed numbers that it raises, and rules that it loosens.

mod loosened;
mod raises;
mod snapshots;

pub use loosened::loosened_rules;
pub use raises::accepted_changes;
pub use snapshots::add_accepted_snapshots;
