//! This process, as what answers are made of.

use crate::heap;
use crate::memory::{MemoryFigures, figures};
use crate::process::{LoadedObject, loaded_objects};
use crate::profile::{Counters, HeapProfile};
use crate::respond::Source;
use crate::snapshots::{self, SnapshotStatus};

/// The process that this runs in.
#[derive(Clone, Copy, Debug)]
pub(super) struct ThisProcess;

impl Source for ThisProcess {
    fn profile(&self) -> Result<HeapProfile, String> {
        heap::profile().map_err(|error| error.to_string())
    }

    fn counters(&self) -> Option<Counters> {
        heap::counters()
    }

    fn sampling_interval_bytes(&self) -> u64 {
        heap::sampling_interval()
    }

    fn figures(&self) -> MemoryFigures {
        figures()
    }

    fn objects(&self) -> Vec<LoadedObject> {
        loaded_objects()
    }

    fn arguments(&self) -> Vec<u8> {
        std::fs::read("/proc/self/cmdline").unwrap_or_default()
    }

    fn snapshots(&self) -> Option<SnapshotStatus> {
        snapshots::status()
    }
}
