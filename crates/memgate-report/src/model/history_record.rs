//! A record: what one run measured at one commit.

use std::collections::{BTreeMap, BTreeSet};

use super::{BenchmarkResult, Environment, MetricMap, Phase, Run};

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

    /// Adds what another shard of the same run measured.
    pub fn merge(&mut self, other: Self) {
        for part in other.bench_targets {
            let is_same = |known: &&mut RecordedTarget| {
                (&known.package, &known.bench_target, &known.environment)
                    == (&part.package, &part.bench_target, &part.environment)
            };
            match self.bench_targets.iter_mut().find(is_same) {
                Some(known) => {
                    known.benchmarks.extend(part.benchmarks);
                    known.failed.extend(part.failed);
                }
                None => self.bench_targets.push(part),
            }
        }
    }

    /// How many benchmarks it has values of.
    #[must_use]
    pub fn benchmark_count(&self) -> usize {
        self.bench_targets.iter().map(|part| part.benchmarks.len()).sum()
    }
}
