//! Which packages of a workspace depend on memgate, under which features.
//!
//! `cargo metadata` resolves one choice of features. What depends on memgate under others is read from the manifests, of which
//! it has those of all packages that it has resolved, whole; and of the rest, the lock file tells which depend on which.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::cargo_platform::Platform;
use cargo_metadata::{Dependency, DependencyKind, Package};

use super::locked::Locked;
use super::mentions::Names;

/// The packages that a bench target speaks to memgate through.
const RUNTIME_PACKAGES: [&str; 3] = ["memgate", "memgate-criterion", "memgate-divan"];

/// The dependencies of packages, as their manifests declare them.
pub(super) struct Reach<'a> {
    packages: BTreeMap<&'a str, Vec<&'a Package>>,
    /// The names of packages that depend on memgate however far, under some features.
    reaching: BTreeSet<String>,
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
    pub(super) fn new(packages: impl IntoIterator<Item = &'a Package>, locked: &Locked) -> Self {
        let mut by_name: BTreeMap<&str, Vec<&Package>> = BTreeMap::new();
        for package in packages {
            by_name.entry(package.name.as_str()).or_default().push(package);
        }
        let reaching = reaching(&by_name, locked);
        Self { packages: by_name, reaching }
    }

    /// The packages that a dependency may be.
    fn candidates(&self, dependency: &Dependency) -> Vec<&'a Package> {
        let named = self.packages.get(dependency.name.as_str()).map_or(&[][..], Vec::as_slice);
        let matching = named.iter().filter(|package| dependency.req.matches(&package.version)).copied();
        let matching: Vec<&Package> = matching.collect();
        // What is taken from a folder may be of a version that matches nothing.
        if matching.is_empty() { named.to_vec() } else { matching }
    }

    /// Whether a package's bench targets are linked with memgate, with these of its features and of its dependencies'
    /// (`dependency/feature`).
    pub(super) fn reached(&self, package: &'a Package, features: &BTreeSet<String>) -> Reached<'a> {
        self.walk(package, features, true, &mut BTreeSet::new())
    }

    /// Features without which memgate is not reached: the fewest that make a difference.
    pub(super) fn lacking(&self, package: &'a Package, enabled: &BTreeSet<String>) -> Vec<String> {
        let all = self.all_features(package);
        let reaches = |more: &BTreeSet<String>| {
            self.reached(package, &enabled.union(more).cloned().collect()) != Reached::No
        };
        let reaching = all
            .iter()
            .filter(|feature| *feature != "default" && reaches(&BTreeSet::from([(*feature).clone()])));
        // A feature of the package's own, and of those the one that brings the least besides.
        let weight = |feature: &&String| {
            let implied = package.features.get(*feature).map_or(usize::MAX, Vec::len);
            (feature.contains('/'), implied, (*feature).clone())
        };
        if let Some(feature) = reaching.min_by_key(weight) {
            return vec![feature.clone()];
        }
        // It takes several.
        let mut needed: BTreeSet<String> =
            all.into_iter().filter(|feature| !enabled.contains(feature)).collect();
        if !reaches(&needed) {
            return Vec::new();
        }
        let mut droppable: Vec<String> = needed.iter().cloned().collect();
        droppable.sort_by_key(|feature| std::cmp::Reverse(weight(&feature)));
        for feature in droppable {
            needed.remove(&feature);
            if !reaches(&needed) {
                needed.insert(feature);
            }
        }
        needed.into_iter().collect()
    }

    /// What the names stand for by which a package's sources speak of others.
    pub(super) fn names(&self, package: &'a Package) -> Names {
        let mut names = Names::default();
        for dependency in linked(package, true).filter(|dependency| dependency.name != *package.name) {
            let set = if is_runtime(dependency) {
                &mut names.runtime
            } else if self.leads(dependency) {
                &mut names.helpers
            } else {
                &mut names.foreign
            };
            set.insert(extern_name(dependency));
        }
        // One name may be of several, on several platforms.
        let Names { runtime, helpers, foreign, .. } = &mut names;
        foreign.retain(|name| !runtime.contains(name) && !helpers.contains(name));
        let library = package.targets.iter().find(|target| target.is_lib() || target.is_rlib());
        let leads = linked(package, false).any(|dependency| is_runtime(dependency) || self.leads(dependency));
        let library = library.map(|target| target.name.replace('-', "_"));
        if RUNTIME_PACKAGES.contains(&package.name.as_str()) {
            names.runtime.extend(library);
        } else {
            names.own = library.filter(|_| leads);
        }
        names
    }

    /// Whether a dependency leads to memgate with any features.
    fn leads(&self, dependency: &Dependency) -> bool {
        self.reaching.contains(&dependency.name)
    }

    /// The features of a package, and those of its dependencies that lead to memgate.
    fn all_features(&self, package: &Package) -> BTreeSet<String> {
        let leading = linked(package, true).filter(|dependency| self.leads(dependency));
        let of_dependencies = leading.flat_map(|dependency| {
            let name = name_in_manifest(dependency);
            let packages = self.candidates(dependency).into_iter();
            packages
                .flat_map(|package| package.features.keys())
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
        if RUNTIME_PACKAGES.contains(&package.name.as_str()) {
            return Reached::Yes;
        }
        let asked = Asked::of(package, features);
        let mut platforms = Vec::new();
        for dependency in linked(package, is_root) {
            let name = name_in_manifest(dependency);
            if dependency.optional && !asked.dependencies.contains(name) {
                continue;
            }
            let reached = if is_runtime(dependency) {
                Reached::Yes
            } else if self.leads(dependency) {
                let mut features: BTreeSet<String> = dependency.features.iter().cloned().collect();
                features.extend(asked.features_of.get(name).into_iter().flatten().cloned());
                if dependency.uses_default_features {
                    features.insert("default".to_owned());
                }
                self.walk_dependency(dependency, &features, seen)
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

    fn walk_dependency(
        &self,
        dependency: &Dependency,
        features: &BTreeSet<String>,
        seen: &mut BTreeSet<(String, Vec<String>)>,
    ) -> Reached<'a> {
        let packages = self.candidates(dependency);
        // Of what cargo has not resolved, no features are known.
        if packages.is_empty() {
            return Reached::Yes;
        }
        let mut found = Reached::No;
        for package in packages {
            match (self.walk(package, features, false, seen), &mut found) {
                (Reached::Yes, _) => return Reached::Yes,
                (Reached::On(more), Reached::On(platforms)) => platforms.extend(more),
                (Reached::On(platforms), _) => found = Reached::On(platforms),
                (Reached::No, _) => {}
            }
        }
        found
    }
}

/// The names of packages that depend on memgate, however far, whatever the features.
fn reaching(packages: &BTreeMap<&str, Vec<&Package>>, locked: &Locked) -> BTreeSet<String> {
    let mut dependents: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, packages) in packages {
        let dependencies = packages.iter().flat_map(|package| linked(package, false));
        for dependency in dependencies {
            dependents.entry(&dependency.name).or_default().insert(name);
        }
    }
    for name in locked.names().filter(|name| !packages.contains_key(name)) {
        for dependency in locked.dependencies(name) {
            dependents.entry(dependency).or_default().insert(name);
        }
    }
    let mut waiting: Vec<&str> = RUNTIME_PACKAGES.to_vec();
    let mut reaching = BTreeSet::new();
    while let Some(name) = waiting.pop() {
        if reaching.insert(name.to_owned()) {
            waiting.extend(dependents.get(name).into_iter().flatten());
        }
    }
    reaching
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
                    // The feature that an optional dependency is, where it is one.
                    if package.features.contains_key(name) {
                        waiting.push(name);
                    }
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

fn is_runtime(dependency: &Dependency) -> bool {
    RUNTIME_PACKAGES.contains(&dependency.name.as_str())
}

fn name_in_manifest(dependency: &Dependency) -> &str {
    dependency.rename.as_deref().unwrap_or(&dependency.name)
}

fn extern_name(dependency: &Dependency) -> String {
    name_in_manifest(dependency).replace('-', "_")
}

#[cfg(test)]
#[path = "reach_tests.rs"]
mod tests;
