//! With which features the packages of a bench target are compiled, beside its call sites.

use std::collections::{BTreeMap, BTreeSet};

use super::StoredSites;

/// The features that are enabled of what is linked into a bench target, by package. A package without any is not named.
pub type PackageFeatures = BTreeMap<String, BTreeSet<String>>;

/// The committed sites of a bench target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BenchTargetSites {
    /// The sites, by benchmark.
    pub benchmarks: BTreeMap<String, StoredSites>,
    /// The features when sites were recorded last; none where they were not recorded.
    pub features: Option<PackageFeatures>,
}
