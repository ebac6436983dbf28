//! What a report means for the exit code.

use serde::{Deserialize, Serialize};

use super::{BenchmarkReport, NoticeKind, Report, Verdict};

/// What a report means as a whole; the most serious of what holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Everything that the baselines declare was measured, and nothing rose above its limit.
    Passed,
    /// Only with `--strict`: a baseline is stale.
    Stale,
    /// A benchmark or bench target is missing, can't be compared, or there is no baseline at all for this target.
    CoverageGap,
    /// Something rose above its limit or its budget.
    Regressed,
    /// Something could not be measured.
    Failed,
}

impl Outcome {
    /// The word for programs, as in report files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Stale => "stale",
            Self::CoverageGap => "coverage_gap",
            Self::Regressed => "regressed",
            Self::Failed => "failed",
        }
    }
}

/// What a report means as a whole.
#[must_use]
pub fn outcome(report: &Report) -> Outcome {
    let of_benchmark = |verdict: Verdict| match verdict {
        Verdict::Ok | Verdict::Waived | Verdict::Noisy => Outcome::Passed,
        Verdict::Improved | Verdict::New if report.strict => Outcome::Stale,
        Verdict::Improved | Verdict::New => Outcome::Passed,
        Verdict::Missing | Verdict::Incomparable => Outcome::CoverageGap,
        Verdict::Regressed | Verdict::OverBudget => Outcome::Regressed,
        Verdict::Failed => Outcome::Failed,
    };
    let of_notice = |kind: NoticeKind| match kind {
        kind if kind.is_gap() => Outcome::CoverageGap,
        NoticeKind::StaleSnapshot
        | NoticeKind::UnreadableFile
        | NoticeKind::StaleWaiver
        | NoticeKind::BecameNoisy
            if report.strict =>
        {
            Outcome::Stale
        }
        NoticeKind::StaleSnapshot
        | NoticeKind::UnreadableFile
        | NoticeKind::StaleWaiver
        | NoticeKind::ExpiredWaiver
        | NoticeKind::UnmatchedGlob
        | NoticeKind::ToleratedDifference
        | NoticeKind::LeftOut
        | NoticeKind::Shard
        | NoticeKind::NothingGated
        | NoticeKind::CustomWindow
        | NoticeKind::Threads
        | NoticeKind::OtherProcesses
        | NoticeKind::Revisions
        | NoticeKind::Since
        | NoticeKind::Times
        | NoticeKind::NoAcceptance
        | NoticeKind::BecameNoisy
        | NoticeKind::NoBaseline
        | NoticeKind::NoSavedTimes
        | NoticeKind::NotMeasured
        | NoticeKind::LostShard => Outcome::Passed,
    };
    // Of a benchmark that is waived or noisy as a whole, an update would write what else has changed.
    let is_stale = |benchmark: &BenchmarkReport| report.strict && benchmark.has_news();
    let benchmarks = report.benchmarks.iter().map(|benchmark| {
        of_benchmark(benchmark.verdict).max(if is_stale(benchmark) {
            Outcome::Stale
        } else {
            Outcome::Passed
        })
    });
    let notices = report.notices.iter().map(|notice| of_notice(notice.kind));
    let failed_target = report.targets.iter().any(|target| target.failure.is_some());
    let steeper = (report.steeper_series() > 0).then_some(Outcome::Regressed);
    benchmarks
        .chain(notices)
        .chain(steeper)
        .chain(failed_target.then_some(Outcome::Failed))
        .max()
        .unwrap_or(Outcome::Passed)
}
