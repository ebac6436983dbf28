//! What answers are made of.

use crate::memory::MemoryFigures;
use crate::process::LoadedObject;
use crate::profile::{Counters, HeapProfile};
use crate::snapshots::SnapshotStatus;

/// A process, as far as it is asked about: this one, or one by hand in tests.
pub(crate) trait Source: Send + Sync {
    /// Collects a profile, or says why there is none.
    fn profile(&self) -> Result<HeapProfile, String>;
    /// None where the allocator is not installed.
    fn counters(&self) -> Option<Counters>;
    fn sampling_interval_bytes(&self) -> u64;
    fn figures(&self) -> MemoryFigures;
    /// What is loaded now, the program first.
    fn objects(&self) -> Vec<LoadedObject>;
    /// The command line, with a zero byte between its arguments.
    fn arguments(&self) -> Vec<u8>;
    /// None where none are taken.
    fn snapshots(&self) -> Option<SnapshotStatus>;
}
