//! Which packages depend on which by `Cargo.lock`: under all features, on all platforms, downloaded or not.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;

/// The names of packages with those of their dependencies.
#[derive(Debug, Default)]
pub(super) struct Locked {
    dependencies: BTreeMap<String, BTreeSet<String>>,
}

#[derive(Deserialize)]
struct LockFile {
    #[serde(default)]
    package: Vec<LockedPackage>,
}

#[derive(Deserialize)]
struct LockedPackage {
    name: String,
    #[serde(default)]
    dependencies: Vec<String>,
}

impl Locked {
    /// Reads the lock file of a workspace. Without one, nothing is known.
    pub(super) fn read(root: &Path) -> Self {
        std::fs::read_to_string(root.join("Cargo.lock")).map(|text| Self::parse(&text)).unwrap_or_default()
    }

    pub(super) fn parse(text: &str) -> Self {
        let file = toml::from_str(text).unwrap_or(LockFile { package: Vec::new() });
        let mut dependencies: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for package in file.package {
            // A name, with a version and a source where there are several.
            let names = package.dependencies.iter().filter_map(|text| text.split(' ').next());
            dependencies.entry(package.name).or_default().extend(names.map(str::to_owned));
        }
        Self { dependencies }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.dependencies.keys().map(String::as_str)
    }

    pub(super) fn dependencies(&self, name: &str) -> impl Iterator<Item = &str> {
        self.dependencies.get(name).into_iter().flatten().map(String::as_str)
    }
}
