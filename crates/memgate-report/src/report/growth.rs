//! Exponents as data.

use serde::{Deserialize, Serialize};

use crate::model::{BenchmarkId, MetricKey};
use crate::text::thousandths;

/// How the metrics of one series grow on one triple.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScalingReport {
    /// The target triple.
    pub target: String,
    /// What the ids of the series have in common: an id without its size.
    pub series: BenchmarkId,
    /// The sizes, ascending. With a baseline, those that it has too.
    pub sizes: Vec<u64>,
    /// The gated metrics that are not always zero, in the order of [`MetricKey::all`].
    pub metrics: Vec<ExponentReport>,
}

/// How one metric grows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExponentReport {
    /// The metric.
    pub metric: MetricKey,
    /// What the change amounts to.
    pub trend: Trend,
    /// Of the committed values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Exponent>,
    /// Of the measured values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<Exponent>,
    /// By how much the exponent rose. Its interval is narrower than those of base and head where both miss the line in the
    /// same way, as growing vectors do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rise: Option<Exponent>,
    /// Why an exponent is not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// An exponent or a rise of one, in thousandths, with the interval that has it with 95 % confidence.
///
/// # Example
/// ```
/// use memgate_report::report::Exponent;
/// assert_eq!(Exponent { thousandths: 1984, lower: 1900, upper: 2068 }.to_string(), "1.98");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exponent {
    /// The exponent.
    pub thousandths: i64,
    /// The lower end.
    pub lower: i64,
    /// The upper end.
    pub upper: i64,
}

/// What the change of an exponent amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trend {
    /// It stayed within the limit, or rose only because small inputs got cheaper.
    Same,
    /// It fell by more than the limit.
    Flatter,
    /// There is nothing to compare it with.
    New,
    /// It changed by more than the limit, and too few sizes say whether that is more than chance.
    Unclear,
    /// It rose by more than the limit.
    Steeper,
}

impl ScalingReport {
    /// The metrics that grow more steeply than they did.
    pub fn steeper(&self) -> impl Iterator<Item = &ExponentReport> {
        self.metrics.iter().filter(|metric| metric.trend == Trend::Steeper)
    }
}

impl ExponentReport {
    /// Such as `peak_bytes grows as n^1.98, was n^1.01`.
    #[must_use]
    pub fn sentence(&self) -> String {
        let power = |exponent: &Option<Exponent>| {
            exponent.map_or_else(|| "an unknown power of n".to_owned(), |exponent| format!("n^{exponent}"))
        };
        let was = self.base.map_or_else(String::new, |_| format!(", was {}", power(&self.base)));
        format!("{} grows as {}{was}", self.metric, power(&self.head))
    }
}

impl std::fmt::Display for Exponent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&thousandths(self.thousandths))
    }
}
