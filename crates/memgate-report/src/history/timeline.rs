//! Records in the order of their commits, as series.

use std::collections::{BTreeMap, HashMap};

use super::FollowedRename;
use super::rules::Point;
use crate::model::{
    BenchmarkId, CommandEnvironment, Environment, HistoryRecord, MetricKey, MetricMap, Selection,
};

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
    /// The renames that were followed.
    pub renames: Vec<FollowedRename>,
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
    let mut environments = Environments::default();
    let mut benchmarks: BTreeMap<(BenchmarkId, String), BTreeMap<MetricKey, Growing>> = BTreeMap::new();
    for (position, records) in commits {
        for ((id, target), measured) in seen_at_commit(&records, selection, &mut environments) {
            let metrics = benchmarks.entry((id.clone(), target.to_owned())).or_default();
            for same_metric in
                values(&measured, selection).chunk_by(|left, right| left.metric == right.metric)
            {
                let metric = same_metric[0].metric;
                // The values are sorted.
                let value = same_metric[(same_metric.len() - 1) / 2].value;
                let growing = metrics.entry(metric).or_default();
                growing.series.points.push(Point { position, value });
                let environment = measured[0].0;
                if growing.environment.replace(environment).is_some_and(|before| before != environment) {
                    growing.series.other_environments.push(position);
                }
                let mut values: Vec<i64> = same_metric.iter().map(|seen| seen.value).collect();
                values.dedup();
                if values.len() > 1 {
                    let key = SeriesKey { id: id.clone(), target: target.to_owned(), metric };
                    timeline.conflicts.push(Conflict { position, key, values });
                }
            }
        }
        for record in records {
            let positions = timeline.recorded.entry(record.target).or_default();
            if positions.last() != Some(&position) {
                positions.push(position);
            }
        }
    }
    for ((id, target), metrics) in benchmarks {
        timeline.series.extend(metrics.into_iter().map(|(metric, growing)| {
            (SeriesKey { id: id.clone(), target: target.clone(), metric }, growing.series)
        }));
    }
    timeline
}

/// A series while it is made.
#[derive(Default)]
struct Growing {
    series: Series,
    /// Which environment the newest value is from.
    environment: Option<EnvironmentNumber>,
}

/// Which environment a benchmark was measured in: its bench target's, and its own if it is a whole command.
type EnvironmentNumber = (usize, Option<usize>);

/// A benchmark as it was recorded: which environment, and the numbers.
type Measured<'a> = (EnvironmentNumber, &'a MetricMap);

/// The environments that there are, numbered, each once.
#[derive(Default)]
struct Environments {
    /// Without those of single commands: a command that is added or left out says nothing of the others.
    of_targets: Vec<Environment>,
    of_commands: HashMap<CommandEnvironment, usize>,
}

impl Environments {
    fn of_target(&mut self, environment: &Environment) -> usize {
        let environment = Environment { commands: BTreeMap::new(), ..environment.clone() };
        let known = self.of_targets.iter().position(|known| *known == environment);
        known.unwrap_or_else(|| {
            self.of_targets.push(environment);
            self.of_targets.len() - 1
        })
    }

    fn of_command(&mut self, command: &CommandEnvironment) -> usize {
        if let Some(known) = self.of_commands.get(command) {
            return *known;
        }
        let number = self.of_commands.len();
        self.of_commands.insert(command.clone(), number);
        number
    }
}

/// The benchmarks that are recorded at a commit, usually once each. By benchmark and not by series: a history of a thousand
/// commits has millions of values, and ids are long.
fn seen_at_commit<'a>(
    records: &'a [HistoryRecord],
    selection: &SeriesSelection,
    environments: &mut Environments,
) -> BTreeMap<(BenchmarkId, &'a str), Vec<Measured<'a>>> {
    let is_listed = |target: &String| selection.targets.is_empty() || selection.targets.contains(target);
    let mut seen: BTreeMap<(BenchmarkId, &'a str), Vec<Measured<'a>>> = BTreeMap::new();
    for record in records.iter().filter(|record| is_listed(&record.target)) {
        for part in &record.bench_targets {
            let of_target = environments.of_target(&part.environment);
            for (name, metrics) in &part.benchmarks {
                let id = BenchmarkId::new(&*part.package, &*part.bench_target, &**name);
                if selection.benchmarks.selects(&id) {
                    let command = part.environment.commands.get(name);
                    let environment = (of_target, command.map(|command| environments.of_command(command)));
                    seen.entry((id, &record.target)).or_default().push((environment, metrics));
                }
            }
        }
    }
    seen
}

/// A value of a metric.
struct SeenValue {
    metric: MetricKey,
    value: i64,
}

/// What a benchmark was recorded with, by metric and then by value.
fn values(measured: &[Measured<'_>], selection: &SeriesSelection) -> Vec<SeenValue> {
    let is_listed = |metric: &MetricKey| selection.metrics.is_empty() || selection.metrics.contains(metric);
    let metrics = measured.iter().flat_map(|(_, metrics)| metrics.iter());
    let mut values: Vec<SeenValue> = metrics
        .filter(|(metric, _)| is_listed(metric))
        .map(|(metric, value)| SeenValue { metric, value: value.median() })
        .collect();
    values.sort_unstable_by_key(|seen| (seen.metric, seen.value));
    values
}

#[cfg(test)]
mod tests {
    use memgate_protocol::Metric;

    use super::*;
    use crate::model::Observation;
    use crate::samples::{run_and_baselines, run_of_commands};

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

    #[test]
    fn a_command_stays_in_its_environment_whatever_other_commands_there_are() {
        let whole = HistoryRecord::of_run(&run_of_commands());
        let mut without_another = whole.clone();
        let sort = without_another.bench_targets.iter_mut().find(|part| part.bench_target == "sort").unwrap();
        sort.environment.commands.remove("other");
        sort.benchmarks.remove("other");
        let mut edited = whole.clone();
        let sort = edited.bench_targets.iter_mut().find(|part| part.bench_target == "sort").unwrap();
        sort.environment.commands.get_mut("other").unwrap().command = "sort edited.txt".to_owned();
        let commits = [(0, vec![without_another]), (1, vec![whole]), (2, vec![edited])];
        let timeline = timeline(commits, &SeriesSelection::default());
        let restarts = |name: &str| -> Vec<&Vec<usize>> {
            let series = timeline.series.iter().filter(|(key, _)| key.id.name == name);
            series.map(|(_, series)| &series.other_environments).collect()
        };
        assert_eq!(restarts("lines"), [&Vec::<usize>::new(); 3]);
        assert_eq!(restarts("other"), [&vec![2]; 3]);
    }
}
