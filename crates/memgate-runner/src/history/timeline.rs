//! Records in the order of their commits, as series.

use std::collections::BTreeMap;

use super::{HistoryRecord, Point};
use crate::model::{BenchmarkId, Environment, MetricKey, Selection};

/// What a series is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SeriesKey {
    /// The benchmark.
    pub id: BenchmarkId,
    /// The target triple.
    pub target: String,
    /// The metric.
    pub metric: MetricKey,
}

/// The values of one metric of one benchmark.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Series {
    /// The values, oldest first.
    pub points: Vec<Point>,
    /// The positions from which on the values were measured in another environment than those before.
    pub other_environments: Vec<usize>,
}

/// A commit that was recorded more than once, with different numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The commit's position.
    pub position: usize,
    /// What differs.
    pub key: SeriesKey,
    /// The numbers, in rising order.
    pub values: Vec<i64>,
}

/// The series of a history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    /// The series.
    pub series: BTreeMap<SeriesKey, Series>,
    /// The positions with a record of each target triple, in rising order.
    pub recorded: BTreeMap<String, Vec<usize>>,
    /// What was recorded with different numbers.
    pub conflicts: Vec<Conflict>,
}

/// Which series are made.
#[derive(Clone, Debug, Default)]
pub struct SeriesSelection {
    /// The benchmarks.
    pub benchmarks: Selection,
    /// The target triples; empty means all.
    pub targets: Vec<String>,
    /// The metrics; empty means all.
    pub metrics: Vec<MetricKey>,
}

/// Makes series of records. `commits` are in rising order of their positions.
///
/// A commit that was recorded more than once has the median of its numbers, the lower of two, and is reported when they differ.
#[must_use]
pub fn timeline(
    commits: impl IntoIterator<Item = (usize, Vec<HistoryRecord>)>,
    selection: &SeriesSelection,
) -> Timeline {
    let mut timeline = Timeline::default();
    let mut newest_environment: BTreeMap<SeriesKey, Environment> = BTreeMap::new();
    for (position, records) in commits {
        for (key, seen) in seen_at_commit(&records, selection) {
            let SeenValues { mut values, environment } = seen;
            values.sort_unstable();
            let Some(value) = values.get((values.len() - 1) / 2).copied() else { continue };
            values.dedup();
            if values.len() > 1 {
                timeline.conflicts.push(Conflict { position, key: key.clone(), values });
            }
            let series = timeline.series.entry(key.clone()).or_default();
            series.points.push(Point { position, value });
            if newest_environment.get(&key).is_some_and(|newest| newest != environment) {
                series.other_environments.push(position);
            }
            if newest_environment.get(&key) != Some(environment) {
                newest_environment.insert(key, environment.clone());
            }
        }
        for record in records {
            let positions = timeline.recorded.entry(record.target).or_default();
            if positions.last() != Some(&position) {
                positions.push(position);
            }
        }
    }
    timeline
}

struct SeenValues<'a> {
    values: Vec<i64>,
    environment: &'a Environment,
}

fn seen_at_commit<'a>(
    records: &'a [HistoryRecord],
    selection: &SeriesSelection,
) -> BTreeMap<SeriesKey, SeenValues<'a>> {
    let is_listed = |target: &String| selection.targets.is_empty() || selection.targets.contains(target);
    let mut seen: BTreeMap<SeriesKey, SeenValues<'a>> = BTreeMap::new();
    for record in records.iter().filter(|record| is_listed(&record.target)) {
        for part in &record.bench_targets {
            for (name, metrics) in &part.benchmarks {
                let id = BenchmarkId::new(&*part.package, &*part.bench_target, &**name);
                if !selection.benchmarks.selects(&id) {
                    continue;
                }
                for (metric, value) in metrics.iter() {
                    if !selection.metrics.is_empty() && !selection.metrics.contains(&metric) {
                        continue;
                    }
                    let key = SeriesKey { id: id.clone(), target: record.target.clone(), metric };
                    let new = || SeenValues { values: Vec::new(), environment: &part.environment };
                    seen.entry(key).or_insert_with(new).values.push(value.median());
                }
            }
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use memgate::protocol::Metric;

    use super::*;
    use crate::compare::samples::run_and_baselines;
    use crate::model::Observation;

    /// A record whose first benchmark has so many allocations.
    fn record(allocs: i64) -> HistoryRecord {
        let mut record = HistoryRecord::of_run(&run_and_baselines().0);
        let metrics = record.bench_targets[0].benchmarks.values_mut().next().unwrap();
        metrics.insert(MetricKey::steady(Metric::Allocs), Observation::Exact(allocs));
        record
    }

    fn first_allocs(timeline: &Timeline) -> &Series {
        let allocs = MetricKey::steady(Metric::Allocs);
        timeline.series.iter().find(|(key, _)| key.metric == allocs).unwrap().1
    }

    #[test]
    fn gaps_are_gaps_and_conflicts_are_said() {
        let commits =
            [(0, vec![record(5)]), (3, vec![record(9), record(7)]), (4, vec![record(7), record(7)])];
        let timeline = timeline(commits, &SeriesSelection::default());
        let points: Vec<(usize, i64)> =
            first_allocs(&timeline).points.iter().map(|point| (point.position, point.value)).collect();
        assert_eq!(points, [(0, 5), (3, 7), (4, 7)]);
        assert_eq!(timeline.conflicts.len(), 1);
        assert_eq!((timeline.conflicts[0].position, &timeline.conflicts[0].values), (3, &vec![7, 9]));
        assert_eq!(timeline.recorded.values().next(), Some(&vec![0, 3, 4]));
    }

    #[test]
    fn another_environment_is_noted_and_a_selection_is_kept() {
        let mut other = record(7);
        for part in &mut other.bench_targets {
            part.environment.rustc = "1.99.0".to_owned();
        }
        let commits = [(0, vec![record(5)]), (1, vec![other.clone()]), (2, vec![other])];
        let selection = SeriesSelection {
            metrics: vec![MetricKey::steady(Metric::Allocs)],
            ..SeriesSelection::default()
        };
        let timeline = timeline(commits, &selection);
        assert_eq!(first_allocs(&timeline).other_environments, [1]);
        assert!(timeline.series.keys().all(|key| key.metric.metric == Metric::Allocs));
    }
}
