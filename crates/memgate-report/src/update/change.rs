//! One benchmark's change in a baseline.

use crate::model::{BenchmarkId, MetricKey, MetricMap, Observation};

/// One benchmark's change in a baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The target triple.
    pub target: String,
    /// The benchmark.
    pub id: BenchmarkId,
    /// What changes.
    pub kind: ChangeKind,
}

/// What changes of a benchmark in a baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// It is new in the baseline.
    Added,
    /// It is dropped from the baseline.
    Removed,
    /// Values of it change: the metric, the old value and the new one.
    Changed(Vec<(MetricKey, Option<Observation>, Option<Observation>)>),
}

impl ChangeKind {
    /// What changes between two versions of a benchmark's numbers; none when nothing does.
    pub(super) fn between(old: &MetricMap, new: &MetricMap) -> Option<Self> {
        let values: Vec<_> = MetricKey::all()
            .chain(MetricKey::KERNEL)
            .map(|key| (key, old.get(key).cloned(), new.get(key).cloned()))
            .filter(|(_, old, new)| old != new)
            .collect();
        (!values.is_empty()).then_some(Self::Changed(values))
    }
}
