//! What is said about the causes of what is red.

use crate::attribution::MovedPeak;
use crate::model::MetricKey;
use crate::report::DependencyChange;
use crate::sites::Place;

/// The causes of all that is red in one report. Benchmarks are indices into the report's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Causes {
    /// The metrics above what is allowed, of benchmarks whose call sites were looked for or should have been.
    pub red: usize,
    /// How many benchmarks they are of.
    pub benchmarks: usize,
    /// In how many of them a cause has a part.
    pub explained: usize,
    /// The causes, what explains most first.
    pub causes: Vec<Cause>,
    /// The metrics in which no cause has a part, by why.
    pub not_explained: Vec<NotExplained>,
    /// The metrics whose call sites do not add up to what they changed by.
    pub contradictions: Vec<Contradiction>,
    /// The metrics whose values vary: their call sites are those of one window.
    pub varying: Vec<RedMetric>,
    /// Peaks that are at another moment than in base, those of most benchmarks first.
    pub moved_peaks: Vec<MovedPeakOf>,
    /// The packages whose versions changed and that a change goes through.
    pub dependencies: Vec<DependencyChange>,
    /// What is missing in the call sites, such as debug information, and in how many benchmarks.
    pub notes: Vec<(String, usize)>,
}

/// One change of the code, in every benchmark that it shows in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// What the user's code called there, such as `Vec::push`.
    pub operation: String,
    /// Where: of several call sites, the one that explains most.
    pub place: Option<Place>,
    /// The innermost function of another package between that and the allocation.
    pub through: Option<Place>,
    /// What called it, outwards, as far as it is the same everywhere.
    pub callers: Vec<Place>,
    /// How it changed.
    pub kind: CauseKind,
    /// The package that it goes through and whose version changed.
    pub dependency: Option<DependencyChange>,
    /// How many call sites have more than in base; the one that is shown is one of them.
    pub sites: usize,
    /// What has less and is counted in, where it is half of what has more or above: code that moved, and not all of it is new.
    pub shrank_within: Option<Shrunk>,
    /// What has less elsewhere, where it is half of the cause or above: perhaps the other half of one change.
    pub shrank_elsewhere: Option<Shrunk>,
    /// What it did to each metric.
    pub effects: Vec<Effect>,
    /// The benchmarks in which it made a metric rise, in the order of the report.
    pub benchmarks: Vec<usize>,
    /// In how many red metrics it has a part.
    pub red: usize,
    /// Which part of all that is red it explains: each red metric weighs the same, whatever its unit.
    pub share_thousandths: u64,
}

/// Call sites that have less than in base, in sum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shrunk {
    /// What the user's code called at the largest of them.
    pub operation: String,
    /// Where; of what is gone, without a line.
    pub place: Option<Place>,
    /// The innermost function of another package between that and the allocation.
    pub through: Option<Place>,
    /// How many there are.
    pub sites: usize,
    /// How much less it is of each metric.
    pub effects: Vec<Effect>,
}

/// How the code changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CauseKind {
    /// It is not in base.
    New,
    /// It has more than in base.
    Grew,
    /// It stands for what is not there any more in the same function.
    Replaced {
        /// The operations that were called there instead, each once.
        operations: Vec<String>,
    },
    /// It was in another function.
    Moved {
        /// Its name, without generic arguments.
        function: String,
    },
    /// Nothing is known of base: this is what head allocates.
    Listed,
}

/// What a cause did to one metric, from the benchmark with the smallest change to that with the largest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    /// The metric.
    pub metric: MetricKey,
    /// The smallest change.
    pub lowest: i64,
    /// The largest change.
    pub highest: i64,
}

/// A metric of a benchmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RedMetric {
    /// The index of the benchmark in the report.
    pub benchmark: usize,
    /// The metric.
    pub metric: MetricKey,
}

/// Metrics in which no cause has a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotExplained {
    /// Why.
    pub reason: Reason,
    /// Which.
    pub metrics: Vec<RedMetric>,
    /// Where all call sites of head are listed for want of better: the largest.
    pub sites: Vec<Cause>,
}

/// Why a metric is not explained.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Its call sites were not recorded, or the file that it was read from does not have them.
    NotRecorded,
    /// Recording them went wrong.
    Failed(String),
    /// It is a figure of the kernel's, which is of no call site.
    Kernels,
    /// The baseline has no call sites.
    NoBaseSites,
    /// It is of the cold window, of which baselines have no call sites.
    ColdWindow,
    /// The call sites of the baseline can't be read.
    UnreadableBaseSites,
    /// Nothing grew, and yet it is above its budget.
    NothingGrew,
    /// What grew are small sites, which the baseline has only as a sum.
    SmallSites,
    /// What grew are blocks from before the window.
    OlderBlocks,
    /// No site has more than in base.
    NoSiteGrew,
    /// The value varies, and in the one window whose call sites were recorded none has more than in base.
    Varies,
}

/// A metric whose call sites do not add up to what it changed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// Which.
    pub red: RedMetric,
    /// By how much it changed.
    pub rise: i64,
    /// By how much its call sites changed in sum.
    pub sites: i64,
}

/// A peak that is at another moment than in base, in the benchmarks in which the same call sites are live then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedPeakOf {
    /// What is live at both moments, in the first of the benchmarks.
    pub peak: MovedPeak,
    /// The benchmarks, in the order of the report.
    pub benchmarks: Vec<usize>,
}

impl Causes {
    /// Whether there is nothing to say: nothing is red, or nobody asked why.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.red == 0
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotRecorded => f.write_str("the call sites were not recorded"),
            Self::Failed(problem) => write!(f, "the call sites could not be recorded: {problem}"),
            Self::Kernels => f.write_str("it is the kernel's figure, which is of no call site"),
            Self::NoBaseSites => {
                f.write_str("the baseline has no call sites to compare with; `update` writes them")
            }
            Self::ColdWindow => f.write_str("only steady windows' call sites are committed"),
            Self::UnreadableBaseSites => f.write_str("the baseline's call sites can't be read"),
            Self::NothingGrew => f.write_str("nothing grew, and it is above its budget"),
            Self::SmallSites => {
                f.write_str("what grew are small call sites, which the baseline has only as a sum")
            }
            Self::OlderBlocks => {
                f.write_str("what grew are blocks from before the window, of which fewer were freed in it")
            }
            Self::NoSiteGrew => f.write_str("no call site has more than in the baseline"),
            Self::Varies => f.write_str(
                "the number varies, and in the window whose call sites were recorded none has more than in the baseline",
            ),
        }
    }
}
