//! Whether the process has memory enough: a verdict with its reasons.

mod judge;
mod threshold;

pub use judge::Health;
pub(crate) use judge::{Verdict, judge};
pub use threshold::Threshold;
pub(crate) use threshold::Thresholds;
