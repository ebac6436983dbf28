//! A process by hand, for tests.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::settings::Settings;
use super::source::Source;
use crate::access::{Access, Token};
use crate::health::Thresholds;
use crate::memory::MemoryFigures;
use crate::process::{LoadedObject, loaded_objects};
use crate::profile::samples::profile;
use crate::profile::{Counters, HeapProfile};
use crate::snapshots::SnapshotStatus;

/// What it answers, which a test can change meanwhile.
#[derive(Clone, Debug)]
pub(crate) struct ByHand {
    pub(crate) profile: Arc<Mutex<HeapProfile>>,
    pub(crate) figures: Arc<Mutex<MemoryFigures>>,
    /// While a test holds it, collecting takes that long.
    pub(crate) delay: Arc<Mutex<()>>,
}

impl Default for ByHand {
    fn default() -> Self {
        Self {
            profile: Arc::new(Mutex::new(profile(Vec::new()))),
            figures: Arc::default(),
            delay: Arc::default(),
        }
    }
}

impl Source for ByHand {
    fn profile(&self) -> Result<HeapProfile, String> {
        let _delay = self.delay.lock().unwrap();
        Ok(self.profile.lock().unwrap().clone())
    }

    fn counters(&self) -> Option<Counters> {
        Some(self.profile.lock().unwrap().counters)
    }

    fn sampling_interval_bytes(&self) -> u64 {
        self.profile.lock().unwrap().sampling_interval_bytes
    }

    fn figures(&self) -> MemoryFigures {
        *self.figures.lock().unwrap()
    }

    fn objects(&self) -> Vec<LoadedObject> {
        loaded_objects()
    }

    fn arguments(&self) -> Vec<u8> {
        b"service\0--password=1".to_vec()
    }

    fn snapshots(&self) -> Option<SnapshotStatus> {
        Some(SnapshotStatus::default())
    }
}

pub(crate) fn settings(token: Option<&str>) -> Settings {
    Settings {
        access: Access { token: token.map(|token| Token::new(token).unwrap()), is_host_checked: true },
        thresholds: Thresholds::default(),
        is_cmdline_served: false,
        longest_difference: Duration::from_secs(60),
    }
}
