//! The typed form of `graph.json`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A workspace's packages, and how their dependencies were resolved.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Graph {
    /// Every package, the workspace's own ones included.
    pub packages: Vec<Package>,
    /// The ids of the workspace's own packages.
    pub workspace_members: Vec<String>,
    /// What each package was resolved to.
    pub resolve: Vec<Node>,
}

/// What a package says of itself.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// `name@version`.
    pub id: String,
    /// An SPDX expression.
    pub license: Option<String>,
    /// The registry; none for the workspace's own packages.
    pub source: Option<String>,
    /// The edition of Rust.
    pub edition: String,
    /// The oldest release of Rust that builds it.
    pub rust_version: Option<String>,
    /// The native library that it links.
    pub links: Option<String>,
    /// What it asks for.
    pub dependencies: Vec<Dependency>,
    /// Its features, and what each of them turns on.
    pub features: BTreeMap<String, Vec<String>>,
    /// What cargo builds of it.
    pub targets: Vec<Target>,
}

/// A package's wish for another package.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Dependency {
    /// The other package's name.
    pub name: String,
    /// Which versions will do.
    pub req: String,
    /// What it is for; none when it is for the library or the executable itself.
    pub kind: Option<String>,
    /// The name under which it is known to the package.
    pub rename: Option<String>,
    /// Whether a feature has to turn it on.
    pub optional: bool,
    /// Whether it comes with its default features.
    pub uses_default_features: bool,
    /// The features that it comes with.
    pub features: Vec<String>,
    /// The platforms that need it; none for all.
    pub target: Option<String>,
}

/// Something that cargo builds.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Target {
    /// `lib`, `bin`, `test` and the like.
    pub kind: Vec<String>,
    /// How it is linked.
    pub crate_types: Vec<String>,
    /// Its name.
    pub name: String,
    /// The edition of Rust.
    pub edition: String,
    /// Whether its documentation is tested.
    pub doctest: bool,
    /// Whether it is tested.
    pub test: bool,
}

/// What a package was resolved to.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Node {
    /// The package's id.
    pub id: String,
    /// The features that are on.
    pub features: Vec<String>,
    /// The packages that it depends on.
    pub deps: Vec<Link>,
}

/// A resolved dependency.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Link {
    /// The name of the crate in the code.
    pub name: String,
    /// The id of the package.
    pub pkg: String,
    /// Why and where it is needed.
    pub kinds: Vec<DependencyKind>,
}

/// Why and where a dependency is needed.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct DependencyKind {
    /// As [`Dependency::kind`].
    pub kind: Option<String>,
    /// As [`Dependency::target`].
    pub target: Option<String>,
}
