//! What is around a command of the user's where the system tells little: whom it leaves is known to nobody.

use std::num::NonZeroUsize;
use std::time::Duration;

/// What is around a command: nothing.
#[derive(Debug)]
pub(super) struct Around;

impl Around {
    pub(super) fn before(_: Option<NonZeroUsize>) -> Self {
        Self
    }

    #[expect(clippy::unused_self, reason = "as on Linux")]
    pub(super) fn start<R>(&self, start: impl FnOnce() -> R) -> R {
        start()
    }

    #[expect(clippy::unused_self, reason = "as on Linux")]
    pub(super) fn resident_peak_bytes(&self) -> Option<u64> {
        None
    }

    #[expect(clippy::unused_self, reason = "as on Linux")]
    pub(super) fn cgroup_peak_bytes(&self) -> Result<u64, String> {
        Err("only Linux has such groups".to_owned())
    }

    #[expect(clippy::unused_self, reason = "as on Linux")]
    pub(super) fn end_left(&self, _: Duration) -> Vec<String> {
        Vec::new()
    }
}
