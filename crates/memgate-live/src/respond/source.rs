//! What answers are made of.

use std::time::Duration;

use super::stop::Stop;
use crate::memory::MemoryFigures;
use crate::pprof::StackKind;
use crate::process::LoadedObject;
use crate::profile::{Counters, HeapProfile, StackProfile};
use crate::snapshots::SnapshotStatus;

/// Why something is not collected now.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(all(
        any(feature = "cpu", feature = "threads"),
        any(test, all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))
    )),
    expect(dead_code, reason = "what can be refused is not built in")
)]
pub(crate) enum Refused {
    /// Somebody else has it collected.
    Busy {
        /// What is collected, as in "… already".
        what: &'static str,
        retry_after_seconds: u64,
    },
    /// For a reason that people are to read.
    Impossible(String),
}

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
    fn snapshots(&self) -> Option<SnapshotStatus> {
        None
    }
    /// What threads wait for, or where they are. None where it isn't built in.
    fn stacks(&self, _kind: StackKind) -> Option<Result<StackProfile, Refused>> {
        None
    }
    /// Where processor time goes within a time, or until the service stops. None where it isn't built in.
    fn cpu(&self, _time: Duration, _stop: &Stop) -> Option<Result<StackProfile, Refused>> {
        None
    }
}
