//! Which packages of a workspace depend on memgate, under which features.
//!
//! `cargo metadata` resolves one choice of features. What depends on memgate under others is read from the manifests, of which
//! it has those of all packages of the workspace, whole.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::cargo_platform::Platform;
use cargo_metadata::{Dependency, DependencyKind, Metadata, Package, PackageId};

/// The packages that a bench target speaks to memgate through.
const RUNTIME_PACKAGES: [&str; 2] = ["memgate", "memgate-criterion"];

/// The dependencies of a workspace's packages, as their manifests declare them.
pub(super) struct Reach<'a> {
    members: BTreeMap<&'a str, &'a Package>,
    /// Packages of others that reach memgate as cargo has resolved them.
    others: BTreeSet<&'a str>,
}

/// Whether memgate is among the dependencies, however far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reached<'a> {
    No,
    /// Only on these platforms.
    On(Vec<&'a Platform>),
    Yes,
}

impl<'a> Reach<'a> {
    pub(super) fn new(metadata: &'a Metadata, resolved: &BTreeSet<PackageId>) -> Self {
        let members: BTreeMap<&str, &Package> = metadata
            .workspace_packages()
            .into_iter()
            .map(|package| (package.name.as_str(), package))
            .collect();
        let others = metadata.packages.iter().filter(|package| resolved.contains(&package.id));
        let others = others.map(|package| package.name.as_str()).filter(|name| !members.contains_key(name));
        Self { others: others.collect(), members }
    }

    /// Whether a package's bench targets are linked with memgate, with these of its features and of its dependencies'
    /// (`dependency/feature`).
    pub(super) fn reached(&self, package: &'a Package, features: &BTreeSet<String>) -> Reached<'a> {
        self.walk(package, features, true, &mut BTreeSet::new())
    }

    /// Whether they are with any features.
    pub(super) fn reached_with_all(&self, package: &'a Package) -> Reached<'a> {
        self.reached(package, &self.all_features(package))
    }

    /// Features without which memgate is not reached: the fewest that make a difference; none when no one feature does.
    pub(super) fn lacking(&self, package: &'a Package, enabled: &BTreeSet<String>) -> Vec<String> {
        let reaching = self.all_features(package).into_iter().filter(|feature| {
            let mut features = enabled.clone();
            features.insert(feature.clone());
            feature != "default" && self.reached(package, &features) != Reached::No
        });
        // A feature of the package's own, and of those the one that brings the least besides.
        let weight = |feature: &String| {
            let implied = package.features.get(feature).map_or(usize::MAX, Vec::len);
            (feature.contains('/'), implied, feature.clone())
        };
        reaching.min_by_key(weight).into_iter().collect()
    }

    /// The names by which a package's sources speak of memgate, its facade, or what leads to them.
    pub(super) fn names(&self, package: &'a Package) -> BTreeSet<String> {
        let leads = |dependency: &&Dependency| {
            is_runtime(dependency)
                || self.others.contains(dependency.name.as_str())
                || self.members.get(dependency.name.as_str()).is_some_and(|member| {
                    let features = self.all_features(member);
                    self.walk(member, &features, false, &mut BTreeSet::new()) != Reached::No
                })
        };
        linked(package, true).filter(leads).map(extern_name).collect()
    }

    fn all_features(&self, package: &Package) -> BTreeSet<String> {
        let of_dependencies = linked(package, true).flat_map(|dependency| {
            let member = self.members.get(dependency.name.as_str());
            let name = name_in_manifest(dependency);
            member
                .into_iter()
                .flat_map(|member| member.features.keys())
                .map(move |feature| format!("{name}/{feature}"))
        });
        package.features.keys().cloned().chain(of_dependencies).collect()
    }

    fn walk(
        &self,
        package: &'a Package,
        features: &BTreeSet<String>,
        is_root: bool,
        seen: &mut BTreeSet<(String, Vec<String>)>,
    ) -> Reached<'a> {
        if !seen.insert((package.id.repr.clone(), features.iter().cloned().collect())) {
            return Reached::No;
        }
        let asked = Asked::of(package, features);
        let mut platforms = Vec::new();
        for dependency in linked(package, is_root) {
            let name = name_in_manifest(dependency);
            if dependency.optional && !asked.dependencies.contains(name) {
                continue;
            }
            let reached = if is_runtime(&dependency) || self.others.contains(dependency.name.as_str()) {
                Reached::Yes
            } else if let Some(member) = self.members.get(dependency.name.as_str()) {
                let mut features: BTreeSet<String> = dependency.features.iter().cloned().collect();
                features.extend(asked.features_of.get(name).into_iter().flatten().cloned());
                if dependency.uses_default_features {
                    features.insert("default".to_owned());
                }
                self.walk(member, &features, false, seen)
            } else {
                Reached::No
            };
            match (reached, &dependency.target) {
                (Reached::Yes, None) => return Reached::Yes,
                (Reached::Yes, Some(platform)) => platforms.push(platform),
                (Reached::On(found), _) => platforms.extend(found),
                (Reached::No, _) => {}
            }
        }
        if platforms.is_empty() { Reached::No } else { Reached::On(platforms) }
    }
}

/// What features of a package ask of its dependencies.
#[derive(Default)]
struct Asked {
    /// Optional dependencies that are enabled.
    dependencies: BTreeSet<String>,
    features_of: BTreeMap<String, BTreeSet<String>>,
}

impl Asked {
    fn of(package: &Package, features: &BTreeSet<String>) -> Self {
        let mut asked = Self::default();
        let mut waiting: Vec<&str> = features.iter().map(String::as_str).collect();
        let mut seen = BTreeSet::new();
        while let Some(feature) = waiting.pop() {
            if !seen.insert(feature) {
                continue;
            }
            if let Some(dependency) = feature.strip_prefix("dep:") {
                asked.dependencies.insert(dependency.to_owned());
            } else if let Some((dependency, feature)) = feature.split_once('/') {
                let name = dependency.trim_end_matches('?');
                if name == dependency {
                    asked.dependencies.insert(name.to_owned());
                }
                asked.features_of.entry(name.to_owned()).or_default().insert(feature.to_owned());
            } else if let Some(implied) = package.features.get(feature) {
                waiting.extend(implied.iter().map(String::as_str));
            }
        }
        asked
    }
}

/// The dependencies that bench targets are linked with: a package's own for development too, those of others not.
fn linked(package: &Package, is_root: bool) -> impl Iterator<Item = &Dependency> {
    package.dependencies.iter().filter(move |dependency| {
        dependency.kind == DependencyKind::Normal
            || (is_root && dependency.kind == DependencyKind::Development)
    })
}

fn is_runtime(dependency: &&Dependency) -> bool {
    RUNTIME_PACKAGES.contains(&dependency.name.as_str())
}

fn name_in_manifest(dependency: &Dependency) -> &str {
    dependency.rename.as_deref().unwrap_or(&dependency.name)
}

fn extern_name(dependency: &Dependency) -> String {
    name_in_manifest(dependency).replace('-', "_")
}
