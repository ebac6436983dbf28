//! Snapshots as data.

use std::collections::BTreeMap;

use crate::{Metric, NameError, check_name};

/// The newest schema version of the file.
///
/// # Changelog
/// - 1: first version.
pub const SNAPSHOTS_SCHEMA: u32 = 1;

/// What the file says it is.
pub const SNAPSHOTS_KIND: &str = "memgate tests";

/// The file's name, in the folder of a package among the baselines of a target triple.
pub const SNAPSHOTS_FILE: &str = "tests.json";

/// What the name of a file begins with that a test is writing, in the same folder, under the lock; one of a process that was killed is left.
pub const SNAPSHOTS_TEMPORARY_PREFIX: &str = ".memgate-tests-";

/// The folder with the baselines, beside the workspace's `Cargo.toml`.
pub const BASELINES_FOLDER: &str = "baselines";

/// The numbers of one closure, as they were recorded, and what with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The values of [`Snapshot::METRICS`], in their order.
    pub values: [i64; 5],
    /// The version of what is counted; see [`PROBE_VERSION`](crate::PROBE_VERSION).
    pub probe: u32,
    /// The compiler's version, with its commit and date: the standard library comes with it.
    pub rustc: String,
}

impl Snapshot {
    /// What a snapshot holds, in the order of the gate's columns: what is known of one closure that runs once.
    pub const METRICS: [Metric; 5] =
        [Metric::PeakBytes, Metric::TotalBytes, Metric::Allocs, Metric::Reallocs, Metric::RetainedBytes];

    /// The values by their metrics.
    pub fn by_metric(&self) -> impl Iterator<Item = (Metric, i64)> {
        Self::METRICS.into_iter().zip(self.values)
    }
}

/// The snapshots of one package on one target triple.
///
/// By profile, since the same code has other numbers where it is optimised otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SnapshotFile {
    /// The snapshots of each profile, by their ids.
    pub profiles: BTreeMap<String, BTreeMap<String, Snapshot>>,
}

impl SnapshotFile {
    /// The snapshot of an id in a profile.
    #[must_use]
    pub fn get(&self, profile: &str, id: &str) -> Option<&Snapshot> {
        self.profiles.get(profile)?.get(id)
    }

    /// Puts a snapshot in the place of the one that was there.
    pub fn insert(&mut self, profile: &str, id: &str, snapshot: Snapshot) {
        self.profiles.entry(profile.to_owned()).or_default().insert(id.to_owned(), snapshot);
    }
}

/// Checks the id of a snapshot, which is looked for in sources as it stands there, between quotation marks.
///
/// # Errors
/// When it is no name of a benchmark either, or has a character that is written otherwise in a source.
pub fn check_id(id: &str) -> Result<(), NameError> {
    check_name(id)?;
    id.chars()
        .find(|character| matches!(character, '"' | '\\'))
        .map_or(Ok(()), |character| Err(NameError::Escaped(character)))
}
