//! This process, as what answers are made of.

#[cfg(feature = "sync")]
use crate::contention;
use crate::heap;
use crate::memory::{MemoryFigures, figures};
use crate::pprof::StackKind;
use crate::process::{LoadedObject, loaded_objects};
use crate::profile::{Counters, HeapProfile, StackProfile};
use crate::respond::{Refused, Source};

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

    fn stacks(&self, kind: StackKind) -> Option<Result<StackProfile, Refused>> {
        match kind {
            #[cfg(feature = "sync")]
            StackKind::Mutex => Some(contention::releases().map_err(Refused::Impossible)),
            #[cfg(feature = "sync")]
            StackKind::Block => Some(contention::waits().map_err(Refused::Impossible)),
            _ => None,
        }
    }
}
