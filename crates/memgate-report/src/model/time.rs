//! Times of a benchmark, as criterion estimates them.

use serde::{Deserialize, Serialize};

/// A mean time of one iteration, with its confidence interval, in picoseconds: whole numbers, since reports are compared
/// and hashed, and fine enough for what takes less than a nanosecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeanTime {
    /// The mean.
    pub picoseconds: i64,
    /// The lower end of its confidence interval.
    pub lower: i64,
    /// The upper end.
    pub upper: i64,
}

/// The relative change of a mean time, with its confidence interval, in millionths of the saved mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeChange {
    /// The change: 1,000,000 means twice as long.
    pub millionths: i64,
    /// The lower end of its confidence interval.
    pub lower: i64,
    /// The upper end.
    pub upper: i64,
}

/// What criterion says of one benchmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BenchmarkTime {
    /// The mean that was measured.
    pub mean: MeanTime,
    /// The confidence level of the intervals, in per cent.
    pub confidence_percent: u32,
    /// The mean that is saved; none when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saved: Option<MeanTime>,
    /// The change from it. Criterion's own estimate, by bootstrap over both samples, which the two means don't give.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<TimeChange>,
}

/// The time of a benchmark, or why there is none.
pub type TakenTime = Result<BenchmarkTime, String>;
