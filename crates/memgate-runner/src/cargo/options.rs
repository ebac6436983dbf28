//! What the command line hands on to cargo.

use std::path::PathBuf;

/// What the command line hands on to cargo.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
#[command(next_help_heading = "Cargo options")]
pub struct CargoOptions {
    /// Only the bench targets of this package (may be repeated)
    #[arg(short, long = "package", value_name = "NAME")]
    pub packages: Vec<String>,
    /// Only this bench target (may be repeated)
    #[arg(long = "bench", value_name = "NAME")]
    pub bench_targets: Vec<String>,
    /// Enable features, separated by commas or spaces
    #[arg(short = 'F', long, value_name = "FEATURES", value_delimiter = ',')]
    pub features: Vec<String>,
    /// Enable all features
    #[arg(long)]
    pub all_features: bool,
    /// Leave out the default features
    #[arg(long)]
    pub no_default_features: bool,
    /// Build for a target triple
    #[arg(long, value_name = "TRIPLE")]
    pub target: Option<String>,
    /// Build with a profile
    #[arg(long, value_name = "NAME", default_value = "bench")]
    pub profile: String,
    /// The Cargo.toml of the workspace
    #[arg(long, value_name = "PATH")]
    pub manifest_path: Option<PathBuf>,
    /// Require that Cargo.lock is up to date
    #[arg(long)]
    pub locked: bool,
    /// Do not use the network
    #[arg(long)]
    pub offline: bool,
}

impl CargoOptions {
    /// The features, one by one; cargo takes spaces between them too.
    #[must_use]
    pub fn feature_list(&self) -> Vec<String> {
        let words = self.features.iter().flat_map(|features| features.split_whitespace());
        words.map(str::to_owned).collect()
    }

    /// The flags that say whether the lock file and the network may be used.
    #[must_use]
    pub fn lock_flags(&self) -> Vec<String> {
        let mut flags = Vec::new();
        if self.locked {
            flags.push("--locked".to_owned());
        }
        if self.offline {
            flags.push("--offline".to_owned());
        }
        flags
    }
}
