//! Cargo's own options.

use std::path::PathBuf;

use crate::cargo::CargoOptions;

/// What the command line hands on to cargo.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Cargo options")]
pub(super) struct CargoArguments {
    /// Only the bench targets of this package (may be repeated)
    #[arg(short, long = "package", value_name = "NAME")]
    pub(super) packages: Vec<String>,
    /// Only this bench target (may be repeated)
    #[arg(long = "bench", value_name = "NAME")]
    pub(super) bench_targets: Vec<String>,
    /// Enable features, separated by commas or spaces
    #[arg(short = 'F', long, value_name = "FEATURES", value_delimiter = ',')]
    features: Vec<String>,
    /// Enable all features
    #[arg(long)]
    all_features: bool,
    /// Leave out the default features
    #[arg(long)]
    no_default_features: bool,
    /// Build for a target triple
    #[arg(long, value_name = "TRIPLE")]
    target: Option<String>,
    /// Build with this profile [default: that of memgate.toml, or else bench]
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// The Cargo.toml of the workspace
    #[arg(long, value_name = "PATH")]
    manifest_path: Option<PathBuf>,
    /// Require that Cargo.lock is up to date
    #[arg(long)]
    locked: bool,
    /// Do not use the network
    #[arg(long)]
    offline: bool,
}

impl CargoArguments {
    /// The same as plain data.
    pub(super) fn options(&self) -> CargoOptions {
        let Self {
            packages,
            bench_targets,
            features,
            all_features,
            no_default_features,
            target,
            profile,
            manifest_path,
            locked,
            offline,
        } = self.clone();
        CargoOptions {
            packages,
            bench_targets,
            features,
            all_features,
            no_default_features,
            target,
            profile,
            manifest_path,
            locked,
            offline,
            toolchain: None,
        }
    }
}
