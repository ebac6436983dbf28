//! Baselines: the committed numbers that a run is compared with.

use std::collections::BTreeMap;

use super::{Environment, MetricMap};

/// The committed numbers of one bench target on one target triple.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    /// What the numbers were measured in.
    pub environment: Environment,
    /// The numbers, by benchmark name within the bench target.
    pub benchmarks: BTreeMap<String, MetricMap>,
}

/// What a baseline is about: a bench target on a target triple.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BaselineKey {
    /// The target triple.
    pub target: String,
    /// The package's name.
    pub package: String,
    /// The bench target's name.
    pub bench_target: String,
}

/// Every baseline of a repository.
pub type Baselines = BTreeMap<BaselineKey, Baseline>;

impl BaselineKey {
    /// A key of its parts.
    #[must_use]
    pub fn new(
        target: impl Into<String>,
        package: impl Into<String>,
        bench_target: impl Into<String>,
    ) -> Self {
        Self { target: target.into(), package: package.into(), bench_target: bench_target.into() }
    }
}
