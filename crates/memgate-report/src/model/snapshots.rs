//! The numbers of tests, as they are committed.

use std::collections::BTreeMap;

use memgate_protocol::snapshots::SnapshotFile;

/// Whose numbers a file of tests has: those of a package on a target triple.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SnapshotKey {
    /// The target triple.
    pub target: String,
    /// The package's name.
    pub package: String,
}

/// The numbers of all tests of a repository.
pub type Snapshots = BTreeMap<SnapshotKey, SnapshotFile>;
