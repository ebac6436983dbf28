//! What cargo is told.

use std::path::PathBuf;
use std::process::Command;

use super::Toolchain;
use super::program::cargo;

/// The profile of `cargo bench`: what is built with unless somebody says otherwise.
pub(super) const DEFAULT_PROFILE: &str = "bench";

/// What cargo is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CargoOptions {
    /// Only the bench targets of this package (may be repeated)
    pub packages: Vec<String>,
    /// Only this bench target (may be repeated)
    pub bench_targets: Vec<String>,
    /// Enable features, separated by commas or spaces
    pub features: Vec<String>,
    /// Enable all features
    pub all_features: bool,
    /// Leave out the default features
    pub no_default_features: bool,
    /// Build for a target triple
    pub target: Option<String>,
    /// Build with this profile rather than the workspace's own
    pub profile: Option<String>,
    /// The Cargo.toml of the workspace
    pub manifest_path: Option<PathBuf>,
    /// Require that Cargo.lock is up to date
    pub locked: bool,
    /// Do not use the network
    pub offline: bool,
    /// Build with another toolchain than the one that holds here
    pub toolchain: Option<Toolchain>,
}

impl CargoOptions {
    /// Cargo, as a program to be started: that of the toolchain that is asked for, or else the one that runs us.
    pub(super) fn cargo(&self) -> Command {
        self.toolchain.as_ref().map_or_else(|| Command::new(cargo()), Toolchain::command)
    }

    /// The features, one by one; cargo takes spaces between them too.
    #[must_use]
    pub fn feature_list(&self) -> Vec<String> {
        let words = self.features.iter().flat_map(|features| features.split_whitespace());
        words.map(str::to_owned).collect()
    }

    /// The flags that decide what is built, as they would be typed again.
    #[must_use]
    pub fn build_flags(&self) -> Vec<String> {
        let Self { packages, bench_targets, target, profile, manifest_path, .. } = self;
        let mut flags = Vec::new();
        let mut add =
            |name: &str, value: Option<String>| flags.extend([name.to_owned()].into_iter().chain(value));
        if let Some(path) = manifest_path {
            add("--manifest-path", Some(path.display().to_string()));
        }
        packages.iter().for_each(|name| add("--package", Some(name.clone())));
        bench_targets.iter().for_each(|name| add("--bench", Some(name.clone())));
        if !self.features.is_empty() {
            add("--features", Some(self.features.join(",")));
        }
        self.feature_flags().into_iter().for_each(|flag| add(flag, None));
        if let Some(target) = target {
            add("--target", Some(target.clone()));
        }
        if let Some(profile) = profile {
            add("--profile", Some(profile.clone()));
        }
        flags
    }

    /// The flags that turn all features on, or the default ones off.
    #[must_use]
    pub fn feature_flags(&self) -> Vec<&'static str> {
        let all = self.all_features.then_some("--all-features");
        let no_default = self.no_default_features.then_some("--no-default-features");
        all.into_iter().chain(no_default).collect()
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
