//! What the commands that read the archive have in common.

use std::path::PathBuf;

use memgate_report::history::SeriesSelection;
use memgate_report::model::MetricKey;

use crate::cargo::{CargoOptions, Workspace};
use crate::cli::arguments::SelectArguments;
use crate::console::ColorChoice;
use crate::error::Error;
use crate::git::Repository;

/// Which series, of which history.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct SeriesArguments {
    #[command(flatten)]
    select: SelectArguments,
    /// Only the bench targets of this package (may be repeated)
    #[arg(short, long = "package", value_name = "NAME")]
    packages: Vec<String>,
    /// Only this bench target (may be repeated)
    #[arg(long = "bench", value_name = "NAME")]
    bench_targets: Vec<String>,
    /// Only this metric, such as `allocs` (may be repeated)
    #[arg(long = "metric", value_name = "METRIC")]
    metrics: Vec<MetricKey>,
    /// Only this target triple (may be repeated)
    #[arg(long = "target", value_name = "TRIPLE")]
    targets: Vec<String>,
    /// The revision whose history it is, first parent after first parent
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    pub(super) revision: String,
    /// How many of its newest commits
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    pub(super) last: usize,
    #[command(flatten)]
    pub(super) place: PlaceArguments,
    /// When to use colours
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN", help_heading = "Output")]
    pub(super) color: ColorChoice,
}

/// How to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum HistoryFormat {
    /// For people
    Terminal,
    /// Everything, for programs
    Json,
}

/// Whose archive.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct PlaceArguments {
    /// The Cargo.toml of the workspace
    #[arg(long, value_name = "PATH")]
    manifest_path: Option<PathBuf>,
}

impl SeriesArguments {
    pub(super) fn selection(&self) -> Result<SeriesSelection, Error> {
        Ok(SeriesSelection {
            benchmarks: self.select.selection(&self.packages, &self.bench_targets)?,
            targets: self.targets.clone(),
            metrics: self.metrics.clone(),
        })
    }
}

impl PlaceArguments {
    pub(super) fn repository(&self) -> Result<Repository, Error> {
        let options = CargoOptions { manifest_path: self.manifest_path.clone(), ..CargoOptions::default() };
        Ok(Repository::of_workspace(Workspace::load(&options)?.root())?)
    }
}
