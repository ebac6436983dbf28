//! How to measure.

use std::num::NonZeroUsize;
use std::time::Duration;

use memgate_protocol::WindowPlan;

use crate::process::ChildLimits;

/// How to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeasureOptions {
    /// How many processes measure one benchmark.
    pub processes: ProcessCounts,
    /// The windows of each process.
    pub plan: WindowPlan,
    /// How long one process may run.
    pub time_limit: Duration,
    /// How much one process may print, in bytes.
    pub output_limit: u64,
    /// How many processes run side by side.
    pub jobs: NonZeroUsize,
}

/// How many processes measure one benchmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcessCounts {
    /// At least.
    pub least: u32,
    /// At most, when they do not agree.
    pub most: u32,
    /// How many of them look for leaks over a long run, when the first finds none.
    pub long_runs: u32,
    /// How many times as long as the plan says the first of them may do so.
    pub first_takes: u32,
}

impl ProcessCounts {
    /// So many, and as many as `most` when they do not agree; the first runs long.
    #[must_use]
    pub fn new(least: u32, most: u32) -> Self {
        Self { least, most: most.max(least), long_runs: 1, first_takes: 1 }
    }

    /// One and no more, for what is asked in another way besides.
    #[must_use]
    pub fn one() -> Self {
        Self::new(1, 1)
    }

    /// For a value that others are compared with: three times as many have to agree before it is called exact, and all of them
    /// run long, the first for twice as long. What two processes agree on by luck would be a wrong base for as long as it is
    /// committed.
    #[must_use]
    pub fn for_base(self) -> Self {
        let least = self.least.saturating_mul(3).min(self.most);
        Self { least, long_runs: least, first_takes: 2, ..self }
    }

    /// For a value that makes a difference: all that there may be, whether they agree or not. The first looks for leaks for
    /// ten times as long, so that iterations decide, and not how busy the machine is: a base that was decided in its time is
    /// then decided here, unless everything is five times as slow. One that does is enough, since it is the same routine.
    #[must_use]
    pub fn for_doubt(self) -> Self {
        Self { least: self.most, long_runs: self.most, first_takes: 10, ..self }
    }
}

impl Default for MeasureOptions {
    /// Two processes of one cold, two warm-up and three steady windows; up to eight where they do not agree; a minute
    /// and 64 MiB of output for each; one beside the other on every core.
    fn default() -> Self {
        Self {
            processes: ProcessCounts::new(2, 8),
            plan: WindowPlan::default(),
            time_limit: Duration::from_secs(60),
            output_limit: 64 * 1024 * 1024,
            jobs: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
        }
    }
}

impl MeasureOptions {
    /// The plan of the first process. A third of the time limit is left for the windows, and another for what an iteration takes
    /// beyond its time.
    pub(super) fn first_plan(&self) -> WindowPlan {
        let most = u32::try_from(self.time_limit.as_millis() / 3).unwrap_or(u32::MAX);
        let wanted = self.plan.long_run_ms.saturating_mul(self.processes.first_takes);
        WindowPlan { long_run_ms: wanted.min(most.max(self.plan.long_run_ms)), ..self.plan }
    }

    /// The same for windows alone.
    pub(crate) fn without_long_run(self) -> Self {
        Self { plan: WindowPlan { long_run_ms: 0, ..self.plan }, ..self }
    }

    pub(crate) fn child_limits(&self) -> ChildLimits {
        ChildLimits { time: self.time_limit, output_bytes: self.output_limit }
    }
}
