//! What an update drops under one name and adds under another.

use super::{ChangeKind, UpdatePlan};
use crate::model::{BaselineKey, Baselines, BenchmarkId, MetricMap};
use crate::renames::{FoldedRename, folded, renames_of_update};

/// The benchmarks that look renamed, by equal numbers: an update that drops the one and adds the other ends a history and begins
/// another. Of what could be several, nothing is said.
#[must_use]
pub fn renamed_by_update(plan: &UpdatePlan, before: &Baselines) -> Vec<FoldedRename> {
    let with = |kind: &ChangeKind, baselines: &Baselines| -> Vec<(String, BenchmarkId, MetricMap)> {
        let changes = plan.changes.iter().filter(|change| change.kind == *kind);
        changes
            .filter_map(|change| {
                let key = BaselineKey::new(&*change.target, &*change.id.package, &*change.id.bench_target);
                let metrics = baselines.get(&key)?.benchmarks.get(&change.id.name)?;
                Some((change.target.clone(), change.id.clone(), metrics.clone()))
            })
            .collect()
    };
    let (dropped, added) = (with(&ChangeKind::Removed, before), with(&ChangeKind::Added, &plan.writes));
    if dropped.is_empty() || added.is_empty() {
        return Vec::new();
    }
    let found = renames_of_update(
        dropped.iter().map(|(target, id, metrics)| (&**target, id, metrics)),
        added.iter().map(|(target, id, metrics)| (&**target, id, metrics)),
    );
    let ids = |baselines: &Baselines| -> Vec<BenchmarkId> {
        let of =
            |key: &BaselineKey, name: &String| BenchmarkId::new(&*key.package, &*key.bench_target, &**name);
        let all = baselines.iter();
        all.flat_map(|(key, baseline)| baseline.benchmarks.keys().map(move |name| of(key, name))).collect()
    };
    let (old, new) = (ids(before), ids(&plan.writes));
    folded(&found, old.iter().chain(&new))
}
