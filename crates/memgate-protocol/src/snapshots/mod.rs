//! `tests.json`: the numbers of tests that hold a snapshot, for the test that writes and compares them, and for the tool.

mod data;
mod error;
mod mentions;
mod parse;
mod print;
#[cfg(test)]
mod tests;

pub use data::{Snapshot, SnapshotFile, check_id};
pub use error::SnapshotFileError;
pub use mentions::{Mention, mentions, quoted, says_snapshots};
pub use parse::parse_snapshots;
pub use print::print_snapshots;

/// The newest schema version of the file.
///
/// # Changelog
/// - 1: first version.
pub const SNAPSHOTS_SCHEMA: u32 = 1;

/// What the file says it is.
pub const SNAPSHOTS_KIND: &str = "memgate tests";

/// The file's name, in the folder of a package among the baselines of a target triple.
pub const SNAPSHOTS_FILE: &str = "tests.json";

/// The folder with the baselines, beside the workspace's `Cargo.toml`.
pub const BASELINES_FOLDER: &str = "baselines";
