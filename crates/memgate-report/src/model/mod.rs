//! The words of the project as plain data: no file, no clock, no terminal.

mod baseline;
mod disjoint;
mod environment;
mod folder_name;
mod history_record;
mod id;
mod left_out;
mod metric_key;
mod observation;
mod overlap_error;
mod partition;
mod rename;
mod run;
mod selection;
mod shard;
mod snapshots;
mod source;
mod time;

pub use baseline::{Baseline, BaselineKey, Baselines};
pub use disjoint::{check_complete, check_disjoint};
pub use environment::{Environment, EnvironmentDifference, EnvironmentField, Profile};
pub use folder_name::folder_name;
pub use history_record::{HistoryRecord, RecordedTarget};
pub use id::BenchmarkId;
pub use left_out::{LeftOut, Need};
pub use metric_key::{MetricKey, MetricMap, Phase, UnknownMetricKey};
pub use observation::{Interval, Observation};
pub use overlap_error::OverlapError;
pub use partition::{InvalidPartition, Partition, PartitionKind};
pub use rename::{InvalidRename, Named, Rename};
pub use run::{BenchTargetRun, BenchmarkResult, Failure, FailureKind, Measurement, Run};
pub use selection::{Selection, SelectionError};
pub use shard::{LostShard, Shard, lost_shards, open_shards};
pub use snapshots::{SnapshotKey, Snapshots};
pub use source::{InvalidRevision, SourceRevision};
pub use time::{BenchmarkTime, MeanTime, TakenTime, TimeChange};
