//! Reviewed permissions to rise.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::model::MetricKey;

/// A reviewed permission for a metric to rise above its limit, up to a value, for a reason, for a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// A benchmark's id, or a glob over ids.
    pub benchmark: String,
    /// The metric.
    pub metric: MetricKey,
    /// The value up to which the metric may rise.
    pub limit: i64,
    /// Why.
    pub reason: String,
    /// The last day on which it holds; none means until it is removed.
    pub expires: Option<Date>,
}

impl Waiver {
    /// Whether it holds on a day: on the day of `expires` it still does.
    #[must_use]
    pub fn holds_on(&self, today: Date) -> bool {
        self.expires.is_none_or(|expires| today <= expires)
    }
}
