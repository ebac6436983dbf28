//! Numbers of a report as people read them.

use memgate_protocol::Unit;
use memgate_protocol::units::{exact, human};

use crate::model::Observation;
use crate::report::{BenchmarkReport, MetricReport, Verdict};

/// What is shown where there is no value.
pub(super) const NOTHING: &str = "–";

/// A value, or the spread of values.
pub(super) fn value(metric: &MetricReport, observation: Option<&Observation>) -> String {
    observation.map_or_else(
        || NOTHING.to_owned(),
        |value| {
            let text = self::observation(value, metric.metric.unit());
            // The kernel's is never exact, not even where it was the same each time.
            if metric.metric.is_kernels() { format!("~ {text}") } else { text }
        },
    )
}

/// A value, or the spread of values, in a unit.
pub(super) fn observation(observation: &Observation, unit: Unit) -> String {
    match observation {
        Observation::Exact(value) => human(*value, unit),
        Observation::Noisy(spread) => {
            format!("{} … {}", human(spread.minimum, unit), human(spread.maximum, unit))
        }
    }
}

/// The change from base to head, by their middle values: `+1 (+0.83 %)`, `0 → 5`, or nothing.
pub(super) fn change(metric: &MetricReport) -> String {
    let (Some(base), Some(head)) = (&metric.base, &metric.head) else { return NOTHING.to_owned() };
    // Across environments, nobody can say what a difference is of.
    if metric.verdict == Verdict::Incomparable {
        return NOTHING.to_owned();
    }
    difference(base, head, metric.metric.unit())
}

/// The change between two values, by their middles.
pub(super) fn difference(base: &Observation, head: &Observation, unit: Unit) -> String {
    let change = exact_change(base.median(), head.median(), unit);
    if base.is_exact() && head.is_exact() { change } else { format!("median {change}") }
}

fn exact_change(base: i64, head: i64, unit: Unit) -> String {
    let difference = i128::from(head) - i128::from(base);
    if difference == 0 {
        return "±0".to_owned();
    }
    if base == 0 || head == 0 {
        return format!("{} → {}", human(base, unit), human(head, unit));
    }
    let sign = if difference > 0 { "+" } else { "" };
    let difference_text = exact(i64::try_from(difference).unwrap_or(i64::MAX), unit);
    format!("{sign}{difference_text} ({})", percent(base, difference))
}

/// `difference` as a part of `base`, with as many decimals as tell something.
fn percent(base: i64, difference: i128) -> String {
    let percent = difference as f64 / (base as f64).abs() * 100.0;
    match percent.abs() {
        size if size < 0.01 => format!("{percent:+.4} %"),
        size if size < 10.0 => format!("{percent:+.2} %"),
        size if size < 1_000.0 => format!("{percent:+.1} %"),
        _ => format!("× {:.1}", (base as f64 + difference as f64) / base as f64),
    }
}

/// What there is to say of a metric: `allocs regressed: 112 → 121, +9 (+8.04 %) (limit: any rise)`.
pub(crate) fn sentence(metric: &MetricReport) -> String {
    format!(
        "{} {}: {} → {}, {} (limit: {})",
        metric.metric,
        metric.verdict,
        value(metric, metric.base.as_ref()),
        value(metric, metric.head.as_ref()),
        change(metric),
        rule(metric),
    )
}

/// What the metric was compared with: its limit, or the budget that it exceeds.
pub(super) fn rule(metric: &MetricReport) -> String {
    let unit = metric.metric.unit();
    if let (Verdict::OverBudget, Some(budget)) = (metric.verdict, metric.budget) {
        return format!("budget {}", human(budget, unit));
    }
    if let (Verdict::Regressed, Some(budget), Some(limit), Some(head)) =
        (metric.verdict, metric.budget, metric.limit, &metric.head)
        && head.minimum() > budget
    {
        return format!("{}, and budget {}", limit.shown(unit), human(budget, unit));
    }
    if let (Verdict::Waived, Some(waiver)) = (metric.verdict, &metric.waiver) {
        return format!("waived up to {}", human(waiver.limit, unit));
    }
    if let (Verdict::Regressed, Some(waiver)) = (metric.verdict, &metric.waiver) {
        let why = if waiver.is_expired { "expired" } else { "exceeded" };
        return format!("waiver up to {} {why}", human(waiver.limit, unit));
    }
    let is_from_zero = metric.base.as_ref().is_some_and(|base| base.maximum() == 0);
    match metric.limit {
        None => NOTHING.to_owned(),
        Some(_) if is_from_zero && metric.verdict == Verdict::Regressed => "any rise from 0".to_owned(),
        Some(limit) => limit.shown(unit),
    }
}

/// Why a metric that is above its limit is waived; somebody's words.
pub(super) fn reason(metric: &MetricReport) -> Option<&str> {
    let waiver = metric.waiver.as_ref().filter(|_| metric.verdict == Verdict::Waived);
    waiver.map(|waiver| waiver.reason.as_str())
}

/// The metrics of a benchmark that are worth a row when only what changed is shown.
pub(super) fn changed(benchmark: &BenchmarkReport) -> impl Iterator<Item = &MetricReport> {
    benchmark.gated().filter(|metric| match metric.verdict {
        Verdict::Ok | Verdict::Failed | Verdict::Missing => false,
        // Of a benchmark that can't be compared, the numbers that are the same say nothing.
        Verdict::Incomparable => metric.base != metric.head,
        // A new benchmark has a table of its own; a metric that is newly gated is worth a word.
        Verdict::New => benchmark.metrics.iter().any(|metric| metric.base.is_some()),
        Verdict::Improved | Verdict::Waived | Verdict::Noisy | Verdict::OverBudget | Verdict::Regressed => {
            true
        }
    })
}

/// A text of at most `width` characters, with its middle left out where it is longer.
pub(crate) fn shorten_middle(text: &str, width: usize) -> String {
    let length = text.chars().count();
    if length <= width || width < 3 {
        return text.to_owned();
    }
    let (head, tail) = ((width - 1).div_ceil(2), (width - 1) / 2);
    let start: String = text.chars().take(head).collect();
    let end: String = text.chars().skip(length - tail).collect();
    format!("{start}…{end}")
}

/// A span of time.
pub(super) fn duration(milliseconds: u64) -> String {
    if milliseconds < 10_000 {
        format!("{:.1} s", milliseconds as f64 / 1_000.0)
    } else {
        format!("{} s", milliseconds / 1_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::MetricKey;

    fn metric(base: Vec<i64>, head: Vec<i64>) -> MetricReport {
        MetricReport {
            metric: MetricKey::steady(memgate_protocol::Metric::Allocs),
            verdict: Verdict::Ok,
            base: Observation::of(base),
            head: Observation::of(head),
            limit: None,
            budget: None,
            waiver: None,
        }
    }

    #[test]
    fn changes_are_exact_and_never_infinite() {
        let shown = |base, head| change(&metric(vec![base], vec![head]));
        assert_eq!(shown(120, 121), "+1 (+0.83 %)");
        assert_eq!(shown(121, 120), "-1 (-0.83 %)");
        assert_eq!(shown(0, 5), "0 → 5");
        assert_eq!(shown(5, 0), "5 → 0");
        assert_eq!(shown(7, 7), "±0");
        assert_eq!(shown(1_000_000, 1_000_001), "+1 (+0.0001 %)");
        assert_eq!(shown(2, 4_000), "+3,998 (× 2000.0)");
        assert_eq!(shown(-100, -50), "+50 (+50.0 %)");
        assert_eq!(change(&metric(vec![], vec![1])), "–");
        assert_eq!(change(&metric(vec![1, 2, 3], vec![4])), "median +2 (+100.0 %)");
    }

    #[test]
    fn long_texts_lose_their_middle() {
        assert_eq!(shorten_middle("abcdefghij", 5), "ab…ij");
        assert_eq!(shorten_middle("größe", 5), "größe");
    }
}
