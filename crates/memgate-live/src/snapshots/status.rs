//! What has become of snapshots, for metrics and for the page.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::files::StoredSnapshot;
use super::reason::{Reason, Skip};

/// That of this process.
static CURRENT: Mutex<Weak<Status>> = Mutex::new(Weak::new());

/// The counts as they are kept.
#[derive(Debug)]
pub(super) struct Status {
    /// A child after a fork has this value, too, and takes no snapshots.
    process_id: u32,
    folder: PathBuf,
    written: [AtomicU64; Reason::ALL.len()],
    skipped: [AtomicU64; Skip::ALL.len()],
    failed: AtomicU64,
    /// What was live in the highest, and one more: none is 0.
    highest_bytes: AtomicU64,
    files: Mutex<Vec<StoredSnapshot>>,
}

/// What has become of snapshots, at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SnapshotStatus {
    pub(crate) folder: PathBuf,
    /// In the order of [`Reason::ALL`].
    pub(crate) written: Vec<(Reason, u64)>,
    pub(crate) skipped: Vec<(Skip, u64)>,
    pub(crate) failed: u64,
    /// In the folder when the last one was written, newest first.
    pub(crate) files: Vec<StoredSnapshot>,
}

/// What has become of this process's snapshots; none where it takes none.
pub(crate) fn status() -> Option<SnapshotStatus> {
    current().map(|status| status.read())
}

fn current() -> Option<Arc<Status>> {
    let current = CURRENT.lock().unwrap_or_else(PoisonError::into_inner).upgrade();
    current.filter(|status| status.is_this_process())
}

impl Status {
    /// That of this process from now on, unless there is another.
    pub(super) fn begin(folder: &Path) -> Option<Arc<Self>> {
        let mut current = CURRENT.lock().unwrap_or_else(PoisonError::into_inner);
        if current.upgrade().is_some_and(|status| status.is_this_process()) {
            return None;
        }
        let status = Arc::new(Self {
            process_id: std::process::id(),
            folder: folder.to_owned(),
            written: Default::default(),
            skipped: Default::default(),
            failed: AtomicU64::new(0),
            highest_bytes: AtomicU64::new(0),
            files: Mutex::default(),
        });
        *current = Arc::downgrade(&status);
        Some(status)
    }

    pub(super) fn is_this_process(&self) -> bool {
        self.process_id == std::process::id()
    }

    pub(super) fn count_written(&self, reason: Reason, live_bytes: u64) {
        for (other, count) in Reason::ALL.iter().zip(&self.written) {
            count.fetch_add(u64::from(*other == reason), Relaxed);
        }
        self.highest_bytes.fetch_max(live_bytes.saturating_add(1), Relaxed);
    }

    pub(super) fn count_skipped(&self, skip: Skip) {
        for (other, count) in Skip::ALL.iter().zip(&self.skipped) {
            count.fetch_add(u64::from(*other == skip), Relaxed);
        }
    }

    pub(super) fn count_failed(&self) {
        self.failed.fetch_add(1, Relaxed);
    }

    /// What was live in the highest snapshot so far.
    pub(super) fn highest_bytes(&self) -> Option<u64> {
        self.highest_bytes.load(Relaxed).checked_sub(1)
    }

    pub(super) fn set_files(&self, mut files: Vec<StoredSnapshot>) {
        files.sort_by(|one, other| (other.own, &other.name.stamp).cmp(&(one.own, &one.name.stamp)));
        *self.files.lock().unwrap_or_else(PoisonError::into_inner) = files;
    }

    fn read(&self) -> SnapshotStatus {
        let loaded = |count: &AtomicU64| count.load(Relaxed);
        SnapshotStatus {
            folder: self.folder.clone(),
            written: Reason::ALL.into_iter().zip(self.written.iter().map(loaded)).collect(),
            skipped: Skip::ALL.into_iter().zip(self.skipped.iter().map(loaded)).collect(),
            failed: loaded(&self.failed),
            files: self.files.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }
}
