//! Packages that base and head were built with in other versions.

use serde::{Deserialize, Serialize};

/// A package that `Cargo.lock` has in another version than it had.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DependencyChange {
    /// The package's name.
    pub package: String,
    /// The versions in base, each with the shortened revision where it is from a repository; none when it is new.
    pub base: Vec<String>,
    /// The versions in head; none when it is gone.
    pub head: Vec<String>,
}

impl DependencyChange {
    /// The name of its library as functions have it, unless the package gives it another one.
    #[must_use]
    pub fn crate_name(&self) -> String {
        self.package.replace('-', "_")
    }
}

impl std::fmt::Display for DependencyChange {
    /// Such as `hashbrown 0.15.2 → 0.16.0`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let versions = |list: &[String]| match list {
            [] => "none".to_owned(),
            list => list.join(" and "),
        };
        write!(f, "{} {} → {}", self.package, versions(&self.base), versions(&self.head))
    }
}
