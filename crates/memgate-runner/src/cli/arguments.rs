//! Groups of options that several commands share.

use std::num::NonZeroUsize;
use std::time::Duration;

use memgate_report::config::parse_duration;
use memgate_report::model::{Partition, Selection};
use memgate_report::render::Format;

use super::cargo_arguments::CargoArguments;
use super::choice::one_of;
use crate::console::ColorChoice;
use crate::error::Error;
use crate::session::MeasureRequest;

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
    pub(super) cargo: CargoArguments,
    /// Take one part of N, the K-th, to measure in several jobs: count:K/N takes turns over the sorted ids, hash:K/N goes by
    /// each id
    #[arg(long, value_name = "KIND:K/N", help_heading = "Measuring")]
    partition: Option<Partition>,
    /// How many benchmarks to measure side by side [default: one on each core]
    #[arg(short, long, value_name = "N", help_heading = "Measuring")]
    jobs: Option<NonZeroUsize>,
    /// How long one process may run, such as 90s or 2m [default: 60s]
    #[arg(long, value_name = "TIME", value_parser = parse_duration, help_heading = "Measuring")]
    time_limit: Option<Duration>,
    /// Give whole commands the variables of whoever measures, rather than those that are the same everywhere
    #[arg(long, help_heading = "Measuring")]
    keep_environment: bool,
    /// Print less
    #[arg(short, long, help_heading = "Output")]
    quiet: bool,
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
    /// Show the numbers of the first run in each process too, when caches and statics fill
    #[arg(long)]
    pub(super) cold: bool,
}

/// What this change accepts.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Review")]
pub(super) struct AcceptanceArguments {
    /// Show what the baselines and the configuration accept that those of this revision did not [default in GitHub
    /// Actions: what the pull request is based on]
    #[arg(long, value_name = "REVISION")]
    pub(super) base: Option<String>,
}

impl SelectArguments {
    /// What is selected of these packages and bench targets; empty means all.
    pub(super) fn selection(
        &self,
        packages: &[String],
        bench_targets: &[String],
    ) -> Result<Selection, Error> {
        Selection {
            packages: packages.to_vec(),
            bench_targets: bench_targets.to_vec(),
            filters: self.filters.clone(),
            skips: self.skips.clone(),
            exact: self.exact,
        }
        .checked()
        .map_err(|error| Error::Usage(error.to_string()))
    }
}

impl MeasureArguments {
    /// What is asked for.
    pub(super) fn request(&self) -> Result<MeasureRequest, Error> {
        let cargo = self.cargo.options();
        Ok(MeasureRequest {
            selection: self.select.selection(&cargo.packages, &cargo.bench_targets)?,
            cargo,
            partition: self.partition,
            jobs: self.jobs,
            time_limit: self.time_limit,
            keeps_environment: self.keep_environment,
            leaves_out_commands: false,
            quiet: self.quiet,
        })
    }
}
