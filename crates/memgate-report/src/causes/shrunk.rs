//! What has less by about as much as a cause has more: what moved, and is not all new.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::collected::Entry;
use super::part::{Part, WHOLE, add_effect};
use super::{Cause, CauseKind, RedMetric, Shrunk};
use crate::attribution::are_alike;

/// What shrank, by the group that has more: of each red metric, all that has less is beside what has the most more, if it is
/// half of that or above.
pub(super) fn elsewhere(parts: &[Part]) -> BTreeMap<usize, Vec<&Part>> {
    let mut by_red: Vec<&Part> = parts.iter().collect();
    by_red.sort_by_key(|part| part.red);
    let mut shrank: BTreeMap<usize, Vec<&Part>> = BTreeMap::new();
    for of_red in by_red.chunk_by(|one, other| one.red == other.red) {
        let Some(largest) = of_red.iter().filter(|part| part.delta > 0).max_by_key(|part| part.delta) else {
            continue;
        };
        let shrunk = || of_red.iter().filter(|part| part.delta < 0);
        if is_of_its_size(largest.delta, shrunk().map(|part| part.delta)) {
            shrank.entry(largest.group).or_default().extend(shrunk().copied());
        }
    }
    shrank
}

/// What has less among the call sites of a cause, unless the cause says already that it was replaced.
pub(super) fn within(
    cause: &Cause,
    entries: &[&Entry<'_>],
    red: &[RedMetric],
    rises: &[i128],
) -> Option<Shrunk> {
    let mut shrunk: Vec<&Entry<'_>> = Vec::new();
    for of_red in entries.chunk_by(|one, other| one.red == other.red) {
        let largest = of_red.iter().map(|entry| entry.change.delta).max().filter(|delta| *delta > 0);
        let own = || of_red.iter().filter(|entry| entry.change.delta < 0);
        if largest.is_some_and(|largest| is_of_its_size(largest, own().map(|entry| entry.change.delta))) {
            shrunk.extend(own().copied());
        }
    }
    Shrunk::of(shrunk.into_iter(), red, rises).filter(|shrunk| match &cause.kind {
        CauseKind::Replaced { operations } => !operations.contains(&shrunk.operation),
        _ => true,
    })
}

fn is_of_its_size(growth: i64, shrunk: impl Iterator<Item = i64>) -> bool {
    let sum: i128 = shrunk.map(i128::from).sum();
    sum < 0 && sum.unsigned_abs() >= u128::from(growth.unsigned_abs().div_ceil(2))
}

impl Shrunk {
    /// The sum of changes, at the call site that has the most less.
    pub(super) fn of<'e, 'a: 'e>(
        entries: impl Iterator<Item = &'e Entry<'a>>,
        red: &[RedMetric],
        rises: &[i128],
    ) -> Option<Self> {
        let mut deltas: BTreeMap<usize, i64> = BTreeMap::new();
        let mut spots: BTreeMap<_, (i128, &Entry<'_>)> = BTreeMap::new();
        for entry in entries {
            let delta = entry.change.delta;
            let sum = deltas.entry(entry.red).or_default();
            *sum = sum.saturating_add(delta);
            let rise = rises.get(entry.red).copied().unwrap_or(1).max(1);
            spots.entry((entry.line, entry.spot)).or_insert((0, entry)).0 += i128::from(delta) * WHOLE / rise;
        }
        spots.retain(|_, (share, _)| *share < 0);
        let (_, shown) = spots.values().min_by_key(|(share, _)| *share)?;
        let mut effects = Vec::new();
        for (index, delta) in deltas {
            let Some(red) = red.get(index).filter(|_| delta != 0) else { continue };
            add_effect(&mut effects, red.metric, delta);
        }
        effects.sort_by_key(|effect| effect.metric);
        Some(Self {
            operation: shown.change.operation.clone(),
            place: shown.change.place.clone(),
            through: shown.change.through.first().cloned(),
            sites: spots.len(),
            effects,
        })
    }
}

/// The changes of one cause without those that only stand for each other: of each metric, what has less and what has about as much
/// more. All of them, where nothing else is left.
pub(super) fn netted<'e, 'a>(entries: &[&'e Entry<'a>]) -> Vec<&'e Entry<'a>> {
    let mut left = Vec::new();
    for of_red in entries.chunk_by(|one, other| one.red == other.red) {
        let mut shrunk: Vec<i64> =
            of_red.iter().map(|entry| entry.change.delta).filter(|delta| *delta < 0).collect();
        let mut grown: Vec<&Entry<'_>> =
            of_red.iter().filter(|entry| entry.change.delta > 0).copied().collect();
        grown.sort_by_key(|entry| Reverse(entry.change.delta));
        grown.retain(|entry| {
            let counterpart =
                |delta: &i64| delta.checked_neg().is_some_and(|less| are_alike(less, entry.change.delta));
            shrunk.iter().position(counterpart).map(|at| shrunk.swap_remove(at)).is_none()
        });
        left.extend(grown);
    }
    if left.is_empty() {
        entries.iter().filter(|entry| entry.change.delta > 0).copied().collect()
    } else {
        left
    }
}
