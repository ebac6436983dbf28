//! What a metric changed by, in a cell of a table: base, head and their difference in one unit.

use memgate_protocol::units::human;

use super::amounts::Scale;
use super::shown;
use crate::model::Observation;
use crate::report::{MetricReport, Verdict};

/// How much is said of each number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// `1.2 → 264.5 KiB (+263.3)`
    All,
    /// `264.5 KiB (+263.3)`
    HeadAndChange,
    /// `+263.3 KiB`
    Change,
    /// `1.2 → 264.5 KiB`
    Values,
}

/// A metric with base and head.
pub(super) fn cell(metric: &MetricReport, detail: Detail) -> String {
    let unit = metric.metric.unit();
    let (Some(base), Some(head)) = (&metric.base, &metric.head) else {
        return shown::value(metric, metric.head.as_ref());
    };
    let scale = Scale::of_change(base.median(), head.median(), unit);
    let suffix = scale.suffix();
    let value = |observation: &Observation| match observation {
        Observation::Exact(value) => scale.number(*value),
        Observation::Noisy(spread) => {
            format!("{}…{}", scale.number(spread.minimum), scale.number(spread.maximum))
        }
    };
    let values = format!("{} → {}{suffix}", value(base), value(head));
    if metric.verdict == Verdict::Incomparable || detail == Detail::Values {
        return values;
    }
    if let (Verdict::OverBudget, Some(budget)) = (metric.verdict, metric.budget) {
        return format!("{} > {}", human(head.maximum(), unit), human(budget, unit));
    }
    let change = head.median().saturating_sub(base.median());
    let is_exact = base.is_exact() && head.is_exact();
    let change = match change {
        0 => "±0".to_owned(),
        change if is_exact => scale.signed(change),
        change => format!("~{}", scale.signed(change)),
    };
    match detail {
        Detail::Values => values,
        Detail::All => format!("{values} ({change})"),
        Detail::HeadAndChange => format!("{}{suffix} ({change})", value(head)),
        Detail::Change => format!("{change}{suffix}"),
    }
}
