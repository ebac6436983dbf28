//! The regressions, and how large each has to be.

use memgate_protocol::{Injection, Metric};

use crate::model::{BenchmarkId, MetricKey, Observation};
use crate::rules::{Limit, Policy};

/// A regression on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Regression {
    /// One more allocation.
    Allocs,
    /// A larger peak.
    PeakBytes,
    /// A block that is never freed.
    LeakedBytes,
    /// One more reallocation.
    Reallocs,
}

impl Regression {
    /// Every regression.
    pub const ALL: [Self; 4] = [Self::Allocs, Self::PeakBytes, Self::LeakedBytes, Self::Reallocs];

    /// What it is, for people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Allocs => "more allocations",
            Self::PeakBytes => "bytes of peak",
            Self::LeakedBytes => "leaked bytes in a block an iteration",
            Self::Reallocs => "more reallocs",
        }
    }

    /// The metric that has to notice it.
    #[must_use]
    pub fn metric(self) -> MetricKey {
        MetricKey::steady(match self {
            Self::Allocs => Metric::Allocs,
            Self::PeakBytes => Metric::PeakBytes,
            Self::LeakedBytes => Metric::LeakedBytes,
            Self::Reallocs => Metric::Reallocs,
        })
    }

    /// What to inject into a benchmark so that its metric has to be red; none when nothing gates the metric.
    ///
    /// It is the smallest that is: one call, one byte, or 257 bytes where 256 are allowed. Where limits are generous or
    /// values vary it is more.
    #[must_use]
    pub fn injection(self, id: &BenchmarkId, base: &Observation, policy: &Policy) -> Option<Injection> {
        let (_, rules) = policy.rules(id).into_iter().find(|(key, _)| *key == self.metric())?;
        let rise = match (rules.limit, rules.budget) {
            (None, None) => return None,
            (Some(limit), _) => smallest_rise(limit, base),
            (None, Some(budget)) => budget.saturating_sub(base.minimum()).saturating_add(1),
        };
        let rise = u64::try_from(rise).unwrap_or(1).max(1);
        Some(match self {
            Self::Allocs => Injection::Allocs(rise),
            Self::PeakBytes => Injection::PeakBytes(rise),
            Self::LeakedBytes => Injection::LeakedBytes(rise),
            Self::Reallocs => Injection::Reallocs(rise),
        })
    }
}

/// The smallest rise that takes even the lowest of the values above the limit of the highest, with the spread once more,
/// since the next values may be lower.
fn smallest_rise(limit: Limit, base: &Observation) -> i64 {
    let spread = base.maximum().saturating_sub(base.minimum());
    let (mut enough, mut too_little) = (1_i64, 0_i64);
    while !limit.is_exceeded(base.maximum(), base.maximum().saturating_add(enough)) && enough < i64::MAX / 2 {
        (too_little, enough) = (enough, enough * 2);
    }
    while enough - too_little > 1 {
        let middle = too_little + (enough - too_little) / 2;
        if limit.is_exceeded(base.maximum(), base.maximum().saturating_add(middle)) {
            enough = middle;
        } else {
            too_little = middle;
        }
    }
    enough.saturating_add(spread.saturating_mul(2))
}
