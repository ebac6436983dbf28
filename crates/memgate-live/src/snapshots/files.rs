//! Snapshots that there are.

use super::name::SnapshotName;

/// A snapshot in the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredSnapshot {
    pub(super) name: SnapshotName,
    pub(crate) bytes: u64,
    /// Of this process's own, the how manieth it is: the clock may have been set in between.
    pub(super) own: Option<u64>,
}

impl StoredSnapshot {
    /// As the file is called.
    pub(crate) fn file_name(&self) -> String {
        self.name.to_string()
    }

    /// What was live.
    pub(crate) fn live_bytes(&self) -> u64 {
        self.name.live_bytes
    }
}

/// How much is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Caps {
    /// Of one process, beside its first and its highest.
    pub(super) newest: usize,
    /// In the folder.
    pub(super) files: usize,
    pub(super) bytes: u64,
}

impl Default for Caps {
    fn default() -> Self {
        Self { newest: 3, files: 32, bytes: 256 << 20 }
    }
}
