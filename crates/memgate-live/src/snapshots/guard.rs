//! Snapshots that are being taken.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::error::SnapshotError;
use super::reason::Reason;
use super::watcher::Shared;

/// Snapshots that are being taken, by a thread of their own. When this is dropped, they no longer are; the files stay.
#[derive(Debug)]
#[must_use = "snapshots are taken until this is dropped"]
pub struct Snapshots {
    pub(super) shared: Arc<Shared>,
    pub(super) stop: Option<Sender<()>>,
    /// Ends with the thread.
    pub(super) ended: Mutex<Receiver<()>>,
    #[cfg(all(unix, feature = "signal"))]
    pub(super) signal: Option<signal_hook::SigId>,
}

impl Snapshots {
    /// Takes one now, and gives the file's path. Whoever else takes one meanwhile is waited for.
    ///
    /// # Errors
    /// When the file can't be written, there is no room for it, or this process is a fork of the one that takes snapshots.
    ///
    /// # Example
    /// ```
    /// #[global_allocator]
    /// static HEAP: memgate_live::Heap = memgate_live::Heap::system();
    ///
    /// fn main() -> Result<(), memgate_live::SnapshotError> {
    ///     # let above = tempfile::tempdir().unwrap();
    ///     # let folder = above.path().join("heap");
    ///     let snapshots = memgate_live::snapshots(folder)?;
    ///     println!("go tool pprof {}", snapshots.take()?.display());
    ///     Ok(())
    /// }
    /// ```
    pub fn take(&self) -> Result<PathBuf, SnapshotError> {
        if !self.shared.status.is_this_process() {
            return Err(SnapshotError::Forked);
        }
        self.shared.take(Reason::Call, "called for").map(|written| written.path)
    }
}

impl Drop for Snapshots {
    fn drop(&mut self) {
        if !self.shared.status.is_this_process() {
            return;
        }
        #[cfg(all(unix, feature = "signal"))]
        if let Some(signal) = self.signal.take() {
            signal_hook::low_level::unregister(signal);
        }
        drop(self.stop.take());
        // A disk may hang. The thread then ends later, and harms nobody.
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = ended.recv_timeout(Duration::from_secs(1));
    }
}
