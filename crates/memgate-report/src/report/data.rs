//! The report as data.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Acceptance, DependencyChange, RenameReport, ScalingReport, SitesReport, Verdict};
use crate::model::{
    BenchmarkId, BenchmarkTime, Environment, EnvironmentDifference, Failure, MetricKey, Observation, Shard,
};
use crate::rules::{ExponentLimit, Limit};

/// All that a comparison found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// The version of the tool.
    pub tool: String,
    /// Whether a stale baseline is an error.
    pub strict: bool,
    /// The bench targets, by triple.
    pub targets: Vec<TargetReport>,
    /// The benchmarks, in the order of their triples and ids.
    pub benchmarks: Vec<BenchmarkReport>,
    /// What else there is to say.
    pub notices: Vec<Notice>,
    /// What the change asks its reviewers to accept, when it was compared with the revision that it is based on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acceptance: Option<Box<Acceptance>>,
    /// How long it took; none for a report of runs that were measured elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timing: Option<Timing>,
    /// How far exponents may rise.
    #[serde(default, skip_serializing_if = "ExponentLimit::is_default")]
    pub exponent_limit: ExponentLimit,
    /// How metrics grow with the size of the input. It follows from the benchmarks, and is computed anew when a report is
    /// read or merged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scaling: Vec<ScalingReport>,
    /// The shards that this is made of, as long as they are not the whole. Once all are there, nothing tells them from an
    /// undivided run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shards: Vec<Shard>,
    /// The pull request that it was measured for; none when it was measured for none, or for several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull_request: Option<MeasuredPullRequest>,
    /// The packages of which base was built with other versions, as far as that is known; of a report in which nothing is red, none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<DependencyChange>,
    /// The missing benchmarks that look like new ones. What follows from the numbers is computed anew when a report is read or
    /// merged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub renames: Vec<RenameReport>,
}

/// The pull request that a workflow ran for, as its event says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasuredPullRequest {
    /// Its number.
    pub number: u64,
    /// The branch that it was to be merged into: what was measured is the merge with it.
    pub base_branch: String,
}

/// One bench target on one triple.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetReport {
    /// The target triple.
    pub target: String,
    /// The package's name.
    pub package: String,
    /// The bench target's name.
    pub bench_target: String,
    /// What it was measured in; none when it was not measured.
    pub environment: Option<Environment>,
    /// In what that differs from the baseline's environment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<EnvironmentDifference>,
    /// Why the whole target could not be measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

/// One benchmark on one triple.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BenchmarkReport {
    /// The target triple.
    pub target: String,
    /// The benchmark's id.
    pub id: BenchmarkId,
    /// The most serious verdict of its metrics.
    pub verdict: Verdict,
    /// Its metrics, in the order of [`MetricKey::all`].
    pub metrics: Vec<MetricReport>,
    /// How many processes measured it; zero when it was not measured.
    pub processes: u32,
    /// The largest number of threads that allocated or freed within one window.
    pub threads: u32,
    /// How far `peak_bytes` may be from the truth; zero means exact.
    pub peak_error_bytes: u64,
    /// Why it could not be measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// Its wall-clock time, when times were taken. Boxed, as below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Box<TimeReport>>,
    /// The call sites behind its red metrics. Boxed, since it is rare and large.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sites: Option<Box<SitesReport>>,
}

/// One metric of one benchmark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetricReport {
    /// The metric.
    pub metric: MetricKey,
    /// What the comparison says of it.
    pub verdict: Verdict,
    /// The committed value.
    pub base: Option<Observation>,
    /// The measured value.
    pub head: Option<Observation>,
    /// How far it may rise; none means that it is not gated.
    pub limit: Option<Limit>,
    /// What it may never exceed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<i64>,
    /// The waiver that was looked at, whether it helped or not. Boxed, since it is rare and large.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiver: Option<Box<AppliedWaiver>>,
}

/// The wall-clock time of one benchmark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeReport {
    /// What the comparison says of it: `ok`, `regressed` or `failed`; always `ok` without a limit.
    pub verdict: Verdict,
    /// What criterion measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<BenchmarkTime>,
    /// Why there is no time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// How far it may rise, in picoseconds; none means that it is only shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
}

/// A waiver that was looked at for a metric above its limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppliedWaiver {
    /// The value up to which the metric may rise.
    pub limit: i64,
    /// Why.
    pub reason: String,
    /// The last day on which it holds.
    pub expires: Option<Date>,
    /// Whether that day is over.
    pub is_expired: bool,
}

/// Something to say besides the verdicts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// What it is about.
    pub kind: NoticeKind,
    /// One sentence for people.
    pub text: String,
}

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// There is no baseline at all for a target triple.
    NoBaseline,
    /// A waiver is no longer needed.
    StaleWaiver,
    /// A waiver has expired.
    ExpiredWaiver,
    /// A glob in the configuration matches no benchmark.
    UnmatchedGlob,
    /// Environments differ, in a way that the configuration tolerates.
    ToleratedDifference,
    /// A bench target was left out, as it should be.
    LeftOut,
    /// A bench target uses memgate and was not measured.
    NotMeasured,
    /// A value that was exact in the baseline is not any more, and reaches above its limit.
    BecameNoisy,
    /// The report is of one shard alone.
    Shard,
    /// Shards were put together, and one is not there.
    LostShard,
    /// Every limit is off.
    NothingGated,
    /// Windows are around more than the routine.
    CustomWindow,
    /// Several threads allocate within one window.
    Threads,
    /// Benchmarks start other processes, of which nothing is counted.
    OtherProcesses,
    /// Something about times that only informs.
    Times,
    /// What the change asks its reviewers to accept can't be shown.
    NoAcceptance,
    /// Times are limited, and there are no saved ones to compare them with.
    NoSavedTimes,
    /// Base is no committed baseline but another revision; which, and how both were built.
    Revisions,
    /// The report is of what has changed since a revision; which, and what was red there already.
    Since,
    /// The committed numbers of tests have some of tests that are gone.
    StaleSnapshot,
    /// A committed file that no verdict depends on can't be read.
    UnreadableFile,
}

impl NoticeKind {
    /// Whether it asks for something to be done.
    #[must_use]
    pub fn is_warning(self) -> bool {
        match self {
            Self::LeftOut
            | Self::Shard
            | Self::ToleratedDifference
            | Self::CustomWindow
            | Self::Threads
            | Self::OtherProcesses
            | Self::Revisions
            | Self::Since
            | Self::Times => false,
            Self::NoBaseline
            | Self::NoSavedTimes
            | Self::NoAcceptance
            | Self::LostShard
            | Self::NotMeasured
            | Self::NothingGated
            | Self::StaleSnapshot
            | Self::StaleWaiver
            | Self::ExpiredWaiver
            | Self::UnmatchedGlob
            | Self::UnreadableFile
            | Self::BecameNoisy => true,
        }
    }

    /// Whether something was not measured or not compared that should have been.
    #[must_use]
    pub fn is_gap(self) -> bool {
        matches!(self, Self::NoBaseline | Self::NoSavedTimes | Self::NotMeasured | Self::LostShard)
    }

    /// What a line about it begins with on a terminal.
    #[must_use]
    pub fn word(self) -> &'static str {
        if self.is_warning() { "warning" } else { "note" }
    }
}

/// How long it took, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timing {
    /// Building.
    pub build_ms: u64,
    /// Measuring.
    pub measure_ms: u64,
}

impl Report {
    /// How many benchmarks have each verdict, the most serious first; verdicts that none has are left out.
    #[must_use]
    pub fn counts(&self) -> Vec<(Verdict, usize)> {
        let count = |verdict| self.benchmarks.iter().filter(|report| report.verdict == verdict).count();
        Verdict::WORST_FIRST
            .into_iter()
            .map(|verdict| (verdict, count(verdict)))
            .filter(|(_, count)| *count > 0)
            .collect()
    }

    /// Whether the benchmarks are of more than one triple. They are in the order of their triples.
    #[must_use]
    pub fn has_several_triples(&self) -> bool {
        self.benchmarks.windows(2).any(|pair| pair[0].target != pair[1].target)
    }

    /// How many series have a metric whose exponent is above its limit, when that is a regression.
    #[must_use]
    pub fn steeper_series(&self) -> usize {
        let is_steeper = |series: &&ScalingReport| series.steeper().next().is_some();
        self.scaling.iter().filter(is_steeper).count()
    }

    /// Whether there is a notice of a kind.
    #[must_use]
    pub fn has_notice(&self, kind: NoticeKind) -> bool {
        self.notices.iter().any(|notice| notice.kind == kind)
    }
}

impl BenchmarkReport {
    /// The metrics that are above what is allowed.
    pub fn red(&self) -> impl Iterator<Item = &MetricReport> {
        self.metrics
            .iter()
            .filter(|metric| matches!(metric.verdict, Verdict::Regressed | Verdict::OverBudget))
    }

    /// Whether an update would write something that is new or improved, whatever the benchmark as a whole is.
    #[must_use]
    pub fn has_news(&self) -> bool {
        let verdicts = self.metrics.iter().map(|metric| metric.verdict).chain([self.verdict]);
        verdicts.into_iter().any(|verdict| matches!(verdict, Verdict::Improved | Verdict::New))
    }

    /// The metrics that decide the verdict, or that are worth showing beside it.
    pub fn gated(&self) -> impl Iterator<Item = &MetricReport> {
        self.metrics.iter().filter(|metric| metric.is_gated())
    }
}

impl MetricReport {
    /// Whether the metric takes part in the verdict.
    #[must_use]
    pub fn is_gated(&self) -> bool {
        self.limit.is_some() || self.budget.is_some()
    }
}
