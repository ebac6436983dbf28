//! What a comparison says.

use serde::{Deserialize, Serialize};

/// What the comparison says of one metric, or of one benchmark. Ordered by seriousness: a benchmark has the most
/// serious verdict of its metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Within its limit.
    Ok,
    /// Fell by more than its limit; the baseline is stale.
    Improved,
    /// Has no baseline yet.
    New,
    /// Above its limit, and a waiver allows it.
    Waived,
    /// Its spread reaches above the limit and also below it: inconclusive.
    Noisy,
    /// In the baseline, and not in the run.
    Missing,
    /// Base and head were measured in environments that differ in what decides numbers.
    Incomparable,
    /// Above its budget.
    OverBudget,
    /// Above its limit.
    Regressed,
    /// Could not be measured.
    Failed,
}

impl Verdict {
    /// Every verdict, the most serious first.
    pub const WORST_FIRST: [Self; 10] = [
        Self::Failed,
        Self::Regressed,
        Self::OverBudget,
        Self::Incomparable,
        Self::Missing,
        Self::Noisy,
        Self::Waived,
        Self::New,
        Self::Improved,
        Self::Ok,
    ];

    /// The word for people.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Improved => "improved",
            Self::New => "new",
            Self::Waived => "waived",
            Self::Noisy => "noisy",
            Self::Missing => "missing",
            Self::Incomparable => "incomparable",
            Self::OverBudget => "over budget",
            Self::Regressed => "regressed",
            Self::Failed => "failed",
        }
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.word())
    }
}
