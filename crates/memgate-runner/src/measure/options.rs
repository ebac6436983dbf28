//! How to measure.

use std::num::NonZeroUsize;
use std::time::Duration;

use memgate::protocol::WindowPlan;

use crate::process::ChildLimits;

/// How to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeasureOptions {
    /// How many processes measure one benchmark.
    pub processes: u32,
    /// How many at most, when they do not agree.
    pub maximum_processes: u32,
    /// The windows of each process.
    pub plan: WindowPlan,
    /// How long one process may run.
    pub time_limit: Duration,
    /// How much one process may print, in bytes.
    pub output_limit: u64,
    /// How many processes run side by side.
    pub jobs: NonZeroUsize,
}

impl Default for MeasureOptions {
    /// Two processes of one cold, two warm-up and three steady windows; up to eight where they do not agree; a minute
    /// and 64 MiB of output for each; one beside the other on every core.
    fn default() -> Self {
        Self {
            processes: 2,
            maximum_processes: 8,
            plan: WindowPlan::default(),
            time_limit: Duration::from_secs(60),
            output_limit: 64 * 1024 * 1024,
            jobs: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
        }
    }
}

impl MeasureOptions {
    pub(crate) fn child_limits(&self) -> ChildLimits {
        ChildLimits { time: self.time_limit, output_bytes: self.output_limit }
    }
}
