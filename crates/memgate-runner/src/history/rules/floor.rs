//! What is too little to speak of.

use memgate::protocol::{Metric, Unit};

use crate::compare::{Limit, Relative};

/// The smallest change of a metric that the rules speak of: more than 1 %, and more than 256 B where it counts bytes.
///
/// A series of exact values has no spread at all, and every change is infinitely many standard deviations. Without a floor, the
/// rules would report each of them.
#[must_use]
pub fn default_floor(metric: Metric) -> Limit {
    match metric.unit() {
        Unit::Bytes => Limit::DEFAULT_BYTES,
        Unit::Count => Limit { relative: Relative::percent(1), absolute: 0 },
    }
}
