//! What a comparison goes by: limits, budgets, waivers, and which of them apply to one benchmark.

mod base_range;
mod exponent_limit;
mod glob_index;
mod policy;
mod waiver;

pub(crate) use base_range::range_of_base;
pub use exponent_limit::ExponentLimit;
pub(crate) use glob_index::GlobIndex;
pub use memgate_protocol::{Limit, Relative, RelativeError};
pub use policy::{BenchmarkRule, BenchmarkRules, LimitRule, Policy, Rules};
pub use waiver::Waiver;
