//! Builds the bench targets of a workspace, package by package.
//!
//! Package by package, because cargo unifies features over all packages of one command: built together, what is
//! measured would depend on what else was selected.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::cargo_platform::{Cfg, Platform};
use cargo_metadata::{Dependency, Package};
use memgate_protocol::Harness;
use memgate_report::model::LeftOut;

use super::artifacts::{Artifact, Artifacts, Marked, Observed};
use super::configuration::placed;
use super::coverage::Unmarked;
use super::origin::Origins;
use super::platform::cfg_of;
use super::process_environment::variables;
use super::profiles::{self, UnitKind, UnitSettings};
use super::{
    BenchTarget, Candidate, CargoError, CargoOptions, Configuration, Settings, Workspace, rustflags,
};

/// How to build.
#[derive(Clone, Copy, Debug)]
pub struct BuildOptions<'a> {
    /// What the command line hands on.
    pub cargo: &'a CargoOptions,
    /// Features of the runtime to enable besides; for the cross-checking engines.
    pub runtime_features: &'a [&'a str],
    /// Whether cargo is to be quiet.
    pub quiet: bool,
}

/// What was built.
#[derive(Clone, Debug, Default)]
pub struct Built {
    /// The bench targets that carry memgate's marker.
    pub targets: Vec<BenchTarget>,
    /// Bench targets that use memgate and carry none, with what they lack.
    pub left_out: Vec<LeftOut>,
}

/// Builds every candidate, and tells apart what carries memgate's marker.
///
/// The build is the user's own (profile, configuration, variables) with three additions: line tables, nothing
/// stripped, and frame pointers, so that call stacks can be taken.
///
/// Where there are several, `begins` is told each, such as `parser (2 of 3)`. `settings` are those of the workspace, where cargo has been
/// asked already.
///
/// # Errors
/// When a build fails or cargo can't be understood.
pub fn build(
    workspace: &Workspace,
    candidates: &[Candidate<'_>],
    options: BuildOptions<'_>,
    settings: Option<&Settings>,
    begins: &dyn Fn(&str),
) -> Result<Built, CargoError> {
    let settings = match settings {
        Some(settings) => settings.clone(),
        None => Settings::ask(workspace, options.cargo)?,
    };
    let configuration = Configuration::load(workspace.root(), options.cargo);
    let runner = runner(&configuration, workspace, &settings)?;
    let cfg = OnceCell::new();
    let holds = |platform: &Platform| {
        let ask = || -> Vec<Cfg> {
            let of_compiler = cfg_of(&settings, workspace.root()).unwrap_or_default();
            of_compiler.into_iter().chain(rustflags::cfg(&settings.rustflags)).collect()
        };
        platform.matches(&settings.target, cfg.get_or_init(ask))
    };
    let mut built = Built::default();
    let candidates = candidates.iter().filter(|candidate| !candidate.bench_targets.is_empty());
    let count = candidates.clone().count();
    for (index, candidate) in candidates.enumerate() {
        if count > 1 {
            begins(&format!("{} ({} of {count})", candidate.package.name, index + 1));
        }
        let runtime = runtime_dependency(candidate.package);
        let runtime_features = options
            .runtime_features
            .iter()
            .filter_map(|feature| runtime.map(|runtime| format!("{runtime}/{feature}")));
        let features: Vec<String> = candidate.features.iter().cloned().chain(runtime_features).collect();
        let building = Building {
            workspace,
            candidate,
            options,
            settings: &settings,
            configuration: &configuration,
            runner: &runner,
        };
        let first = built.targets.len();
        let lacking = building.build(&candidate.bench_targets, &features, &mut built, &holds)?;
        if let Some(feature) = allocator_feature(candidate.package)
            && !lacking.is_empty()
        {
            // Not of all at once: where one has an allocator of its own, the compiler would refuse two.
            let features = [features, vec![feature]].concat();
            building.build(&lacking, &features, &mut built, &holds)?;
            built.targets[first..].sort_by(|one, other| one.name.cmp(&other.name));
        }
    }
    Ok(built)
}

/// A package whose bench targets are built.
struct Building<'a> {
    workspace: &'a Workspace,
    candidate: &'a Candidate<'a>,
    options: BuildOptions<'a>,
    settings: &'a Settings,
    configuration: &'a Configuration,
    runner: &'a [String],
}

impl Building<'_> {
    /// Builds bench targets with features, and adds what carries the marker, or what it lacks. Divan suites without an allocator are not
    /// added where a feature would give them one, but their names are given.
    fn build(
        &self,
        names: &[String],
        features: &[String],
        built: &mut Built,
        holds: &dyn Fn(&Platform) -> bool,
    ) -> Result<Vec<String>, CargoError> {
        let Self { workspace, candidate, options, settings, configuration, runner } = *self;
        let units = Units { word: "bench", flag: "--bench", names, features };
        let command = || build_command(workspace, candidate.package, &units, options, settings);
        let artifacts = build_from_here(workspace, candidate.package, &command, &|_, _| ())?;
        let (marked, unmarked) = artifacts.by_marker()?;
        built.left_out.extend(unmarked.iter().filter_map(|(artifact, bytes)| {
            let Artifact { source, features, .. } = artifact;
            let needs = candidate.usage.after_build(Unmarked { source, executable: bytes, features }, holds);
            let package = candidate.package.name.to_string();
            (!needs.is_empty()).then(|| LeftOut { package, bench_target: artifact.name.clone(), needs })
        }));
        let feature = allocator_feature(candidate.package).filter(|feature| !features.contains(feature));
        let (lacking, marked): (Vec<_>, Vec<_>) = marked.into_iter().partition(|marked| {
            feature.is_some() && marked.harness == Harness::Divan && !marked.has_allocator
        });
        if !marked.is_empty() {
            let units = profiles::resolve(command(), UnitKind::Bench, |id| workspace.is_member(id))?;
            for Marked { artifact, protocol, harness, .. } in marked {
                let UnitSettings { profile, rustflags: of_profile, features: package_features } =
                    units.get(&artifact.name).cloned().ok_or_else(|| CargoError::Answer {
                        source_name: "cargo --unit-graph",
                        problem: format!("it has no bench target `{}`", artifact.name),
                    })?;
                let executable = artifact.executable.path();
                built.targets.push(BenchTarget {
                    package: candidate.package.name.to_string(),
                    name: artifact.name.clone(),
                    protocol,
                    harness,
                    folder: candidate
                        .package
                        .manifest_path
                        .as_std_path()
                        .parent()
                        .map(PathBuf::from)
                        .unwrap_or_default(),
                    runner: runner.to_vec(),
                    variables: variables(
                        candidate.package,
                        &artifacts,
                        executable,
                        &workspace.target_folder(),
                        settings,
                        configuration,
                    ),
                    executable: executable.to_path_buf(),
                    built_files: std::iter::once(&artifact.executable)
                        .chain(&artifacts.libraries)
                        .cloned()
                        .collect(),
                    features: artifact.features.clone(),
                    package_features,
                    rustflags: settings.deciding(&of_profile),
                    profile,
                    sysroot: settings.sysroot.clone(),
                    rustc: settings.rustc_version.clone(),
                    target: settings.target.clone(),
                });
            }
        }
        Ok(lacking.into_iter().map(|marked| marked.artifact.name.clone()).collect())
    }
}

/// Builds until all that was built is of this tree. One build is enough, unless another tree has built in the same folder, or
/// sources have changed without being newer; a third only where somebody builds there at the same time.
pub(super) fn build_from_here(
    workspace: &Workspace,
    package: &Package,
    command: &dyn Fn() -> Command,
    see_program: &dyn Fn(&str, &Path),
) -> Result<Artifacts, CargoError> {
    const MOST_BUILDS: usize = 4;
    let local = workspace.local_packages();
    let mut built = 1;
    loop {
        let origins = Origins::before_build(workspace)?;
        let observed = Observed { package, local: &local, origins, see_program };
        let artifacts = Artifacts::build(command, &observed)?;
        let Some(doubt) = artifacts.doubts.first() else { return Ok(artifacts) };
        if built == MOST_BUILDS {
            return Err(CargoError::Origin {
                artefact: doubt.artefact.clone(),
                problem: doubt.problem.clone(),
                folder: workspace.target_folder(),
            });
        }
        observed.origins.doubt(&artifacts.doubts);
        built += 1;
    }
}

fn runner(
    configuration: &Configuration,
    workspace: &Workspace,
    settings: &Settings,
) -> Result<Vec<String>, CargoError> {
    let target = &settings.target;
    let variable = format!("CARGO_TARGET_{}_RUNNER", rustflags::variable_part(target));
    match std::env::var(variable) {
        Ok(line) => {
            let words = line.split_whitespace().map(str::to_owned).collect();
            Ok(placed(words, || std::env::current_dir().unwrap_or_default()))
        }
        Err(_) => configuration.runner(target, || cfg_of(settings, workspace.root())),
    }
}

/// What is built of a package.
pub(super) struct Units<'a> {
    /// The command of cargo's that builds it.
    pub(super) word: &'a str,
    /// Its option that names one.
    pub(super) flag: &'a str,
    pub(super) names: &'a [String],
    /// The features to enable.
    pub(super) features: &'a [String],
}

pub(super) fn build_command(
    workspace: &Workspace,
    package: &Package,
    units: &Units<'_>,
    options: BuildOptions<'_>,
    settings: &Settings,
) -> Command {
    let profile = workspace.profile(options.cargo);
    let mut command = options.cargo.cargo();
    command.current_dir(workspace.root()).arg(units.word);
    if units.word == "bench" {
        command.arg("--no-run");
    }
    command.args(["--message-format", "json-render-diagnostics"]);
    command.arg("--manifest-path").arg(&package.manifest_path);
    // The whole id: another package of the same name and version may be among the dependencies, where a published crate
    // is a dependency of its own benchmarks'.
    command.args(["--package", &package.id.repr]);
    for name in units.names {
        command.args([units.flag, name]);
    }
    command.args(["--profile", profile]).args(workspace.place_flags(&workspace.target_folder()));
    if !units.features.is_empty() {
        command.args(["--features", &units.features.join(",")]);
    }
    command.args(options.cargo.feature_flags());
    if let Some(target) = &options.cargo.target {
        command.args(["--target", target]);
    }
    if options.quiet {
        command.arg("--quiet");
    }
    command.args(options.cargo.lock_flags());
    command.args(["--config", &format!("profile.{profile}.debug=1")]);
    command.args(["--config", &format!("profile.{profile}.strip=\"none\"")]);
    command.env("CARGO_ENCODED_RUSTFLAGS", settings.encoded_with(&FLAGS));
    command
}

/// The name by which a package depends on what has the runtime's features: the runtime itself, or a facade that hands
/// them on. None where it is linked through a package of somebody's, which alone could turn them on: benchmarks there say that
/// they have no such engine, and the others are not held up.
fn runtime_dependency(package: &Package) -> Option<&str> {
    let direct = |name: &&str| package.dependencies.iter().find(|dependency| dependency.name == **name);
    let found = ["memgate", "memgate-criterion", DIVAN].iter().find_map(direct);
    found.map(name_in_manifest)
}

/// The feature that gives a divan suite of the package an allocator. None where the facade is linked through a package of somebody's, as
/// above, or is asked for on condition: the feature would turn it on.
fn allocator_feature(package: &Package) -> Option<String> {
    let mut direct = package.dependencies.iter().filter(|dependency| dependency.name == DIVAN);
    let facade = direct.find(|dependency| !dependency.optional)?;
    Some(format!("{}/allocator", name_in_manifest(facade)))
}

fn name_in_manifest(dependency: &Dependency) -> &str {
    dependency.rename.as_deref().unwrap_or(&dependency.name)
}

/// The facade that installs no allocator by default.
const DIVAN: &str = "memgate-divan";

/// Frame pointers, so that call stacks can be taken; and names of the newer kind, which number closures and say what
/// generic code was made for.
const FLAGS: [&str; 2] = ["-Cforce-frame-pointers=yes", "-Csymbol-mangling-version=v0"];
