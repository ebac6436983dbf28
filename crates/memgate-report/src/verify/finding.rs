//! What a verification found.

use crate::model::BenchmarkId;

/// Which second opinion our numbers are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Second {
    /// `count` itself, in another process of another build.
    Count,
    /// The sums of our engine `sites`.
    Sites,
    /// The crate stats_alloc.
    StatsAlloc,
    /// The crate dhat.
    Dhat,
    /// The crate dhat against our engine `sites`, function by function.
    DhatSites,
}

impl Second {
    /// Every second opinion.
    pub const ALL: [Self; 5] = [Self::Count, Self::Sites, Self::StatsAlloc, Self::Dhat, Self::DhatSites];

    /// The name for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Count => "count, again",
            Self::Sites => "sites",
            Self::StatsAlloc => "stats_alloc",
            Self::Dhat => "dhat",
            Self::DhatSites => "dhat, by site",
        }
    }
}

/// What came of one comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// All numbers that both have are the same.
    Agrees,
    /// The numbers that both can see are the same; the second can't see blocks that are older than the window, and the
    /// routine freed or moved some.
    AgreesWithin {
        /// How many bytes of older blocks the routine freed or moved.
        older_bytes: i64,
    },
    /// The numbers vary from window to window or from process to process, so that there is nothing to compare with.
    Varies,
    /// The second can't measure this.
    NotMeasured(String),
    /// The numbers differ.
    Differs(Vec<String>),
}

/// One comparison of one benchmark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// With whom.
    pub second: Second,
    /// What came of it.
    pub finding: Finding,
}

/// What was found of one benchmark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// The benchmark.
    pub id: BenchmarkId,
    /// The comparisons.
    pub checks: Vec<Check>,
}

impl Verification {
    /// Whether a second opinion differs.
    #[must_use]
    pub fn has_difference(&self) -> bool {
        self.checks.iter().any(|check| matches!(check.finding, Finding::Differs(_)))
    }

    /// The benchmark was found to vary by itself, so that no difference says anything.
    pub fn varies(&mut self) {
        for check in &mut self.checks {
            if matches!(check.finding, Finding::Differs(_)) {
                check.finding = Finding::Varies;
            }
        }
    }
}
