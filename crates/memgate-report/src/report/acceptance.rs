//! What a change asks its reviewers to accept, as data.

use std::collections::HashSet;
use std::hash::Hash;

use serde::{Deserialize, Serialize};

use crate::model::{BenchmarkId, MetricKey, Observation};

/// What a change asks its reviewers to accept: its baselines and its configuration against those of the revision that it
/// is based on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// The revision that the change is based on: a shortened commit id.
    pub base: String,
    /// The committed values that rise, the largest rise first.
    pub raises: Vec<Raise>,
    /// The benchmarks that the committed baselines don't have any more.
    pub dropped: Vec<DroppedBenchmark>,
    /// How many benchmarks the committed baselines have more.
    pub added: u64,
    /// How many committed values fall.
    pub lowered: u64,
    /// What else there is for a reviewer to see: rules that are looser than before, other environments. Sentences.
    pub notes: Vec<String>,
}

/// A committed value that rises.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Raise {
    /// The target triple.
    pub target: String,
    /// The benchmark.
    pub id: BenchmarkId,
    /// The metric.
    pub metric: MetricKey,
    /// What was accepted.
    pub base: Observation,
    /// What is to be accepted.
    pub head: Observation,
}

/// A benchmark that the committed baselines don't have any more.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DroppedBenchmark {
    /// The target triple.
    pub target: String,
    /// The benchmark.
    pub id: BenchmarkId,
}

impl Acceptance {
    /// Adds what another leg of the same change says: what stands in both is said once.
    pub fn add(&mut self, other: Self) {
        self.base = other.base;
        add_new(&mut self.raises, other.raises);
        add_new(&mut self.dropped, other.dropped);
        add_new(&mut self.notes, other.notes);
        // Every leg sees all baselines.
        self.added = self.added.max(other.added);
        self.lowered = self.lowered.max(other.lowered);
    }

    /// Whether there is something to accept: better numbers and more benchmarks need no review.
    #[must_use]
    pub fn asks(&self) -> bool {
        !(self.raises.is_empty() && self.dropped.is_empty() && self.notes.is_empty())
    }
}

/// Adds what is not there yet, in its order. A report may bring a hundred thousand.
fn add_new<T: Clone + Eq + Hash>(known: &mut Vec<T>, more: Vec<T>) {
    let mut seen: HashSet<T> = known.iter().cloned().collect();
    known.extend(more.into_iter().filter(|one| seen.insert(one.clone())));
}

/// Whether a committed value rises.
pub(crate) fn is_raised(old: &Observation, new: &Observation) -> bool {
    level(new) > level(old)
}

/// What a comparison may rise from: the middle, and the end that is let through.
fn level(value: &Observation) -> (i64, i64) {
    (value.median(), value.maximum())
}
