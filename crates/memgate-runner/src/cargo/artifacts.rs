//! What cargo made of one package, as it says while it builds.

use std::collections::BTreeMap;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::{Artifact as Message, Message as CargoMessage, Package, PackageId, TargetKind};
use memgate_protocol::{Harness, Part, find_harness, find_marker};

use super::build_advice::advice;
use super::origin::{Doubt, Origins};
use super::workspace::LocalPackage;
use super::{BuiltFile, CargoError};
use crate::process::Followed;

/// What cargo made of one package.
#[derive(Default)]
pub(super) struct Artifacts {
    /// Its bench targets, in the order of their names.
    pub(super) benches: Vec<Artifact>,
    /// Its programs, by their names.
    pub(super) programs: BTreeMap<String, Artifact>,
    /// What the build scripts of all packages have left.
    pub(super) scripts: BTreeMap<PackageId, Vec<ScriptOutput>>,
    /// Shared libraries of the tree's own, which bench targets may load.
    pub(super) libraries: Vec<BuiltFile>,
    /// What cargo takes for up to date, and nothing shows to be.
    pub(super) doubts: Vec<Doubt>,
}

/// What a run of a build script has left.
#[derive(Clone, Debug)]
pub(super) struct ScriptOutput {
    pub(super) out_folder: PathBuf,
    /// `native=/folder` and the like, as cargo has it.
    pub(super) library_folders: Vec<String>,
    /// `cargo::rustc-env`.
    pub(super) variables: Vec<(String, String)>,
}

pub(super) struct Artifact {
    pub(super) name: String,
    /// The file of its crate root.
    pub(super) source: PathBuf,
    pub(super) executable: BuiltFile,
    pub(super) features: Vec<String>,
}

/// A bench target that carries the marker.
pub(super) struct Marked<'a> {
    pub(super) artifact: &'a Artifact,
    /// The version of the protocol that it speaks.
    pub(super) protocol: u32,
    pub(super) harness: Harness,
    /// Whether memgate's allocator is its global one.
    pub(super) has_allocator: bool,
}

type Unmarked<'a> = (&'a Artifact, Vec<u8>);

/// Whose artefacts are looked at.
pub(super) struct Observed<'a> {
    pub(super) package: &'a Package,
    pub(super) local: &'a BTreeMap<PackageId, LocalPackage>,
    pub(super) origins: Origins,
    /// Is shown each of its programs.
    pub(super) see_program: &'a dyn Fn(&str, &Path),
}

impl Artifacts {
    /// Runs a build. Every artefact is looked at as soon as cargo names it, while nobody else can build in the same place.
    ///
    /// # Errors
    /// When the build fails, or cargo can't be understood.
    pub(super) fn build(command: &dyn Fn() -> Command, observed: &Observed<'_>) -> Result<Self, CargoError> {
        let start = |problem| CargoError::Start { program: "cargo".to_owned(), problem };
        let mut child = Followed::spawn(command()).map_err(start)?;
        let mut artifacts = Self::default();
        if let Some(stdout) = child.stdout() {
            for message in CargoMessage::parse_stream(BufReader::new(stdout)) {
                let message = message.map_err(|error| CargoError::Answer {
                    source_name: "cargo bench",
                    problem: error.to_string(),
                })?;
                artifacts.add(message, observed)?;
            }
        }
        let status = child.wait().map_err(start)?;
        if !status.success() {
            let package = observed.package.name.to_string();
            return Err(CargoError::Build { package, status, advice: advice(&command()) });
        }
        artifacts.benches.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(artifacts)
    }

    /// The bench targets that carry the marker, with the version of the protocol that it names; and the others, with their
    /// bytes.
    ///
    /// # Errors
    /// When an executable can't be read.
    pub(super) fn by_marker(&self) -> Result<(Vec<Marked<'_>>, Vec<Unmarked<'_>>), CargoError> {
        let (mut marked, mut unmarked) = (Vec::new(), Vec::new());
        for artifact in &self.benches {
            let path = artifact.executable.path();
            let bytes = std::fs::read(path)
                .map_err(|problem| CargoError::Executable { path: path.to_path_buf(), problem })?;
            if let Some(protocol) = find_marker(&bytes) {
                let has_allocator = Part::Allocator.is_in(&bytes);
                marked.push(Marked { artifact, protocol, harness: find_harness(&bytes), has_allocator });
            } else {
                unmarked.push((artifact, bytes));
            }
        }
        Ok((marked, unmarked))
    }

    fn add(&mut self, message: CargoMessage, observed: &Observed<'_>) -> Result<(), CargoError> {
        match message {
            CargoMessage::CompilerArtifact(artifact) => self.add_artifact(artifact, observed)?,
            CargoMessage::BuildScriptExecuted(script) => {
                if let Some(package) = observed.local.get(&script.package_id) {
                    let doubt = observed.origins.of_script_run(package, script.out_dir.as_std_path())?;
                    self.doubts.extend(doubt);
                }
                let output = ScriptOutput {
                    out_folder: script.out_dir.into_std_path_buf(),
                    library_folders: script.linked_paths.iter().map(ToString::to_string).collect(),
                    variables: script.env,
                };
                self.scripts.entry(script.package_id).or_default().push(output);
            }
            CargoMessage::TextLine(line) => {
                // What is not JSON is somebody's own output, such as a compiler wrapper's.
                anstream::eprintln!("{line}");
            }
            _ => {}
        }
        Ok(())
    }

    fn add_artifact(&mut self, artifact: Message, observed: &Observed<'_>) -> Result<(), CargoError> {
        let Message { package_id, target, profile, mut features, filenames, executable, fresh, .. } =
            artifact;
        let files: Vec<PathBuf> =
            filenames.into_iter().map(cargo_metadata::camino::Utf8PathBuf::into).collect();
        if let Some(package) = observed.local.get(&package_id) {
            if !target.kind.contains(&TargetKind::ProcMacro) {
                let end = std::env::consts::DLL_EXTENSION;
                let is_library = |file: &&PathBuf| file.extension().is_some_and(|found| found == end);
                self.libraries.extend(files.iter().filter(is_library).map(|file| BuiltFile::now(file)));
            }
            self.doubts.extend(observed.origins.of_artefact(package, &files, fresh)?);
        }
        if package_id == observed.package.id
            && let Some(executable) = executable
        {
            features.sort();
            let executable = BuiltFile::now(executable.as_std_path());
            let source = target.src_path.into_std_path_buf();
            let artifact = Artifact { name: target.name, source, executable, features };
            if target.kind.contains(&TargetKind::Bench) {
                self.benches.push(artifact);
            } else if target.kind.contains(&TargetKind::Bin) && !profile.test {
                (observed.see_program)(&artifact.name, artifact.executable.path());
                self.programs.insert(artifact.name.clone(), artifact);
            }
        }
        Ok(())
    }
}
