//! Releases on the registry.

use std::path::{Path, PathBuf};

use cargo_metadata::MetadataCommand;

use super::CargoError;
use super::program::metadata;

/// Has cargo bring a release from the registry, and gives the folder in which cargo keeps its files.
///
/// Cargo is asked through a package in `scratch` that depends on the release, and with the settings that hold in `settings`,
/// which may name a mirror.
///
/// # Errors
/// When there is no such release, or cargo can't reach the registry.
pub fn download(
    name: &str,
    version: &str,
    scratch: &Path,
    settings: &Path,
    lock_flags: Vec<String>,
) -> Result<PathBuf, CargoError> {
    let manifest = format!(
        "[package]\nname = \"memgate-download\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\
         [lib]\npath = \"lib.rs\"\n[workspace]\n\
         [dependencies]\nrelease = {{ package = \"{name}\", version = \"={version}\" }}\n"
    );
    let path = scratch.join("Cargo.toml");
    let write = |path: &Path, text: &str| {
        std::fs::write(path, text).map_err(|problem| CargoError::Metadata(problem.to_string()))
    };
    write(&path, &manifest)?;
    write(&scratch.join("lib.rs"), "")?;
    let mut command = MetadataCommand::new();
    // A new package has no lock file that could be kept.
    let flags = lock_flags.into_iter().filter(|flag| flag != "--locked").collect::<Vec<_>>();
    command.manifest_path(&path).current_dir(settings).other_options(flags);
    let metadata = metadata(&command)?;
    let found = metadata.packages.iter().find(|package| {
        // Build metadata is no part of what a version is asked for by.
        let plain = version.split('+').next().unwrap_or(version);
        *package.name == *name && package.version.to_string().split('+').next() == Some(plain)
    });
    let folder = found.and_then(|package| package.manifest_path.as_std_path().parent());
    folder.map(Path::to_path_buf).ok_or_else(|| CargoError::Answer {
        source_name: "cargo metadata",
        problem: format!("it has no {name} {version}"),
    })
}
