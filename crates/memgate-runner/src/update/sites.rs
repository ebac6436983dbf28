//! Which call sites an update records, and what it writes of them.

use std::collections::BTreeMap;

use super::UpdatePlan;
use crate::model::{Baseline, BaselineKey, Baselines, Run};
use crate::sites::StoredSites;

/// The committed sites of a bench target, by benchmark.
pub type BenchTargetSites = BTreeMap<String, StoredSites>;

/// The sites of benchmarks, by their baselines and names.
pub type RecordedSites = BTreeMap<(BaselineKey, String), StoredSites>;

/// The benchmarks whose sites have to be recorded: those whose numbers change, which would no longer be what their sites
/// add up to, and those that have none. With `all`, every one that was measured.
///
/// The others keep their sites as they keep their numbers, so that the two stay of one piece.
#[must_use]
pub fn sites_to_record(
    plan: &UpdatePlan,
    before: &Baselines,
    committed: &BTreeMap<BaselineKey, BenchTargetSites>,
    runs: &[Run],
    all: bool,
) -> Vec<(BaselineKey, String)> {
    let mut wanted = Vec::new();
    for run in runs {
        for part in &run.bench_targets {
            let key = BaselineKey::new(&*run.target, &*part.package, &*part.bench_target);
            let Some(after) = plan.writes.get(&key).or_else(|| before.get(&key)) else { continue };
            let sites = committed.get(&key);
            for name in part.results.keys().filter(|name| after.benchmarks.contains_key(*name)) {
                let has_sites = sites.is_some_and(|sites| sites.contains_key(name));
                if all || !has_sites || is_changed(before.get(&key), after, name) {
                    wanted.push((key.clone(), name.clone()));
                }
            }
        }
    }
    wanted
}

fn is_changed(before: Option<&Baseline>, after: &Baseline, name: &str) -> bool {
    before.is_none_or(|before| {
        before.environment != after.environment || before.benchmarks.get(name) != after.benchmarks.get(name)
    })
}

/// The files of sites to write: what is gone is dropped, what was recorded is put in, and of what changed without being
/// recorded nothing is kept, since it would explain other numbers. An empty one is to be removed.
#[must_use]
pub fn sites_to_write(
    plan: &UpdatePlan,
    before: &Baselines,
    committed: &BTreeMap<BaselineKey, BenchTargetSites>,
    recorded: RecordedSites,
) -> BTreeMap<BaselineKey, BenchTargetSites> {
    let mut after_all: BTreeMap<BaselineKey, BenchTargetSites> = committed.clone();
    for (key, sites) in &mut after_all {
        let after = plan.writes.get(key).or_else(|| before.get(key));
        sites.retain(|name, _| {
            after.is_some_and(|after| {
                after.benchmarks.contains_key(name) && !is_changed(before.get(key), after, name)
            })
        });
    }
    for ((key, name), sites) in recorded {
        after_all.entry(key).or_default().insert(name, sites);
    }
    // Those of removed baselines go with them.
    after_all.retain(|key, sites| {
        !plan.removals.contains(key) && committed.get(key).map_or(!sites.is_empty(), |old| old != sites)
    });
    after_all
}
