//! Benchmarks that are the same under another name, as far as that can be seen.

use serde::{Deserialize, Serialize};

use crate::model::BenchmarkId;

/// Missing benchmarks that look like new ones.
///
/// With one of each, the one looks renamed to the other. With more, nothing tells which is which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RenameReport {
    /// The target triple.
    pub target: String,
    /// Benchmarks that are in the baseline, and not in the run.
    pub from: Vec<BenchmarkId>,
    /// Benchmarks that are in the run, and not in the baseline.
    pub to: Vec<BenchmarkId>,
    /// What they have in common.
    pub by: RenameEvidence,
}

/// Why two benchmarks look like one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RenameEvidence {
    /// Their numbers are equal.
    Numbers,
    /// They allocate at the same call sites.
    Sites,
}

impl RenameReport {
    /// The old and the new name, when there is one of each.
    #[must_use]
    pub fn pair(&self) -> Option<(&BenchmarkId, &BenchmarkId)> {
        match (&*self.from, &*self.to) {
            ([from], [to]) => Some((from, to)),
            _ => None,
        }
    }
}

impl RenameEvidence {
    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Numbers => "equal numbers",
            Self::Sites => "the same call sites",
        }
    }
}
