//! This process, as what answers are made of.

#[cfg(all(feature = "cpu", target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
use std::time::Duration;

#[cfg(feature = "sync")]
use crate::contention;
#[cfg(all(feature = "cpu", target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
use crate::cpu::{self, CpuError};
use crate::heap;
use crate::memory::{MemoryFigures, figures};
use crate::pprof::StackKind;
use crate::process::{LoadedObject, loaded_objects};
use crate::profile::{Counters, HeapProfile, StackProfile};
#[cfg(all(feature = "cpu", target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
use crate::respond::Stop;
use crate::respond::{Refused, Source};
use crate::snapshots::{self, SnapshotStatus};
#[cfg(all(
    feature = "threads",
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
use crate::threads::{self, ThreadsError};

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

    fn stacks(&self, kind: StackKind) -> Option<Result<StackProfile, Refused>> {
        match kind {
            #[cfg(feature = "sync")]
            StackKind::Mutex => Some(contention::releases().map_err(Refused::Impossible)),
            #[cfg(feature = "sync")]
            StackKind::Block => Some(contention::waits().map_err(Refused::Impossible)),
            #[cfg(all(
                feature = "threads",
                target_os = "linux",
                any(target_arch = "x86_64", target_arch = "aarch64")
            ))]
            StackKind::Threads | StackKind::Goroutine => Some(threads::collect().map_err(Refused::from)),
            _ => None,
        }
    }

    #[cfg(all(feature = "cpu", target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
    fn cpu(&self, time: Duration, stop: &Stop) -> Option<Result<StackProfile, Refused>> {
        Some(cpu::collect(time, |time| stop.wait(time)).map_err(Refused::from))
    }
}

#[cfg(all(feature = "cpu", target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
impl From<CpuError> for Refused {
    fn from(error: CpuError) -> Self {
        match error {
            CpuError::Busy(left) => Self::Busy { what: "a CPU profile is being collected", retry_after_seconds: 1 + left.as_secs() },
            CpuError::Foreign => Self::Impossible(
                "failed to collect a CPU profile: the program has a handler of its own for SIGPROF, which stays where it is".to_owned(),
            ),
            CpuError::Stopped => Self::Impossible("the service is stopping".to_owned()),
        }
    }
}

#[cfg(all(feature = "threads", target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
impl From<ThreadsError> for Refused {
    fn from(error: ThreadsError) -> Self {
        match error {
            ThreadsError::Busy => Self::Busy { what: "threads are being asked", retry_after_seconds: 1 },
            ThreadsError::NoThreads => {
                Self::Impossible("failed to list the threads: /proc/self/task can't be read".to_owned())
            }
        }
    }
}
