//! The call sites that are committed beside baselines.

use std::collections::{BTreeMap, HashMap};

use memgate_report::model::{BaselineKey, BenchmarkId};
use memgate_report::sites::{BenchTargetSites, PackageFeatures, StoredSites};

use crate::store::BaselineStore;

/// Committed sites, bench target by bench target, each file read once.
pub(crate) struct CommittedSites<'a> {
    store: Option<&'a BaselineStore>,
    read: HashMap<BaselineKey, Result<BenchTargetSites, String>>,
}

impl<'a> CommittedSites<'a> {
    pub(crate) fn new(store: &'a BaselineStore) -> Self {
        Self { store: Some(store), read: HashMap::new() }
    }

    /// Sites that were recorded of another revision, and are committed nowhere.
    pub(crate) fn recorded(sites: BTreeMap<BaselineKey, BenchTargetSites>) -> Self {
        let read = sites.into_iter().map(|(key, sites)| (key, Ok(sites)));
        Self { store: None, read: read.collect() }
    }

    /// The committed sites of a benchmark, or why they can't be read.
    pub(crate) fn of(&mut self, target: &str, id: &BenchmarkId) -> Result<Option<&StoredSites>, String> {
        self.of_target(target, id).map(|sites| sites.benchmarks.get(&id.name))
    }

    /// The features with which base was built, as far as they were recorded.
    pub(crate) fn features(&mut self, target: &str, id: &BenchmarkId) -> Option<&PackageFeatures> {
        self.of_target(target, id).ok()?.features.as_ref()
    }

    fn of_target(&mut self, target: &str, id: &BenchmarkId) -> Result<&BenchTargetSites, String> {
        let key = BaselineKey::new(target, &*id.package, &*id.bench_target);
        let store = self.store;
        let read = self.read.entry(key).or_insert_with_key(|key| match store {
            Some(store) => store.load_sites(key).map_err(|error| error.to_string()),
            None => Ok(BenchTargetSites::default()),
        });
        read.as_ref().map_err(Clone::clone)
    }
}
