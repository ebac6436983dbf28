//! What is called without saying more.

use std::path::Path;

use super::error::SnapshotError;
use super::guard::Snapshots;
use super::options::SnapshotOptions;

/// Writes profiles of the heap into a folder by itself, in time: when memory gets scarce, when what is live has grown or keeps growing,
/// and five minutes after the start. [`SnapshotOptions`] has what else can be said.
///
/// # Errors
/// When [`Heap`](crate::Heap) isn't the program's allocator, snapshots are taken already, or the folder can't be used: it is made for
/// this user alone unless it is there, and the folder above it has to be there.
///
/// # Example
/// ```no_run
/// #[global_allocator]
/// static HEAP: memgate_live::Heap = memgate_live::Heap::system();
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let _snapshots = memgate_live::snapshots("/var/lib/service/heap")?;
///     // …
///     Ok(())
/// }
/// ```
pub fn snapshots(folder: impl AsRef<Path>) -> Result<Snapshots, SnapshotError> {
    SnapshotOptions::new().start(folder)
}
