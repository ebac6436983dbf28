//! Times as people read them.

use super::{Report, TimeReport, shown};
use crate::compare::Verdict;
use crate::model::{BenchmarkTime, MeanTime, TimeChange};

/// Which way a time went, as far as its confidence interval says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trend {
    /// There is no time.
    Failed,
    /// Above its limit.
    Regressed,
    /// There is no saved time.
    New,
    Slower,
    Faster,
    Same,
}

/// A change below this is noise, as criterion has it by default, in millionths.
const NOISE: i64 = 20_000;

impl Trend {
    pub(super) fn of(report: &TimeReport) -> Self {
        let Some(time) = &report.time else { return Self::Failed };
        match time.change {
            _ if report.verdict == Verdict::Regressed => Self::Regressed,
            None => Self::New,
            Some(change) if change.lower > NOISE => Self::Slower,
            Some(change) if change.upper < -NOISE => Self::Faster,
            Some(_) => Self::Same,
        }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Regressed => "regressed",
            Self::New => "new",
            Self::Slower => "slower",
            Self::Faster => "faster",
            Self::Same => "same",
        }
    }
}

/// The benchmarks of a report whose times were taken.
pub(super) fn timed(report: &Report) -> impl Iterator<Item = (&super::BenchmarkReport, &TimeReport)> {
    report.benchmarks.iter().filter_map(|benchmark| Some((benchmark, benchmark.time.as_deref()?)))
}

/// A span of time with four digits: `12.35 µs`.
pub(crate) fn span(picoseconds: i64) -> String {
    const UNITS: [(&str, f64); 5] = [("ps", 1.0), ("ns", 1e3), ("µs", 1e6), ("ms", 1e9), ("s", 1e12)];
    let value = picoseconds as f64;
    let fits = |&&(_, size): &&(&str, f64)| value.abs() >= size;
    let (unit, size) = UNITS.iter().rev().find(fits).copied().unwrap_or(UNITS[0]);
    let value = value / size;
    match value.abs() {
        _ if size <= 1.0 => format!("{value:.0} {unit}"),
        large if large >= 1_000.0 => format!("{value:.0} {unit}"),
        large if large >= 100.0 => format!("{value:.1} {unit}"),
        large if large >= 10.0 => format!("{value:.2} {unit}"),
        _ => format!("{value:.3} {unit}"),
    }
}

/// `12.35 µs [12.01 µs … 12.70 µs]`
pub(super) fn mean(mean: &MeanTime) -> String {
    format!("{} [{} … {}]", span(mean.picoseconds), span(mean.lower), span(mean.upper))
}

/// `+1.2 % [-0.3 … +2.6]`
pub(super) fn change(time: &BenchmarkTime) -> String {
    let percent = |millionths: i64| millionths as f64 / 10_000.0;
    match time.change {
        None => shown::NOTHING.to_owned(),
        Some(TimeChange { millionths, lower, upper }) => {
            format!("{:+.1} % [{:+.1} … {:+.1}]", percent(millionths), percent(lower), percent(upper))
        }
    }
}

/// What the time is held against.
pub(super) fn limit(report: &TimeReport) -> String {
    match report.limit {
        None => "none".to_owned(),
        Some(limit) => limit.shown_with(span),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_four_digits_and_the_largest_unit_that_fits() {
        let spans = [0, 7, 999, 1_234, 12_345, 123_456, 12_345_678, 1_234_567_890, 2_500_000_000_000];
        assert_eq!(
            spans.map(span),
            ["0 ps", "7 ps", "999 ps", "1.234 ns", "12.35 ns", "123.5 ns", "12.35 µs", "1.235 ms", "2.500 s"]
        );
    }

    #[test]
    fn a_trend_needs_its_whole_interval_beyond_noise() {
        let time = |lower, upper| {
            let mean = MeanTime { picoseconds: 1, lower: 1, upper: 1 };
            let change = TimeChange { millionths: (lower + upper) / 2, lower, upper };
            let time =
                BenchmarkTime { mean, confidence_percent: 95, saved: Some(mean), change: Some(change) };
            TimeReport { verdict: Verdict::Ok, time: Some(time), problem: None, limit: None }
        };
        assert_eq!(Trend::of(&time(10_000, 900_000)), Trend::Same);
        assert_eq!(Trend::of(&time(20_001, 900_000)), Trend::Slower);
        assert_eq!(Trend::of(&time(-900_000, -20_001)), Trend::Faster);
        assert_eq!(change(time(-3_000, 26_000).time.as_ref().unwrap()), "+1.1 % [-0.3 … +2.6]");
    }
}
