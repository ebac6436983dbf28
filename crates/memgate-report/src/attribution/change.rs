//! What is said about a metric and its sites.

use serde::{Deserialize, Serialize};

use super::MovedPeak;
use crate::model::{MetricKey, Observation, Phase};
use crate::sites::Place;
use crate::text::{Noun, SITES};

const SMALLER_CHANGES: Noun =
    Noun("smaller change, left out of the report", "smaller changes, left out of the report");

/// The gated numbers of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GatedNumbers {
    /// The committed value; none when there is none.
    pub base: Option<i64>,
    /// The measured value.
    pub head: i64,
}

/// Which sites a metric changed at.
///
/// The deltas of all changes add up to the difference between the sums of the two sides' sites.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explanation {
    /// The metric.
    pub metric: MetricKey,
    /// What grew, the most first, then what shrank, the most first.
    pub changes: Vec<SiteChange>,
    /// In what the sites and the gated numbers are not the same thing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unexplained: Vec<Unexplained>,
    /// The moment of the peak, of `peak_bytes` and when it is another one than in base. Boxed, since it is rare.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peak: Option<Box<MovedPeak>>,
}

/// One change. Values are in the metric's unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteChange {
    /// What changed.
    pub subject: ChangeSubject,
    /// What the user's code called there, such as `Vec::push`; empty for what is no site.
    pub operation: String,
    /// Where. What is gone has a function and no line.
    pub place: Option<Place>,
    /// The functions of other packages between that and the allocation, innermost first; the first eight.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub through: Vec<Place>,
    /// What called it, outwards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub callers: Vec<Place>,
    /// The committed value; none for what is new.
    pub base: Option<i64>,
    /// The measured value; zero for what is gone.
    pub head: i64,
    /// By how much it rose. Never zero.
    pub delta: i64,
    /// How it changed.
    pub kind: ChangeKind,
    /// What else there is to know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<ChangeNote>,
}

/// What a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeSubject {
    /// A site.
    Site,
    /// Small sites, summed.
    OtherSites,
    /// Blocks from before the window that were freed or moved in it.
    OlderBlocks,
}

/// How something changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It is not in base.
    New,
    /// It has more than in base.
    Grew,
    /// It has less than in base.
    Shrank,
    /// It is not in head.
    Gone,
    /// It is in another function or under another name than in base, and has more or less.
    Moved,
}

/// Something to know about a change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ChangeNote {
    /// Several sites were compared as a sum; the place is that of the largest in head.
    Summed {
        /// How many there are in base.
        base_sites: u64,
        /// How many there are in head.
        head_sites: u64,
    },
    /// The function that it was in.
    WasIn {
        /// Its name, without generic arguments.
        function: String,
    },
    /// What was called there before.
    WasCalled {
        /// The operation.
        operation: String,
    },
    /// Small sites of head that are not told apart in the baseline.
    NotToldApart {
        /// How many there are in head.
        sites: u64,
    },
    /// More stacks than could be told apart were recorded in head, and the rest is in this row.
    BeyondLimit,
    /// The smaller changes of an explanation that is too long for a report, summed.
    LeftOut {
        /// How many there are.
        sites: u64,
    },
}

impl std::fmt::Display for ChangeNote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Summed { base_sites, head_sites } => {
                let sites = SITES.counted(*head_sites);
                write!(f, "the sum of {sites}, {base_sites} in the baseline; the largest is shown")
            }
            // No name has the mark that ends it; the file that it is from may be anybody's.
            Self::WasIn { function } => write!(f, "it was in `{}`", function.replace('`', "'")),
            Self::WasCalled { operation } => write!(f, "it was `{}`", operation.replace('`', "'")),
            Self::NotToldApart { sites: 1 } => {
                f.write_str("1 small call site, of which the baseline has only a sum")
            }
            Self::NotToldApart { sites } => {
                write!(f, "{sites} small call sites, of which the baseline has only a sum")
            }
            Self::BeyondLimit => {
                f.write_str("with what was allocated when no more stacks could be told apart")
            }
            Self::LeftOut { sites } => write!(f, "the sum of {}", SMALLER_CHANGES.counted(*sites)),
        }
    }
}

impl Explanation {
    /// With the committed and the measured value in view: sums that lie within the spread of a noisy value are no
    /// contradiction, and that it varies is said instead.
    #[must_use]
    pub fn within(mut self, base: Option<&Observation>, head: Option<&Observation>) -> Self {
        let is_within = |observation: Option<&Observation>, sites: i64| {
            observation
                .is_some_and(|observation| (observation.minimum()..=observation.maximum()).contains(&sites))
        };
        self.unexplained.retain(|reason| match reason {
            Unexplained::BaseDiffers { sites, .. } => !is_within(base, *sites),
            Unexplained::HeadDiffers { sites, .. } => !is_within(head, *sites),
            Unexplained::NoBaseSites
            | Unexplained::UnreadableBaseSites
            | Unexplained::NothingGrew
            | Unexplained::Varies => true,
        });
        let varies = |observation: Option<&Observation>| observation.is_some_and(|value| !value.is_exact());
        if varies(base) || varies(head) {
            self.unexplained.push(Unexplained::Varies);
        }
        self
    }

    /// With the word that base has sites, which can't be read, where it looks as if it had none. Those of the cold window it never has.
    #[must_use]
    pub fn with_unreadable_base(mut self) -> Self {
        if self.is_of_cold_window() {
            return self;
        }
        for reason in &mut self.unexplained {
            if *reason == Unexplained::NoBaseSites {
                *reason = Unexplained::UnreadableBaseSites;
            }
        }
        self
    }

    /// In what the sites and the gated numbers are not the same thing, in words.
    pub(crate) fn remarks(&self) -> impl Iterator<Item = String> + '_ {
        self.unexplained.iter().map(|reason| match reason {
            // Nothing records them.
            Unexplained::NoBaseSites if self.is_of_cold_window() => {
                "only steady windows' call sites are kept to compare with: the largest of this run are listed"
                    .to_owned()
            }
            _ => reason.to_string(),
        })
    }

    pub(crate) fn is_of_cold_window(&self) -> bool {
        self.metric.phase == Phase::Cold
    }

    /// Whether all sites of head are listed, since there are none of base to compare them with.
    #[must_use]
    pub fn lacks_base_sites(&self) -> bool {
        let lacks = |reason: &Unexplained| {
            matches!(reason, Unexplained::NoBaseSites | Unexplained::UnreadableBaseSites)
        };
        self.unexplained.iter().any(lacks)
    }
}

/// In what the sites and the gated numbers are not the same thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Unexplained {
    /// No sites are committed: all sites of head are listed, as if they were new.
    NoBaseSites,
    /// The committed sites can't be read: all sites of head are listed, as if they were new.
    UnreadableBaseSites,
    /// Nothing grew, and yet it is too much: all sites of head are listed.
    NothingGrew,
    /// The value is not the same in each window, and the sites are those of one.
    Varies,
    /// The committed sites do not add up to the committed value.
    BaseDiffers {
        /// The sum of the sites.
        sites: i64,
        /// The committed value.
        gated: i64,
    },
    /// The measured sites do not add up to the measured value.
    HeadDiffers {
        /// The sum of the sites.
        sites: i64,
        /// The measured value.
        gated: i64,
    },
}

impl std::fmt::Display for Unexplained {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoBaseSites => f.write_str(
                "the baseline has no call sites, which `update` records: the largest of this run are listed",
            ),
            Self::UnreadableBaseSites => {
                f.write_str("the baseline's call sites can't be read: the largest of this run are listed")
            }
            Self::Varies => f.write_str(
                "the value varies from window to window, and these call sites are those of one window",
            ),
            Self::NothingGrew => f.write_str("nothing grew: the largest call sites of this run are listed"),
            Self::BaseDiffers { sites, gated } => {
                write!(f, "the baseline's call sites add up to {sites}, and its value is {gated}")
            }
            Self::HeadDiffers { sites, gated } => {
                write!(f, "this run's call sites add up to {sites}, and the measured value is {gated}")
            }
        }
    }
}
