//! Builds binaries of the workspace, as benchmarks are built.

use std::path::{Path, PathBuf};

use memgate_report::model::Profile;
use memgate_report::sites::PackageFeatures;

use super::build::{Units, build_command, build_from_here};
use super::profiles::{self, UnitKind, UnitSettings};
use super::{BuildOptions, BuiltFile, CargoError, Settings, Workspace};

/// A binary of the workspace that has been built.
#[derive(Clone, Debug)]
pub(crate) struct BuiltProgram {
    /// Its name.
    pub(crate) name: String,
    /// The executable.
    pub(crate) executable: BuiltFile,
    /// The tree's own shared libraries, which it may load.
    pub(crate) libraries: Vec<BuiltFile>,
    /// The folder with the compiler's own shared libraries.
    pub(crate) compiler_libraries: PathBuf,
    /// The enabled features of the package, sorted.
    pub(crate) features: Vec<String>,
    /// The features of the packages that are linked into it.
    pub(crate) package_features: PackageFeatures,
    /// What reaches the compiler besides the profile, and decides what code it makes.
    pub(crate) rustflags: Vec<String>,
    /// The profile it was built with.
    pub(crate) profile: Profile,
}

/// Builds binaries of one package of the workspace, by their names: without what only its tests and benchmarks depend on.
///
/// `see` is shown each as soon as it is there, while nobody else can build in the same place.
///
/// # Errors
/// When the build fails, or cargo can't be understood.
pub(crate) fn build_programs(
    workspace: &Workspace,
    package: &str,
    names: &[String],
    options: BuildOptions<'_>,
    settings: &Settings,
    see: &dyn Fn(&str, &Path),
) -> Result<Vec<BuiltProgram>, CargoError> {
    let unknown = |name: &str| CargoError::Answer {
        source_name: "cargo build",
        problem: format!("it has built no binary `{name}` of {package}"),
    };
    let package = workspace.member(package).ok_or_else(|| unknown(&names.join(", ")))?;
    let features = Workspace::features_of(package, options.cargo);
    let units = Units { word: "build", flag: "--bin", names, features: &features };
    let command = || build_command(workspace, package, &units, options, settings);
    let mut artifacts = build_from_here(workspace, package, &command, see)?;
    let mut of_units = profiles::resolve(command(), UnitKind::Binary, |id| workspace.is_member(id))?;
    let mut programs = Vec::new();
    for name in names {
        let artifact = artifacts.programs.remove(name).ok_or_else(|| unknown(name))?;
        let unit = of_units.remove(name).ok_or_else(|| unknown(name))?;
        let UnitSettings { profile, rustflags, features: package_features } = unit;
        programs.push(BuiltProgram {
            name: name.clone(),
            executable: artifact.executable,
            libraries: artifacts.libraries.clone(),
            compiler_libraries: settings.sysroot.join("lib/rustlib").join(&settings.target).join("lib"),
            features: artifact.features,
            package_features,
            rustflags: settings.deciding(&rustflags),
            profile,
        });
    }
    Ok(programs)
}
