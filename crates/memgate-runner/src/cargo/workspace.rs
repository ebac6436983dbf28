//! The workspace: its packages, and which of their bench targets may speak to memgate.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use cargo_metadata::{Metadata, MetadataCommand, Package, PackageId, TargetKind};

use super::coverage::Usage;
use super::program::metadata;
use super::reach::Reach;
use super::{CargoError, CargoOptions};
use crate::model::Need;
use crate::nearest::nearest;

/// A workspace, as `cargo metadata` describes it.
#[derive(Debug)]
pub struct Workspace {
    metadata: Metadata,
    target_folder: PathBuf,
    /// The packages whose dependencies, however far, include memgate.
    reaching_memgate: BTreeSet<PackageId>,
}

/// A package with bench targets that may speak to memgate.
#[derive(Clone, Debug)]
pub struct Candidate<'a> {
    /// The package.
    pub package: &'a Package,
    /// The names of its bench targets, sorted.
    pub bench_targets: Vec<String>,
    /// What is not to be built, with what it lacks; nothing when it is excluded, or none of memgate's.
    pub left_out: Vec<(String, Vec<Need>)>,
    /// How the package uses memgate.
    pub usage: Usage,
    /// The features to enable that this package has.
    pub features: Vec<String>,
}

/// A package whose sources may change under cargo's eyes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LocalPackage {
    pub(super) name: String,
    /// Its folder, without links.
    pub(super) folder: PathBuf,
}

/// The package whose presence among the dependencies makes a bench target a candidate.
const RUNTIME_PACKAGE: &str = "memgate";

impl Workspace {
    /// Asks cargo about the workspace that the current folder is in.
    ///
    /// # Errors
    /// When there is none, or cargo can't resolve its dependencies.
    pub fn load(options: &CargoOptions) -> Result<Self, CargoError> {
        let mut command = MetadataCommand::new();
        if let Some(path) = &options.manifest_path {
            command.manifest_path(path);
        }
        Self::ask(command, options)
    }

    /// Asks cargo where the workspace is that the current folder is in, and no more: nothing is resolved, so no lock file is
    /// written, and there are no candidates.
    ///
    /// # Errors
    /// When there is none.
    pub fn locate(options: &CargoOptions) -> Result<Self, CargoError> {
        let mut command = MetadataCommand::new();
        if let Some(path) = &options.manifest_path {
            command.manifest_path(path);
        }
        command.no_deps();
        Self::ask(command, options)
    }

    /// Asks cargo about the workspace in a folder, with the settings that hold there, and has what is built of it in another
    /// target folder than its own.
    ///
    /// # Errors
    /// When there is none, or cargo can't resolve its dependencies.
    pub fn load_elsewhere(
        folder: &Path,
        target_folder: &Path,
        options: &CargoOptions,
    ) -> Result<Self, CargoError> {
        let mut command = MetadataCommand::new();
        command.current_dir(folder).manifest_path(folder.join("Cargo.toml"));
        let workspace = Self::ask(command, options)?;
        Ok(Self { target_folder: target_folder.to_owned(), ..workspace })
    }

    fn ask(mut command: MetadataCommand, options: &CargoOptions) -> Result<Self, CargoError> {
        command.other_options(options.lock_flags());
        let metadata = metadata(&command)?;
        let reaching_memgate = reaching(&metadata, RUNTIME_PACKAGE);
        let target_folder = metadata.target_directory.as_std_path().join("memgate");
        Ok(Self { metadata, target_folder, reaching_memgate })
    }

    /// The folder of the workspace's `Cargo.toml`.
    #[must_use]
    pub fn root(&self) -> &Path {
        self.metadata.workspace_root.as_std_path()
    }

    /// The folders that hold the workspace's own sources: its root, and its packages, which may lie elsewhere.
    #[must_use]
    pub fn source_folders(&self) -> Vec<PathBuf> {
        let packages = self.metadata.workspace_packages().into_iter();
        let folders =
            packages.filter_map(|package| Some(package.manifest_path.as_std_path().parent()?.to_path_buf()));
        std::iter::once(self.root().to_path_buf()).chain(folders).collect()
    }

    /// A target folder of memgate's own inside the workspace's, so that its flags never rebuild what the user built.
    #[must_use]
    pub fn target_folder(&self) -> PathBuf {
        self.target_folder.clone()
    }

    /// The flags with which cargo puts everything that it builds into a folder, besides those by which it is found.
    ///
    /// A setting may put what is intermediate elsewhere (`build.build-dir`), and there the packages of another tree pass for this
    /// one's. Not by a variable: a build script that calls cargo would inherit it, and wait for ever for our folder.
    #[must_use]
    pub(super) fn place_flags(&self, folder: &Path) -> Vec<OsString> {
        let mut flags = vec!["--target-dir".into(), folder.into()];
        // A cargo that does not name the folder does not know the setting.
        if self.metadata.build_directory.is_some()
            && let Some(template) = build_folder_template(folder, self.root())
        {
            flags.extend(["--config".into(), format!("build.build-dir={template:?}").into()]);
        }
        flags
    }

    /// The packages whose sources may change under cargo's eyes, with their folders: those of the workspace, of paths, and what
    /// is vendored in the tree.
    #[must_use]
    pub(super) fn local_packages(&self) -> BTreeMap<PackageId, LocalPackage> {
        let packages = self.metadata.packages.iter();
        let local = packages
            .filter(|package| package.source.is_none() || package.manifest_path.starts_with(self.root()));
        let entry = |package: &Package| {
            let folder = folder_of(package)?;
            let folder = folder.canonicalize().unwrap_or(folder);
            Some((package.id.clone(), LocalPackage { name: package.name.to_string(), folder }))
        };
        local.filter_map(entry).collect()
    }

    /// The folders of the workspace's packages that have benches, by the packages' names.
    #[must_use]
    pub fn bench_packages(&self) -> BTreeMap<String, PathBuf> {
        let members = self.metadata.workspace_packages().into_iter();
        let with_benches =
            members.filter(|package| package.targets.iter().any(cargo_metadata::Target::is_bench));
        with_benches.filter_map(|package| Some((package.name.to_string(), folder_of(package)?))).collect()
    }

    /// The folders of the workspace's packages, by their names.
    #[must_use]
    pub fn packages(&self) -> BTreeMap<String, PathBuf> {
        let members = self.metadata.workspace_packages().into_iter();
        members.filter_map(|package| Some((package.name.to_string(), folder_of(package)?))).collect()
    }

    /// The packages that are taken from folders outside of a folder, by their names.
    #[must_use]
    pub fn packages_outside(&self, folder: &Path) -> Vec<(String, PathBuf)> {
        let local = self.metadata.packages.iter().filter(|package| package.source.is_none());
        let mut outside: Vec<(String, PathBuf)> = local
            .filter_map(|package| Some((package.name.to_string(), folder_of(package)?)))
            .filter(|(_, place)| !place.starts_with(folder))
            .collect();
        outside.sort();
        outside
    }

    /// The packages with bench targets that may speak to memgate, whatever features that takes, in the order of their names.
    /// Of `excluded`, packages and bench targets (`package/bench_target`) are left out unless the options name them.
    ///
    /// # Errors
    /// When the options name packages, bench targets or features that are not there, or `excluded` a package.
    pub fn candidates(
        &self,
        options: &CargoOptions,
        excluded: &[String],
    ) -> Result<Vec<Candidate<'_>>, CargoError> {
        let members = self.selected_members(options)?;
        for name in excluded {
            let name = name.split_once('/').map_or(name.as_str(), |(package, _)| package);
            if !self.metadata.workspace_packages().iter().any(|package| *package.name == *name) {
                return Err(CargoError::UnknownExcluded(name.to_owned()));
            }
        }
        let features = options.feature_list();
        for feature in &features {
            if !members.iter().any(|package| has_feature(package, feature)) {
                return Err(CargoError::UnknownFeature(feature.clone()));
            }
        }
        let reach = Reach::new(&self.metadata, &self.reaching_memgate);
        let mut candidates = Vec::new();
        let mut known_targets = BTreeSet::new();
        for package in members {
            let benches = package.targets.iter().filter(|target| target.kind.contains(&TargetKind::Bench));
            let benches: Vec<_> = benches.collect();
            known_targets.extend(benches.iter().map(|target| target.name.clone()));
            let features: Vec<String> =
                features.iter().filter(|feature| has_feature(package, feature)).cloned().collect();
            let enabled = enabled_features(package, &features, options);
            let is_resolved = self.reaching_memgate.contains(&package.id);
            let Some(usage) = Usage::of(package, &reach, is_resolved, enabled) else { continue };
            let is_excluded = |target: &str| {
                let is_it = |name: &String| match name.split_once('/') {
                    Some((name, bench_target)) => {
                        let is_named = options.bench_targets.iter().any(|name| name == target);
                        *package.name == *name && bench_target == target && !is_named
                    }
                    None => *package.name == *name && options.packages.is_empty(),
                };
                excluded.iter().any(is_it)
            };
            let is_asked = |target: &str| {
                options.bench_targets.is_empty() || options.bench_targets.iter().any(|name| name == target)
            };
            let mut candidate =
                Candidate { package, bench_targets: Vec::new(), left_out: Vec::new(), features, usage };
            for target in benches.into_iter().filter(|target| is_asked(&target.name)) {
                if is_excluded(&target.name) {
                    candidate.left_out.push((target.name.clone(), Vec::new()));
                    continue;
                }
                match candidate.usage.before_build(target) {
                    Ok(()) => candidate.bench_targets.push(target.name.clone()),
                    Err(lacking) => {
                        candidate.left_out.push((target.name.clone(), lacking.unwrap_or_default()));
                    }
                }
            }
            for (name, need) in candidate.usage.elsewhere(package) {
                if is_asked(&name) && !is_excluded(&name) {
                    candidate.left_out.push((name, vec![need]));
                }
            }
            candidate.bench_targets.sort();
            if !candidate.bench_targets.is_empty() || !candidate.left_out.is_empty() {
                candidates.push(candidate);
            }
        }
        for name in &options.bench_targets {
            if !known_targets.contains(name) {
                let nearest = nearest(name, known_targets.iter().map(String::as_str));
                return Err(CargoError::UnknownBenchTarget { name: name.clone(), nearest });
            }
        }
        Ok(candidates)
    }

    fn selected_members(&self, options: &CargoOptions) -> Result<Vec<&Package>, CargoError> {
        let mut members = self.metadata.workspace_packages();
        members.sort_by(|a, b| a.name.cmp(&b.name));
        for name in &options.packages {
            if !members.iter().any(|package| *package.name == *name) {
                let nearest = nearest(name, members.iter().map(|package| package.name.as_str()));
                return Err(CargoError::UnknownPackage { name: name.clone(), nearest });
            }
        }
        let asked = &options.packages;
        members.retain(|package| asked.is_empty() || asked.iter().any(|name| *package.name == *name));
        Ok(members)
    }
}

/// A folder as `build.build-dir` takes it: braces are variables there, and can't be written otherwise. None for what can't be
/// said.
fn build_folder_template(folder: &Path, root: &Path) -> Option<String> {
    let text = folder.to_str()?;
    let is_plain = |text: &str| !text.contains(['{', '}']);
    if is_plain(text) {
        return Some(text.to_owned());
    }
    let below = folder.strip_prefix(root).ok()?.to_str().filter(|below| is_plain(below))?;
    Some(format!("{{workspace-root}}/{below}"))
}

fn folder_of(package: &Package) -> Option<PathBuf> {
    Some(package.manifest_path.as_std_path().parent()?.to_path_buf())
}

/// Whether `--features FEATURE` makes sense for a package: its own feature, an optional dependency, or a feature of a
/// dependency (`dependency/feature`).
fn has_feature(package: &Package, feature: &str) -> bool {
    let dependency = |name: &str| {
        package
            .dependencies
            .iter()
            .find(|dependency| dependency.rename.as_deref().unwrap_or(&dependency.name) == name)
    };
    match feature.split_once('/') {
        Some((name, _)) if *package.name == *name => true,
        Some((name, _)) => dependency(name.trim_end_matches('?')).is_some(),
        None => {
            package.features.contains_key(feature)
                || dependency(feature).is_some_and(|dependency| dependency.optional)
        }
    }
}

/// The package's own features that are enabled: what is asked for and the defaults, and what these enable in turn.
fn enabled_features(package: &Package, asked: &[String], options: &CargoOptions) -> BTreeSet<String> {
    if options.all_features {
        return package.features.keys().cloned().collect();
    }
    // `package/feature` asks for the package's own as well.
    let own = |feature: &String| match feature.split_once('/') {
        Some((name, feature)) if *package.name == *name => feature.to_owned(),
        _ => feature.clone(),
    };
    let mut waiting: Vec<String> = asked.iter().map(own).collect();
    if !options.no_default_features {
        waiting.push("default".to_owned());
    }
    // Those of dependencies, for what they bring.
    let mut enabled: BTreeSet<String> =
        asked.iter().filter(|feature| feature.contains('/')).cloned().collect();
    while let Some(feature) = waiting.pop() {
        if let Some(implied) = package.features.get(&feature)
            && enabled.insert(feature)
        {
            waiting.extend(implied.iter().cloned());
        }
    }
    enabled
}

/// The packages that depend on a package of this name, directly or not.
fn reaching(metadata: &Metadata, name: &str) -> BTreeSet<PackageId> {
    let mut dependents: BTreeMap<&PackageId, Vec<&PackageId>> = BTreeMap::new();
    for node in metadata.resolve.iter().flat_map(|resolve| &resolve.nodes) {
        for dependency in &node.dependencies {
            dependents.entry(dependency).or_default().push(&node.id);
        }
    }
    let named =
        metadata.packages.iter().filter(|package| package.name.as_str() == name).map(|package| &package.id);
    let mut waiting: Vec<&PackageId> = named.collect();
    let mut reached = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if reached.insert(id.clone()) {
            waiting.extend(dependents.get(id).into_iter().flatten());
        }
    }
    reached
}
