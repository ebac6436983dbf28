//! Groups of options that several commands share.

use std::num::NonZeroUsize;
use std::time::Duration;

use memgate::protocol::WindowPlan;
use memgate_report::config::{Config, parse_duration};
use memgate_report::model::{Partition, Selection};
use memgate_report::render::Format;

use super::choice::one_of;
use crate::cargo::CargoOptions;
use crate::console::ColorChoice;
use crate::error::Error;
use crate::measure::{MeasureOptions, ProcessCounts};

/// Which benchmarks.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct SelectArguments {
    /// Parts of ids, or globs over ids, in which `*` crosses slashes
    #[arg(value_name = "FILTER")]
    pub(super) filters: Vec<String>,
    /// A FILTER is a whole id, or a whole name within its bench target
    #[arg(long)]
    pub(super) exact: bool,
    /// Leave out what the filter selects (may be repeated)
    #[arg(long = "skip", value_name = "FILTER")]
    pub(super) skips: Vec<String>,
}

/// What to build, what to select of it, and how to measure it.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct MeasureArguments {
    #[command(flatten)]
    pub(super) select: SelectArguments,
    #[command(flatten)]
    pub(super) cargo: CargoOptions,
    /// Take the K-th of N shards: count:K/N takes turns over the sorted ids, hash:K/N goes by each id
    #[arg(long, value_name = "KIND:K/N", help_heading = "Measuring")]
    pub(super) partition: Option<Partition>,
    /// How many benchmarks to measure side by side [default: one on each core]
    #[arg(short, long, value_name = "N", help_heading = "Measuring")]
    jobs: Option<NonZeroUsize>,
    /// How long one process may run, such as 90s or 2m [default: 60s]
    #[arg(long, value_name = "TIME", value_parser = parse_duration, help_heading = "Measuring")]
    time_limit: Option<Duration>,
    /// Print less
    #[arg(short, long, help_heading = "Output")]
    pub(super) quiet: bool,
}

/// How and where to report.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Output")]
pub(super) struct OutputArguments {
    /// The format on standard output
    #[arg(long, value_parser = one_of(&Format::ALL), default_value = "terminal")]
    pub(super) format: Format,
    /// Write a report to a file as well (may be repeated); with no FORMAT, it follows from the file's ending, and `-` is
    /// standard output
    #[arg(long = "output", value_name = "[FORMAT:]PATH")]
    pub(super) outputs: Vec<String>,
    /// When to use colours
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    pub(super) color: ColorChoice,
    /// Show every benchmark, not only what changed
    #[arg(short, long)]
    pub(super) verbose: bool,
    /// Show the numbers of the first window of each process too
    #[arg(long)]
    pub(super) cold: bool,
}

impl SelectArguments {
    /// What selects, as it is given on the command line.
    pub(super) fn words(&self) -> Vec<String> {
        let exact = self.exact.then(|| "--exact".to_owned());
        let skips = self.skips.iter().flat_map(|skip| ["--skip".to_owned(), skip.clone()]);
        exact.into_iter().chain(self.filters.iter().cloned()).chain(skips).collect()
    }
}

impl MeasureArguments {
    /// What is selected.
    pub(super) fn selection(&self) -> Result<Selection, Error> {
        Selection {
            packages: self.cargo.packages.clone(),
            bench_targets: self.cargo.bench_targets.clone(),
            filters: self.select.filters.clone(),
            skips: self.select.skips.clone(),
            exact: self.select.exact,
        }
        .checked()
        .map_err(|error| Error::Usage(error.to_string()))
    }

    /// Refuses `--partition`, for a command that shards can't share.
    pub(super) fn refuse_partition(&self, command: &str, instead: &str) -> Result<(), Error> {
        match self.partition {
            None => Ok(()),
            Some(partition) => {
                Err(Error::Usage(format!("--partition {partition} is not for `{command}`; {instead}")))
            }
        }
    }

    /// How to measure: the command line over the configuration over the defaults.
    pub(super) fn measure_options(&self, config: &Config) -> MeasureOptions {
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
}
