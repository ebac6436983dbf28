//! Which packages depend on which by `Cargo.lock`: under all features, on all platforms, downloaded or not.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use memgate_report::format::parse_lock_file;

/// The names of packages with those of their dependencies.
#[derive(Debug, Default)]
pub(super) struct Locked {
    dependencies: BTreeMap<String, BTreeSet<String>>,
}

impl Locked {
    /// Reads the lock file of a workspace. Without one, nothing is known.
    pub(super) fn read(root: &Path) -> Self {
        std::fs::read_to_string(root.join("Cargo.lock")).map(|text| Self::parse(&text)).unwrap_or_default()
    }

    pub(super) fn parse(text: &str) -> Self {
        let mut dependencies: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for package in parse_lock_file(text) {
            // Without the version and the source.
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
