//! Why runs do not fit together.

use super::{BenchmarkId, Partition};

/// Why runs do not fit together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OverlapError {
    /// Two runs measured one benchmark on one triple.
    #[error("`{id}` on {target} is in two of the files; give each run once")]
    MeasuredTwice {
        /// The benchmark.
        id: BenchmarkId,
        /// The triple.
        target: String,
    },
    /// A shard is there twice.
    #[error("the shard {partition} on {target} is in two of the files; give each shard once")]
    ShardTwice {
        /// Which one.
        partition: Partition,
        /// The triple.
        target: String,
    },
    /// Shards were cut from lists of benchmarks that differ.
    #[error(
        "the shards {first} and {second} on {target} are not of one whole: only one of them knows `{id}`; measure all of \
         them from one revision, with the same options"
    )]
    ShardsDiffer {
        /// One shard.
        first: Partition,
        /// The other.
        second: Partition,
        /// The triple.
        target: String,
        /// The first benchmark that only one of them knows.
        id: BenchmarkId,
    },
    /// Shards were measured from different sources.
    #[error(
        "the shard {} on {target} is of the revision {}, and {} is of {}; measure all of them from one revision",
        first.0, first.1, second.0, second.1
    )]
    ShardRevisions {
        /// One shard, and its revision.
        first: (Partition, String),
        /// The other.
        second: (Partition, String),
        /// The triple.
        target: String,
    },
    /// A shard has not all of its part.
    #[error("the shard {partition} on {target} has no result for `{id}`, which is a part of it")]
    ShardIncomplete {
        /// Which one.
        partition: Partition,
        /// The triple.
        target: String,
        /// The first benchmark that it has not.
        id: BenchmarkId,
    },
    /// Not all shards are there.
    #[error("{0}; give the files of all shards")]
    ShardLost(String),
    /// Two runs measured parts of one bench target in environments that differ.
    #[error(
        "the parts of {package}/{bench_target} on {target} were measured in different environments: {difference}"
    )]
    Environments {
        /// The package.
        package: String,
        /// The bench target.
        bench_target: String,
        /// The triple.
        target: String,
        /// The first difference.
        difference: String,
    },
}

impl OverlapError {
    /// Whether it is that shards do not cover the whole exactly once.
    #[must_use]
    pub fn is_coverage_gap(&self) -> bool {
        match self {
            Self::ShardTwice { .. }
            | Self::ShardsDiffer { .. }
            | Self::ShardRevisions { .. }
            | Self::ShardIncomplete { .. }
            | Self::ShardLost(_) => true,
            Self::MeasuredTwice { .. } | Self::Environments { .. } => false,
        }
    }
}
