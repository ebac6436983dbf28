//! A run: all that one invocation measured.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{BenchmarkId, Environment, LeftOut, MetricMap, Partition, Selection, SourceRevision};
use crate::sites::{PackageFeatures, StoredSites};

/// All records of one invocation for one target triple, with the environments they were measured in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// The version of the tool.
    pub tool: String,
    /// The target triple.
    pub target: String,
    /// What was asked for; what was not asked for is not missing.
    pub selection: Selection,
    /// Which part of what is selected was measured; none when all of it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition: Option<Partition>,
    /// The source; none outside of a repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<SourceRevision>,
    /// The bench targets, in the order of their packages and names.
    pub bench_targets: Vec<BenchTargetRun>,
    /// Bench targets that were not measured, and are not gone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
}

/// What was measured of one bench target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BenchTargetRun {
    /// The package's name.
    pub package: String,
    /// The bench target's name.
    pub bench_target: String,
    /// What decides the numbers; none when the target could not even list its benchmarks.
    pub environment: Option<Environment>,
    /// Why the whole target could not be measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// Every benchmark that the target declares, selected or not, in the order of the source.
    pub declared: Vec<String>,
    /// What came of each selected benchmark, by its name within the target.
    pub results: BTreeMap<String, BenchmarkResult>,
    /// The call sites of benchmarks, as far as they were recorded.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sites: BTreeMap<String, StoredSites>,
    /// The features with which it is built, where call sites were recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package_features: Option<PackageFeatures>,
}

/// What came of one benchmark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BenchmarkResult {
    /// It was measured.
    Measured(Measurement),
    /// It was not.
    Failed(Failure),
}

/// The numbers of one benchmark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measurement {
    /// The values, steady and cold.
    pub metrics: MetricMap,
    /// How far `peak_bytes` may be from the truth; zero means exact.
    pub peak_error_bytes: u64,
    /// How many processes measured it.
    pub processes: u32,
    /// The largest number of threads that allocated or freed within one window.
    pub threads: u32,
    /// Whether the window is around a closure that runs and times the routine by itself (criterion's `iter_custom`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_custom: bool,
    /// Whether its process started others, of which nothing is counted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub starts_processes: bool,
}

/// Why something was not measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    /// The reason, for programs.
    pub kind: FailureKind,
    /// The reason, for people.
    pub message: String,
    /// The end of what the process wrote to standard error.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub stderr: String,
}

/// The reasons why something was not measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The process could not be started.
    Start,
    /// The process ended without an answer, or badly after one.
    Crashed,
    /// The process ran longer than the time limit.
    TimedOut,
    /// The process printed more than the output limit.
    Flooded,
    /// The routine forked, or left processes running.
    Forked,
    /// The process and the tool do not speak the same version of the protocol.
    Version,
    /// The process said that it can't measure this.
    Refused,
}

impl Run {
    /// Every result with its id.
    pub fn results(&self) -> impl Iterator<Item = (BenchmarkId, &BenchmarkResult)> {
        self.bench_targets
            .iter()
            .flat_map(|target| target.results.iter().map(|(name, result)| (target.id(name), result)))
    }

    /// Whether anything that was selected could not be measured.
    #[must_use]
    pub fn has_failures(&self) -> bool {
        self.bench_targets.iter().any(|target| {
            target.failure.is_some()
                || target.results.values().any(|result| matches!(result, BenchmarkResult::Failed(_)))
        })
    }
}

impl BenchTargetRun {
    /// The id of a benchmark of this target.
    #[must_use]
    pub fn id(&self, name: &str) -> BenchmarkId {
        BenchmarkId::new(&*self.package, &*self.bench_target, name)
    }
}
