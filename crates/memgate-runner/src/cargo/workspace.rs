//! The workspace: its packages, and which of their bench targets may speak to memgate.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use cargo_metadata::{Metadata, MetadataCommand, Package, PackageId, TargetKind};
use memgate_report::model::Need;
use memgate_report::text::nearest;

use super::coverage::Usage;
use super::enabled::enabled_features;
use super::locked::Locked;
use super::options::DEFAULT_PROFILE;
use super::program::metadata;
use super::reach::Reach;
use super::target_directory::target_directory;

use super::profiles::{self, UnitKind};
use super::{CargoError, CargoOptions};

/// A workspace, as `cargo metadata` describes it.
#[derive(Debug)]
pub struct Workspace {
    metadata: Metadata,
    target_folder: PathBuf,
    /// Whether others may build there at any time: it lies outside of the workspace, and is no folder for checkouts.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only on Linux a command is run"))]
    shares_target_folder: bool,
    pub(super) profile: String,
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
        Ok(Self { target_folder: target_folder.to_owned(), shares_target_folder: false, ..workspace })
    }

    fn ask(mut command: MetadataCommand, options: &CargoOptions) -> Result<Self, CargoError> {
        command.other_options(options.lock_flags());
        if let Some(toolchain) = &options.toolchain {
            if let Some(cargo) = toolchain.cargo() {
                command.cargo_path(cargo);
            }
            for (name, value) in toolchain.variables() {
                command.env(name, value);
            }
        }
        let metadata = metadata(&command)?;
        let target_directory = target_directory(metadata.target_directory.as_std_path());
        let target_folder = target_directory.join("memgate");
        let shares_target_folder = !target_directory.starts_with(&metadata.workspace_root);
        Ok(Self { metadata, target_folder, shares_target_folder, profile: DEFAULT_PROFILE.to_owned() })
    }

    /// The folder of the workspace's `Cargo.toml`.
    #[must_use]
    pub fn root(&self) -> &Path {
        self.metadata.workspace_root.as_std_path()
    }

    /// Whether a package, by its id, is one of the workspace's.
    pub(super) fn is_member(&self, id: &str) -> bool {
        self.metadata.workspace_members.iter().any(|member| member.repr == id)
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

    /// The same workspace, whose binaries nobody else's pass for.
    ///
    /// Cargo puts a binary where its name says, and lets go of the folder before anybody can look: where several workspaces build in one
    /// folder (`CARGO_TARGET_DIR`), what lies there may be another's by then. Benches have names with hashes.
    #[cfg(target_os = "linux")]
    pub(crate) fn with_binaries_of_its_own(&self) -> Self {
        use std::hash::{DefaultHasher, Hash, Hasher};

        let mut target_folder = self.target_folder.clone();
        if self.shares_target_folder {
            let mut hasher = DefaultHasher::new();
            self.metadata.workspace_root.hash(&mut hasher);
            target_folder.extend(["commands".to_owned(), format!("{:016x}", hasher.finish())]);
        }
        Self {
            metadata: self.metadata.clone(),
            profile: self.profile.clone(),
            target_folder,
            shares_target_folder: false,
        }
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
            flags.extend(["--config".into(), format!("build.build-dir={}", toml_string(&template)).into()]);
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
            let folder = dunce::canonicalize(&folder).unwrap_or(folder);
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

    /// The packages of the workspace that have a binary of a name, by their names.
    #[must_use]
    pub(crate) fn packages_with_binary(&self, name: &str) -> Vec<String> {
        let has_it = |package: &&&Package| {
            package.targets.iter().any(|target| target.kind.contains(&TargetKind::Bin) && target.name == name)
        };
        self.members().iter().filter(has_it).map(|package| package.name.to_string()).collect()
    }

    /// The names of all binaries of the workspace.
    #[must_use]
    pub(crate) fn binaries(&self) -> Vec<String> {
        let targets = self.members().into_iter().flat_map(|package| &package.targets);
        targets
            .filter(|target| target.kind.contains(&TargetKind::Bin))
            .map(|target| target.name.clone())
            .collect()
    }

    /// The features that a binary needs and that are not enabled.
    #[cfg(target_os = "linux")]
    pub(crate) fn features_lacking(
        &self,
        package: &str,
        binary: &str,
        options: &CargoOptions,
    ) -> Vec<String> {
        let Some(package) = self.member(package) else { return Vec::new() };
        let enabled = enabled_features(package, &Self::features_of(package, options), options);
        let is_it = |target: &&cargo_metadata::Target| {
            target.kind.contains(&TargetKind::Bin) && target.name == binary
        };
        let needed = package.targets.iter().filter(is_it).flat_map(|target| &target.required_features);
        needed.filter(|feature| !enabled.contains(*feature)).cloned().collect()
    }

    /// A package of the workspace.
    #[cfg(target_os = "linux")]
    pub(super) fn member(&self, name: &str) -> Option<&Package> {
        self.members().into_iter().find(|package| *package.name == *name)
    }

    /// The features to enable that a package has.
    pub(super) fn features_of(package: &Package, options: &CargoOptions) -> Vec<String> {
        options.feature_list().into_iter().filter(|feature| has_feature(package, feature)).collect()
    }

    /// The workspace's packages.
    pub(super) fn members(&self) -> Vec<&Package> {
        self.metadata.workspace_packages()
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
        let reach = Reach::new(&self.metadata.packages, &Locked::read(self.root()));
        let mut candidates = Vec::new();
        let mut known_targets = BTreeSet::new();
        for package in members {
            let benches = package.targets.iter().filter(|target| target.kind.contains(&TargetKind::Bench));
            let benches: Vec<_> = benches.collect();
            known_targets.extend(benches.iter().map(|target| target.name.clone()));
            let features = Self::features_of(package, options);
            let enabled = enabled_features(package, &features, options);
            let Some(mut usage) = Usage::of(package, &reach, enabled) else { continue };
            if benches.iter().any(|target| !usage.has_required(target)) {
                let built = self.benches_that_build(package, &features, options);
                benches
                    .iter()
                    .filter(|target| built.contains(&target.name))
                    .for_each(|target| usage.enable_required(target));
            }
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

    /// The bench targets of a package that cargo would build: it alone knows all features of dependencies. None when it does
    /// not say.
    fn benches_that_build(
        &self,
        package: &Package,
        features: &[String],
        options: &CargoOptions,
    ) -> BTreeSet<String> {
        let mut command = options.cargo();
        command.current_dir(self.root()).args(["bench", "--benches", "--package", &package.id.repr]);
        command.arg("--manifest-path").arg(&package.manifest_path);
        command.args(["--profile", self.profile(options)]).args(self.place_flags(&self.target_folder()));
        if !features.is_empty() {
            command.args(["--features", &features.join(",")]);
        }
        command.args(options.feature_flags());
        if let Some(target) = &options.target {
            command.args(["--target", target]);
        }
        command.args(options.lock_flags());
        let units = profiles::resolve(command, UnitKind::Bench, |id| self.is_member(id));
        units.map(|units| units.into_keys().collect()).unwrap_or_default()
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

/// A folder as `build.build-dir` takes it from a command line in the workspace's root. Braces are variables there, can't be
/// written otherwise, and are looked for after `{workspace-root}` has been filled in; so where there are any, the folder is named
/// as it is seen from the root. None for what can't be said.
fn build_folder_template(folder: &Path, root: &Path) -> Option<String> {
    let is_plain = |text: &&str| !text.contains(['{', '}']);
    if let Some(text) = folder.to_str().filter(is_plain) {
        return Some(text.to_owned());
    }
    // Steps upwards lead through what is there, not through the links by which it was found.
    let root = dunce::canonicalize(root).ok()?;
    let shared = root.iter().zip(folder).take_while(|(a, b)| a == b).count();
    let upwards = root.iter().skip(shared).map(|_| OsStr::new(".."));
    let seen: PathBuf = upwards.chain(folder.iter().skip(shared)).collect();
    (shared > 0).then(|| seen.to_str().filter(is_plain).map(str::to_owned))?
}

/// A text as TOML has it, on one line.
fn toml_string(text: &str) -> String {
    let escaped = |character: char| match character {
        '"' | '\\' => format!("\\{character}"),
        other if other.is_control() => format!("\\u{:04x}", u32::from(other)),
        other => other.to_string(),
    };
    format!("\"{}\"", text.chars().map(escaped).collect::<String>())
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
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_with_braces_is_named_from_the_root() {
        let folder = tempfile::tempdir().unwrap();
        let above = folder.path().canonicalize().unwrap();
        let root = above.join("a{b}c");
        std::fs::create_dir(&root).unwrap();
        let template = |folder: PathBuf| build_folder_template(&folder, &root);
        let plain = above.join("target");
        assert_eq!(template(plain.clone()), plain.to_str().map(str::to_owned));
        assert_eq!(template(root.join("target/memgate")).as_deref(), Some("target/memgate"));
        // Seen from a checkout that lies beside it.
        let beside = root.join("checkout");
        std::fs::create_dir(&beside).unwrap();
        let from_beside = build_folder_template(&root.join("target"), &beside);
        assert_eq!(from_beside.as_deref(), Some("../target"));
        assert_eq!(template(above.join("{x}")), None);
    }

    #[test]
    fn every_folder_is_a_string_of_toml() {
        for text in ["a b", "a\"b'", "a\\b", "a\nb\u{1b}\u{7f}", "e\u{301}\u{200b}", "#%$=", "\u{301}"] {
            let line = format!("folder={}", toml_string(text));
            let table: toml::Table = line.parse().unwrap();
            assert_eq!(table["folder"].as_str(), Some(text), "{line}");
            assert_eq!(line.lines().count(), 1);
        }
    }
}
