//! Head against base: pure functions from data to verdicts. No clock, no file, no terminal.

mod benchmark;
mod doubt;
mod glob_index;
mod limit;
mod metric;
mod notices;
mod policy;
mod run;
#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
mod times;
mod verdict;
mod waiver;

pub(crate) use benchmark::metric_verdict;
pub use doubt::without_doubt;
pub use limit::{Limit, Relative, RelativeError};
pub(crate) use metric::range_of_base;
pub use metric::{Judgement, judge};
pub(crate) use notices::{about_gating, not_measured_on};
pub use policy::{BenchmarkRule, BenchmarkRules, LimitRule, Policy, Rules};
pub use run::{ComparisonInput, compare};
pub use times::add_times;
pub(crate) use times::time_verdict;
pub use verdict::Verdict;
pub use waiver::Waiver;
