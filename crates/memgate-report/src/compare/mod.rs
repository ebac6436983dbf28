//! Head against base: pure functions from data to verdicts. No clock, no file, no terminal.

mod benchmark;
mod doubt;
mod input;
mod merge;
mod metric;
mod notices;
mod run;
mod shards;
#[cfg(test)]
mod tests;
mod times;
mod waiver_use;

pub(crate) use benchmark::metric_verdict;
pub use doubt::without_doubt;
pub use input::ComparisonInput;
pub use merge::merge_reports;
pub use metric::{Judgement, judge};
pub use notices::about_empty;
pub(crate) use notices::{about_gating, not_measured_on};
pub use run::compare;
pub(crate) use shards::about_shard;
pub use times::add_times;
pub(crate) use times::time_verdict;
