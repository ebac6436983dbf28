//! `tests.json`: the numbers of tests that hold a snapshot, for the test that writes and compares them, and for the tool.

mod data;
mod error;
mod lock;
mod mentions;
mod parse;
mod print;
#[cfg(test)]
mod tests;

pub use data::{
    BASELINES_FOLDER, SNAPSHOTS_FILE, SNAPSHOTS_KIND, SNAPSHOTS_SCHEMA, SNAPSHOTS_TEMPORARY_PREFIX, Snapshot,
    SnapshotFile, check_id,
};
pub use error::SnapshotFileError;
pub use lock::SnapshotLock;
pub use mentions::{Mention, mentions, quoted, says_snapshots};
pub use parse::parse_snapshots;
pub use print::print_snapshots;
