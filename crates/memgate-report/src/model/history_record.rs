//! A record: what one run measured at one commit.

use std::collections::{BTreeMap, BTreeSet};

use super::{BenchmarkResult, Environment, MetricMap, OverlapError, Phase, Run};

/// What one run measured at one commit, for one target triple.
///
/// It has neither a time nor a host: measured twice, the same code gives the same record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryRecord {
    /// The target triple.
    pub target: String,
    /// The version of the tool.
    pub tool: String,
    /// The bench targets.
    pub bench_targets: Vec<RecordedTarget>,
}

/// What was measured of one bench target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedTarget {
    /// The package's name.
    pub package: String,
    /// The bench target's name.
    pub bench_target: String,
    /// What the numbers were measured in.
    pub environment: Environment,
    /// The values of the steady windows, by the benchmark's name within its target.
    pub benchmarks: BTreeMap<String, MetricMap>,
    /// The benchmarks that could not be measured.
    pub failed: BTreeSet<String>,
}

impl HistoryRecord {
    /// The record of a run. Bench targets that could not even be listed have no environment, and are left out.
    #[must_use]
    pub fn of_run(run: &Run) -> Self {
        let bench_targets = run.bench_targets.iter().filter_map(|part| {
            let mut recorded = RecordedTarget {
                package: part.package.clone(),
                bench_target: part.bench_target.clone(),
                environment: part.environment.clone()?,
                benchmarks: BTreeMap::new(),
                failed: BTreeSet::new(),
            };
            for (name, result) in &part.results {
                match result {
                    BenchmarkResult::Measured(measurement) => {
                        let steady = measurement.metrics.iter().filter(|(key, _)| key.phase == Phase::Steady);
                        let metrics = steady.map(|(key, value)| (key, value.clone())).collect();
                        recorded.benchmarks.insert(name.clone(), metrics);
                    }
                    BenchmarkResult::Failed(_) => drop(recorded.failed.insert(name.clone())),
                }
            }
            Some(recorded)
        });
        Self { target: run.target.clone(), tool: run.tool.clone(), bench_targets: bench_targets.collect() }
    }

    /// Adds what another run of the same commit measured: another shard, or other benchmarks. Commands say each for itself what decides
    /// their numbers.
    ///
    /// # Errors
    /// When parts of one bench target were measured in environments that differ, of which a record has one.
    pub fn merge(&mut self, other: Self) -> Result<(), OverlapError> {
        for part in other.bench_targets {
            let is_same = |known: &&mut RecordedTarget| {
                (&known.package, &known.bench_target) == (&part.package, &part.bench_target)
            };
            let Some(known) = self.bench_targets.iter_mut().find(is_same) else {
                self.bench_targets.push(part);
                continue;
            };
            if let Some(difference) = known.environment.differences(&part.environment).first() {
                return Err(OverlapError::Environments {
                    package: part.package,
                    bench_target: part.bench_target,
                    target: other.target,
                    difference: difference.to_string(),
                });
            }
            known.environment.commands.extend(part.environment.commands);
            known.benchmarks.extend(part.benchmarks);
            known.failed.extend(part.failed);
        }
        Ok(())
    }

    /// How many benchmarks it has values of.
    #[must_use]
    pub fn benchmark_count(&self) -> usize {
        self.bench_targets.iter().map(|part| part.benchmarks.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::{parse_history_line, print_history_line};
    use crate::samples::run_of_commands;

    #[test]
    fn commands_of_two_runs_are_one_record() {
        let whole = run_of_commands();
        let only = |kept: &str| {
            let mut run = whole.clone();
            for part in &mut run.bench_targets {
                part.results.retain(|name, _| name == kept);
                part.environment.as_mut().unwrap().commands.retain(|name, _| name == kept);
            }
            run.bench_targets.retain(|part| !part.results.is_empty());
            HistoryRecord::of_run(&run)
        };
        let mut record = only("lines");
        record.merge(only("other")).unwrap();
        record.merge(only("search")).unwrap();
        let line = print_history_line(&record);
        assert_eq!(line, print_history_line(&HistoryRecord::of_run(&whole)));
        parse_history_line(line.as_bytes()).unwrap();

        let mut elsewhere = only("other");
        elsewhere.bench_targets[0].environment.rustc = "1.99.0".to_owned();
        let problem = only("lines").merge(elsewhere).unwrap_err().to_string();
        assert!(problem.contains("tools/sort") && problem.contains("different environments"), "{problem}");
    }
}
