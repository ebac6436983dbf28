//! What tests that were killed have left beside the numbers that they wrote.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::Path;

use memgate_protocol::snapshots::{SNAPSHOTS_FILE, SNAPSHOTS_TEMPORARY_PREFIX, SnapshotLock};

/// Removes it from a package's folder, unless a test is recording there.
pub(super) fn remove_leftovers_of_tests(folder: &Path) {
    let file = folder.join(SNAPSHOTS_FILE);
    let is_left = |name: &OsStr| name.to_string_lossy().starts_with(SNAPSHOTS_TEMPORARY_PREFIX);
    let entries = || std::fs::read_dir(folder).into_iter().flatten().flatten();
    let left = || entries().filter(|entry| is_left(&entry.file_name()));
    if !SnapshotLock::path_of(&file).exists() && left().next().is_none() {
        return;
    }
    // Nobody waits: what a test is writing goes with it.
    if let Ok(_lock) = SnapshotLock::take(&file, || Err(ErrorKind::WouldBlock.into())) {
        for entry in left() {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}
