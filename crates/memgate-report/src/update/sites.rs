//! Which call sites an update records, and what it writes of them.

use std::collections::BTreeMap;

use memgate_protocol::Metric;

use super::UpdatePlan;
use crate::model::{Baseline, BaselineKey, Baselines, MetricKey, Run};
use crate::rules::Limit;
use crate::sites::{BenchTargetSites, PackageFeatures, StoredSites};

/// The sites of benchmarks, by their baselines and names.
pub type RecordedSites = BTreeMap<(BaselineKey, String), StoredSites>;

/// The benchmarks whose sites have to be recorded: those whose numbers change, which would no longer be what their sites
/// add up to, those that have none, and those of which an update that was killed has written the numbers and not the sites.
/// With `all`, every one that was measured.
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
                let has_sites = sites
                    .and_then(|sites| sites.benchmarks.get(name))
                    .is_some_and(|sites| adds_up(sites, after, name));
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

/// Whether sites are those of the committed numbers, as far as those are the same in every run. Numbers that changed by too little
/// to speak of were kept, and their sites are those of what was measured.
fn adds_up(sites: &StoredSites, baseline: &Baseline, name: &str) -> bool {
    let total = sites.total();
    [Metric::Allocs, Metric::TotalBytes].into_iter().all(|metric| {
        let committed =
            baseline.benchmarks.get(name).and_then(|metrics| metrics.get(MetricKey::steady(metric)));
        let (limit, measured) = (Limit::floor_of(metric), total.get(metric));
        committed.is_none_or(|value| {
            let committed = value.minimum();
            let is_another = limit.is_exceeded(committed, measured) || limit.is_undercut(committed, measured);
            !value.is_exact() || !is_another
        })
    })
}

/// The files of sites to write: what is gone is dropped, what was recorded is put in, and of what changed without being
/// recorded nothing is kept, since it would explain other numbers. An empty one is to be removed. `features` are those with which
/// what was recorded is built.
#[must_use]
pub fn sites_to_write(
    plan: &UpdatePlan,
    before: &Baselines,
    committed: &BTreeMap<BaselineKey, BenchTargetSites>,
    recorded: RecordedSites,
    features: &BTreeMap<BaselineKey, PackageFeatures>,
    all: bool,
) -> BTreeMap<BaselineKey, BenchTargetSites> {
    let mut after_all: BTreeMap<BaselineKey, BenchTargetSites> = committed.clone();
    for (key, sites) in &mut after_all {
        let after = plan.writes.get(key).or_else(|| before.get(key));
        sites.benchmarks.retain(|name, _| {
            after.is_some_and(|after| {
                after.benchmarks.contains_key(name) && !is_changed(before.get(key), after, name)
            })
        });
    }
    for ((key, name), sites) in recorded {
        // Of numbers that stay, sites of other numbers are no better than those that are there.
        let stays = after_all.get(&key).is_some_and(|there| there.benchmarks.contains_key(&name));
        let baseline = plan.writes.get(&key).or_else(|| before.get(&key));
        if !all && stays && !baseline.is_some_and(|baseline| adds_up(&sites, baseline, &name)) {
            continue;
        }
        let features = features.get(&key).cloned();
        let after = after_all.entry(key).or_default();
        after.benchmarks.insert(name, sites);
        after.features = features;
    }
    // Those of removed baselines go with them.
    after_all.retain(|key, sites| {
        !plan.removals.contains(key)
            && committed.get(key).map_or(!sites.benchmarks.is_empty(), |old| old != sites)
    });
    after_all
}
