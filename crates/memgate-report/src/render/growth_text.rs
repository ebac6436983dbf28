//! Growth in words, for every rendering.

use crate::report::Report;

use crate::report::{Exponent, ExponentReport, ScalingReport, Trend};
use crate::text::thousandths;

/// Every metric that grows more steeply than it did, with its series.
pub(super) fn steeper(report: &Report) -> impl Iterator<Item = (&ScalingReport, &ExponentReport)> {
    report.scaling.iter().flat_map(|series| series.steeper().map(move |metric| (series, metric)))
}

/// Such as `95 % within 1.90 … 2.07; limit: 0.10 more`.
pub(super) fn evidence(report: &Report, metric: &ExponentReport) -> String {
    let rise = metric.rise.as_ref().map_or_else(String::new, |rise| {
        format!("a rise of {rise}, with 95 % confidence of {}", interval(rise))
    });
    let limit = report.exponent_limit.thousandths();
    let limit = limit.map_or_else(String::new, |limit| format!("; the limit is {}", thousandths(limit)));
    rise + &limit
}

/// Such as `1.90 … 2.07`.
pub(super) fn interval(exponent: &Exponent) -> String {
    format!("{} … {}", thousandths(exponent.lower), thousandths(exponent.upper))
}

/// Such as `1.98 (1.90 … 2.07)`, or nothing's sign.
pub(super) fn exponent(exponent: Option<&Exponent>) -> String {
    exponent.map_or_else(
        || super::shown::NOTHING.to_owned(),
        |exponent| format!("{exponent} ({})", interval(exponent)),
    )
}

/// Such as `1000 … 100000 (3 sizes)`.
pub(super) fn sizes(series: &ScalingReport) -> String {
    match (series.sizes.first(), series.sizes.last()) {
        (Some(first), Some(last)) => format!("{first} … {last} ({} sizes)", series.sizes.len()),
        _ => super::shown::NOTHING.to_owned(),
    }
}

/// A trend in one word.
pub(super) fn word(trend: Trend) -> &'static str {
    match trend {
        Trend::Same => "same",
        Trend::Flatter => "flatter",
        Trend::New => "new",
        Trend::Unclear => "unclear",
        Trend::Steeper => "steeper",
    }
}
