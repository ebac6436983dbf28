//! Builds the bench targets of a workspace, package by package.
//!
//! Package by package, because cargo unifies features over all packages of one command: built together, what is
//! measured would depend on what else was selected.

use std::collections::BTreeMap;
use std::io::BufReader;
use std::path::PathBuf;
use std::process::Command;

use cargo_metadata::{Message, Package, PackageId, TargetKind};
use memgate::protocol::{Harness, find_harness, find_marker};

use super::process_environment::{ScriptOutput, variables};
use super::program::{Compiler, cargo, cfg_of};
use super::{
    BenchTarget, Candidate, CargoError, CargoOptions, Configuration, Workspace, profiles, rustflags,
};
use crate::process::Followed;

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

/// Builds every candidate, and gives the bench targets that carry memgate's marker.
///
/// The build is the user's own (profile, configuration, variables) with three additions: line tables, nothing
/// stripped, and frame pointers, so that call stacks can be taken.
///
/// # Errors
/// When a build fails or cargo can't be understood.
pub fn build(
    workspace: &Workspace,
    candidates: &[Candidate<'_>],
    options: BuildOptions<'_>,
) -> Result<Vec<BenchTarget>, CargoError> {
    let configuration = Configuration::load(workspace.root());
    let compiler = Compiler::ask(&configuration, workspace.root())?;
    let target = target_triple(options.cargo, &configuration, &compiler);
    let runner = runner(&configuration, workspace, &target)?;
    let rustflags =
        rustflags::deciding(&configuration, &target, || cfg_of(&target, &configuration, workspace.root()))?;
    let mut built = Vec::new();
    for candidate in candidates.iter().filter(|candidate| !candidate.bench_targets.is_empty()) {
        let command = || build_command(workspace, candidate, options, &configuration, &target);
        let artifacts = run_build(command(), candidate)?;
        let marked = artifacts.marked()?;
        if marked.is_empty() {
            continue;
        }
        let profiles = profiles::resolve(command())?;
        for (artifact, protocol, harness) in marked {
            let script = artifacts.scripts.get(&candidate.package.id).cloned().unwrap_or_default();
            let profile = profiles.get(&artifact.name).cloned().ok_or_else(|| CargoError::Answer {
                source_name: "cargo --unit-graph",
                problem: format!("it has no bench target `{}`", artifact.name),
            })?;
            built.push(BenchTarget {
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
                runner: runner.clone(),
                variables: variables(
                    candidate.package,
                    &script,
                    &artifact.executable,
                    &compiler_libraries(&compiler.sysroot, &target),
                    &configuration,
                    workspace.root(),
                ),
                executable: artifact.executable.clone(),
                features: artifact.features.clone(),
                rustflags: rustflags.clone(),
                profile,
                sysroot: PathBuf::from(&compiler.sysroot),
                rustc: compiler.version.clone(),
                target: target.clone(),
            });
        }
    }
    Ok(built)
}

/// Where the compiler keeps shared libraries: its own, and those of the standard library for the target.
fn compiler_libraries(sysroot: &str, target: &str) -> [PathBuf; 2] {
    let own = PathBuf::from(sysroot).join("lib");
    let targets = own.join("rustlib").join(target).join("lib");
    [own, targets]
}

fn target_triple(options: &CargoOptions, configuration: &Configuration, compiler: &Compiler) -> String {
    options
        .target
        .clone()
        .or_else(|| std::env::var("CARGO_BUILD_TARGET").ok())
        .or_else(|| configuration.build_target().map(str::to_owned))
        .unwrap_or_else(|| compiler.host.clone())
}

fn runner(
    configuration: &Configuration,
    workspace: &Workspace,
    target: &str,
) -> Result<Vec<String>, CargoError> {
    let variable = format!("CARGO_TARGET_{}_RUNNER", rustflags::variable_part(target));
    match std::env::var(variable) {
        Ok(line) => Ok(line.split_whitespace().map(str::to_owned).collect()),
        Err(_) => configuration.runner(target, || cfg_of(target, configuration, workspace.root())),
    }
}

fn build_command(
    workspace: &Workspace,
    candidate: &Candidate<'_>,
    options: BuildOptions<'_>,
    configuration: &Configuration,
    target: &str,
) -> Command {
    let CargoOptions { all_features, no_default_features, profile, .. } = options.cargo;
    let mut command = Command::new(cargo());
    command.current_dir(workspace.root()).args([
        "bench",
        "--no-run",
        "--message-format",
        "json-render-diagnostics",
    ]);
    command.arg("--manifest-path").arg(&candidate.package.manifest_path);
    // The whole id: another package of the same name and version may be among the dependencies, where a published crate
    // is a dependency of its own benchmarks'.
    command.args(["--package", &candidate.package.id.repr]);
    for name in &candidate.bench_targets {
        command.args(["--bench", name]);
    }
    command.args(["--profile", profile]).arg("--target-dir").arg(workspace.target_folder());
    let runtime = runtime_dependency(candidate.package);
    let runtime_features = options.runtime_features.iter().map(|feature| format!("{runtime}/{feature}"));
    let features: Vec<String> = candidate.features.iter().cloned().chain(runtime_features).collect();
    if !features.is_empty() {
        command.args(["--features", &features.join(",")]);
    }
    if *all_features {
        command.arg("--all-features");
    }
    if *no_default_features {
        command.arg("--no-default-features");
    }
    if let Some(target) = &options.cargo.target {
        command.args(["--target", target]);
    }
    if options.quiet {
        command.arg("--quiet");
    }
    command.args(options.cargo.lock_flags());
    command.args(["--config", &format!("profile.{profile}.debug=1")]);
    command.args(["--config", &format!("profile.{profile}.strip=\"none\"")]);
    rustflags::add(&mut command, configuration, target, &FLAGS);
    command
}

/// The name by which a package depends on what has the runtime's features: the runtime itself, or a facade that hands
/// them on. When it is neither, cargo says so.
fn runtime_dependency(package: &Package) -> &str {
    let direct = |name: &&str| package.dependencies.iter().find(|dependency| dependency.name == **name);
    let found = ["memgate", "memgate-criterion"].iter().find_map(direct);
    found.map_or("memgate", |dependency| dependency.rename.as_deref().unwrap_or(&dependency.name))
}

/// Frame pointers, so that call stacks can be taken; and names of the newer kind, which number closures and say what
/// generic code was made for.
const FLAGS: [&str; 2] = ["-Cforce-frame-pointers=yes", "-Csymbol-mangling-version=v0"];

/// What cargo made of one package.
#[derive(Default)]
struct Artifacts {
    benches: Vec<Artifact>,
    scripts: BTreeMap<PackageId, ScriptOutput>,
}

struct Artifact {
    name: String,
    executable: PathBuf,
    features: Vec<String>,
}

impl Artifacts {
    /// The bench targets that carry the marker, with the version of the protocol that it names.
    fn marked(&self) -> Result<Vec<(&Artifact, u32, Harness)>, CargoError> {
        let mut marked = Vec::new();
        for artifact in &self.benches {
            let bytes = std::fs::read(&artifact.executable)
                .map_err(|problem| CargoError::Executable { path: artifact.executable.clone(), problem })?;
            if let Some(protocol) = find_marker(&bytes) {
                marked.push((artifact, protocol, find_harness(&bytes)));
            }
        }
        Ok(marked)
    }
}

fn run_build(command: Command, candidate: &Candidate<'_>) -> Result<Artifacts, CargoError> {
    let start = |problem| CargoError::Start { program: "cargo".to_owned(), problem };
    let mut child = Followed::spawn(command).map_err(start)?;
    let mut artifacts = Artifacts::default();
    if let Some(stdout) = child.stdout() {
        for message in Message::parse_stream(BufReader::new(stdout)) {
            let message = message.map_err(|error| CargoError::Answer {
                source_name: "cargo bench",
                problem: error.to_string(),
            })?;
            artifacts.add(message, candidate);
        }
    }
    let status = child.wait().map_err(start)?;
    if !status.success() {
        return Err(CargoError::Build { package: candidate.package.name.to_string(), status });
    }
    artifacts.benches.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(artifacts)
}

impl Artifacts {
    fn add(&mut self, message: Message, candidate: &Candidate<'_>) {
        match message {
            Message::CompilerArtifact(artifact)
                if artifact.package_id == candidate.package.id
                    && artifact.target.kind.contains(&TargetKind::Bench) =>
            {
                if let Some(executable) = artifact.executable {
                    let mut features = artifact.features;
                    features.sort();
                    self.benches.push(Artifact {
                        name: artifact.target.name,
                        executable: executable.into_std_path_buf(),
                        features,
                    });
                }
            }
            Message::BuildScriptExecuted(script) => {
                let folders = script.linked_paths.iter().map(|path| {
                    // `native=/folder` and the like.
                    PathBuf::from(path.as_str().split_once('=').map_or(path.as_str(), |(_, folder)| folder))
                });
                let output = ScriptOutput {
                    library_folders: folders.collect(),
                    out_folder: Some(script.out_dir.into_std_path_buf()),
                };
                self.scripts.insert(script.package_id, output);
            }
            Message::TextLine(line) => {
                // What is not JSON is somebody's own output, such as a compiler wrapper's.
                anstream::eprintln!("{line}");
            }
            _ => {}
        }
    }
}
