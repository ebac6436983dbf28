//! What is asked for: what to build, what to select of it, and how to measure it.

use std::num::NonZeroUsize;
use std::time::Duration;

use memgate_protocol::WindowPlan;
use memgate_report::config::Config;
use memgate_report::model::{BenchmarkId, Partition, Selection};

use crate::cargo::{CargoOptions, Toolchain};
use crate::error::Error;
use crate::measure::{MeasureOptions, ProcessCounts};

/// What to build, what to select of it, and how to measure it. Whoever makes one has checked its filters.
#[derive(Clone, Debug)]
pub(crate) struct MeasureRequest {
    /// What cargo is told.
    pub(crate) cargo: CargoOptions,
    /// Which benchmarks.
    pub(crate) selection: Selection,
    /// Which shard of them.
    pub(crate) partition: Option<Partition>,
    /// How many benchmarks to measure side by side; otherwise the configuration says it.
    pub(crate) jobs: Option<NonZeroUsize>,
    /// How long one process may run; otherwise the configuration says it.
    pub(crate) time_limit: Option<Duration>,
    /// Whether commands have the variables of whoever measures.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only on Linux a command is run"))]
    pub(crate) keeps_environment: bool,
    /// Whether to say less.
    pub(crate) quiet: bool,
}

impl MeasureRequest {
    /// How to measure: what is asked for over the configuration over the defaults.
    pub(crate) fn options(&self, config: &Config) -> MeasureOptions {
        let defaults = MeasureOptions::default();
        let least = config.measure.processes.unwrap_or(defaults.processes.least);
        let most = config.measure.maximum_processes.unwrap_or(defaults.processes.most);
        let time_limit = self.time_limit.or(config.measure.time_limit).unwrap_or(defaults.time_limit);
        // What looks for leaks is not to be what takes too long.
        let long_run_ms = u32::try_from(time_limit.as_millis() / 8).unwrap_or(u32::MAX);
        MeasureOptions {
            processes: ProcessCounts::new(least, most),
            plan: WindowPlan { long_run_ms: long_run_ms.min(defaults.plan.long_run_ms), ..defaults.plan },
            time_limit,
            jobs: self.jobs.or(config.measure.jobs).unwrap_or(defaults.jobs),
            ..defaults
        }
    }

    /// Refuses a shard, for a command that shards can't share.
    ///
    /// # Errors
    /// When one is asked for.
    pub(crate) fn refuse_partition(&self, command: &str, instead: &str) -> Result<(), Error> {
        match self.partition {
            None => Ok(()),
            Some(partition) => {
                Err(Error::Usage(format!("--partition {partition} is not for `{command}`; {instead}")))
            }
        }
    }

    /// The same for one package alone.
    pub(crate) fn of_package(&self, package: &str) -> Self {
        let mut request = self.clone();
        request.cargo.packages = vec![package.to_owned()];
        request.selection.packages.clone_from(&request.cargo.packages);
        request
    }

    /// The same, built with a toolchain; with the one that holds here, where none is asked for.
    pub(crate) fn with_toolchain(&self, toolchain: Option<&Toolchain>) -> Self {
        let mut request = self.clone();
        request.cargo.toolchain = toolchain.cloned();
        request
    }

    /// The same for one benchmark alone.
    pub(crate) fn of_benchmark(&self, id: &BenchmarkId) -> Self {
        let mut request = self.of_package(&id.package);
        request.cargo.bench_targets = vec![id.bench_target.clone()];
        request.selection = Selection {
            packages: request.cargo.packages.clone(),
            bench_targets: request.cargo.bench_targets.clone(),
            filters: vec![id.to_string()],
            skips: Vec::new(),
            exact: true,
        };
        request
    }
}
