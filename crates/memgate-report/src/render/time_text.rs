//! Times as people read them.

use super::shown;
use crate::model::{BenchmarkTime, MeanTime, TimeChange};
use crate::report::{Report, TimeReport, Verdict};
use crate::text::span;

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
pub(super) fn timed(report: &Report) -> impl Iterator<Item = (&crate::report::BenchmarkReport, &TimeReport)> {
    report.benchmarks.iter().filter_map(|benchmark| Some((benchmark, benchmark.time.as_deref()?)))
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

/// What the time is compared with.
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
