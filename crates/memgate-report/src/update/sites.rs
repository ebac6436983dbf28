//! Which call sites an update records, and what it writes of them.

use std::collections::BTreeMap;

use memgate_protocol::Metric;

use super::UpdatePlan;
use crate::model::{Baseline, BaselineKey, Baselines, BenchmarkResult, MetricKey, MetricMap, Phase, Run};
use crate::rules::Limit;
use crate::sites::{BenchTargetSites, PackageFeatures, StoredSites};

/// The sites of benchmarks, by their baselines and names.
pub type RecordedSites = BTreeMap<(BaselineKey, String), StoredSites>;

/// The benchmarks whose sites an update has to record, and those that get none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SitesToRecord {
    /// Those whose sites have to be recorded.
    pub wanted: Vec<(BaselineKey, String)>,
    /// Those that have none and get none: within its limits, what was measured is not what is committed, and stays uncommitted. Sites
    /// of other numbers than those beside them would explain nothing.
    pub left_out: Vec<(BaselineKey, String)>,
}

/// The benchmarks whose sites have to be recorded: those whose numbers change, which would no longer be what their sites
/// add up to, those that have none, and those of which an update that was killed has written the numbers and not the sites.
/// With `all`, every one that was measured.
///
/// The others keep their sites as they keep their numbers, so that the two stay of one piece. So sites are recorded only where what was
/// measured is what is committed afterwards.
#[must_use]
pub fn sites_to_record(
    plan: &UpdatePlan,
    before: &Baselines,
    committed: &BTreeMap<BaselineKey, BenchTargetSites>,
    runs: &[Run],
    all: bool,
) -> SitesToRecord {
    let mut found = SitesToRecord::default();
    for run in runs {
        for part in &run.bench_targets {
            let key = BaselineKey::new(&*run.target, &*part.package, &*part.bench_target);
            let Some(after) = plan.writes.get(&key).or_else(|| before.get(&key)) else { continue };
            let sites = committed.get(&key);
            for (name, result) in &part.results {
                let Some(numbers) = after.benchmarks.get(name) else { continue };
                let sites = sites.and_then(|sites| sites.benchmarks.get(name));
                if all || is_changed(before.get(&key), after, name) {
                    found.wanted.push((key.clone(), name.clone()));
                } else if !sites.is_some_and(|sites| adds_up(sites, after, name)) {
                    let one = (key.clone(), name.clone());
                    match (measures(result, numbers), sites) {
                        (true, _) => found.wanted.push(one),
                        (false, None) => found.left_out.push(one),
                        (false, Some(_)) => {}
                    }
                }
            }
        }
    }
    found
}

/// Whether numbers of a benchmark change. One that is no longer gated is no change of the others.
fn is_changed(before: Option<&Baseline>, after: &Baseline, name: &str) -> bool {
    let Some(before) = before else { return true };
    let (old, new) = (before.benchmarks.get(name), after.benchmarks.get(name));
    let keeps_all =
        || old.zip(new).is_some_and(|(old, new)| new.iter().all(|(key, value)| old.get(key) == Some(value)));
    before.environment != after.environment || !keeps_all()
}

/// Whether a run has measured the numbers that are committed, as far as those are the same in every run.
fn measures(result: &BenchmarkResult, committed: &MetricMap) -> bool {
    let BenchmarkResult::Measured(measurement) = result else { return false };
    let mut gated = committed.iter().filter(|(key, value)| key.phase == Phase::Steady && value.is_exact());
    gated.all(|(key, value)| measurement.metrics.get(key) == Some(value))
}

/// Whether sites are those of the committed numbers, as far as those are the same in every run. By how little some that vary now and
/// then differ is no reason to record them again each time.
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
