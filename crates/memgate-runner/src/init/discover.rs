//! Reads a project.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use cargo_metadata::{Metadata, MetadataCommand, Package, Target, TargetKind};
use memgate_report::text::nearest;

use super::error::InitError;
use super::first_call::first_call;
use super::found::{Found, FoundPackage};
use super::relative::relative;
use super::{ownership, workflows};
use crate::cargo::metadata as ask;
use crate::git::{Repository, remote_address};

/// Which project, and which of its packages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DiscoverOptions {
    /// The `Cargo.toml` to begin with, instead of that of the current folder.
    pub manifest_path: Option<PathBuf>,
    /// The package that gets the bench target.
    pub package: Option<String>,
}

/// A package's name that is taken for the project's tasks.
const XTASK: &str = "xtask";

/// Files of the workspace that a plan looks at, besides those of packages and workflows.
const FILES: [&str; 7] = [
    "Cargo.toml",
    ".cargo/config",
    ".cargo/config.toml",
    "memgate.toml",
    "rust-toolchain",
    "rust-toolchain.toml",
    ".gitignore",
];

/// The repository of a workspace. What a repository ignores is no part of it.
fn repository(root: &Path) -> Option<Repository> {
    Repository::of_workspace(root).ok().filter(|repository| !repository.ignores(root))
}

/// The host of an address as git takes it, such as `https://user@host:443/path` and `git@host:path`.
fn host(address: &str) -> Option<String> {
    let host = match address.split_once("://") {
        Some(("file", _)) => return None,
        Some((_, rest)) => rest.split('/').next()?,
        None => {
            // A path has a slash before its colon, if it has one; and a drive of Windows is one letter.
            let (host, _) = address.split_once(':')?;
            Some(host).filter(|host| host.len() > 1 && !host.contains(['/', '\\']))?
        }
    };
    let host = host.rsplit('@').next()?.split(':').next()?;
    (!host.is_empty()).then(|| host.to_ascii_lowercase())
}

/// Reads the project that a folder is in. Nothing is built, resolved or downloaded.
///
/// # Errors
/// When there is none, cargo can't read it, it is not clear which package is meant, or a file can't be read.
pub(crate) fn discover(options: &DiscoverOptions) -> Result<Found, InitError> {
    let metadata = metadata(options)?;
    let members = metadata.workspace_packages();
    let package = choose(&members, options)?;
    let root = canonical(metadata.workspace_root.as_std_path())?;
    let xtask = members.iter().find(|member| *member.name == *XTASK && member.id != package.id);
    let xtask_folder = xtask.map(|xtask| folder_of(xtask, &root)).transpose()?;
    let repository = repository(&root);
    let mut found = Found {
        package: FoundPackage {
            name: package.name.to_string(),
            folder: folder_of(package, &root)?,
            library: library(package).map(name_in_code),
            binary: package
                .targets
                .iter()
                .find(|target| target.kind.contains(&TargetKind::Bin))
                .map(|target| target.name.clone()),
            first_call: library(package).and_then(call_in),
            bench_targets: bench_targets(package)?,
        },
        in_repository: repository.as_ref().map(|repository| repository.path_in_tree("")).unwrap_or_default(),
        host: repository.and_then(|repository| host(&remote_address(&repository, "origin")?)),
        root,
        xtask_folder,
        other_manifests: BTreeMap::new(),
        files: BTreeMap::new(),
    };
    for member in members.iter().filter(|member| member.id != package.id) {
        let text = read(member.manifest_path.as_std_path())?.unwrap_or_default();
        found.other_manifests.insert(member.name.to_string(), text);
    }
    let mut paths: Vec<String> = FILES
        .iter()
        .chain(&ownership::PLACES)
        .chain(&workflows::PATHS)
        .map(|path| (*path).to_owned())
        .collect();
    paths.extend(["Cargo.toml", "benches/memory.rs"].map(|file| found.package.path(file)));
    paths.extend(xtask_files(&found)?);
    for path in paths {
        if let Some(text) = read(&found.root.join(&path))? {
            found.files.insert(path, text);
        }
    }
    Ok(found)
}

fn metadata(options: &DiscoverOptions) -> Result<Metadata, InitError> {
    let mut command = MetadataCommand::new();
    command.no_deps();
    if let Some(path) = &options.manifest_path {
        command.manifest_path(path);
    }
    Ok(ask(&command)?)
}

/// The package that is named; else the one that the current folder is in, as cargo has it; else the only one.
fn choose<'a>(members: &[&'a Package], options: &DiscoverOptions) -> Result<&'a Package, InitError> {
    let names = || members.iter().map(|member| member.name.as_str());
    if let Some(name) = &options.package {
        return members.iter().find(|member| *member.name == *name.as_str()).copied().ok_or_else(|| {
            InitError::UnknownPackage { name: name.clone(), nearest: nearest(name, names()) }
        });
    }
    let manifest = match &options.manifest_path {
        Some(path) => dunce::canonicalize(path).ok(),
        None => std::env::current_dir().ok().and_then(|folder| {
            let manifests = folder.ancestors().map(|folder| folder.join("Cargo.toml"));
            dunce::canonicalize(manifests.into_iter().find(|manifest| manifest.is_file())?).ok()
        }),
    };
    let is_here = |member: &&&Package| {
        manifest.is_some() && dunce::canonicalize(member.manifest_path.as_std_path()).ok() == manifest
    };
    if let Some(member) = members.iter().filter(|member| *member.name != *XTASK).find(is_here) {
        return Ok(member);
    }
    let mut candidates = members.iter().filter(|member| *member.name != *XTASK);
    match (candidates.next(), candidates.next()) {
        (Some(member), None) => Ok(member),
        _ => {
            let candidates = names().filter(|name| *name != XTASK);
            let mut candidates: Vec<String> = candidates.map(str::to_owned).collect();
            candidates.sort();
            Err(InitError::WhichPackage { candidates })
        }
    }
}

fn folder_of(package: &Package, root: &Path) -> Result<String, InitError> {
    let folder = package.manifest_path.parent().map(cargo_metadata::camino::Utf8Path::as_std_path);
    let folder = canonical(folder.unwrap_or(root))?;
    // Between the drives of Windows no way leads, and the absolute path does.
    Ok(relative(root, &folder).unwrap_or_else(|| folder.to_string_lossy().into_owned()))
}

fn library(package: &Package) -> Option<&Target> {
    let kinds = [TargetKind::Lib, TargetKind::RLib, TargetKind::DyLib];
    package.targets.iter().find(|target| kinds.iter().any(|kind| target.kind.contains(kind)))
}

fn name_in_code(library: &Target) -> String {
    library.name.replace('-', "_")
}

/// What of a library a first benchmark can call. A source that can't be read has nothing.
fn call_in(library: &Target) -> Option<String> {
    let root = library.src_path.as_std_path();
    let source = std::fs::read_to_string(root).ok()?;
    let module = |place: &[String]| {
        let path = place.iter().fold(root.parent()?.to_path_buf(), |folder, name| folder.join(name));
        let places = [path.with_extension("rs"), path.join("mod.rs")];
        places.iter().find_map(|place| std::fs::read_to_string(place).ok())
    };
    first_call(&name_in_code(library), &source, &module)
}

fn bench_targets(package: &Package) -> Result<BTreeMap<String, String>, InitError> {
    let benches = package.targets.iter().filter(|target| target.kind.contains(&TargetKind::Bench));
    let mut sources = BTreeMap::new();
    for bench in benches {
        sources.insert(bench.name.clone(), read(bench.src_path.as_std_path())?.unwrap_or_default());
    }
    Ok(sources)
}

/// The manifest and the sources of the xtask, or of what lies in its place.
fn xtask_files(found: &Found) -> Result<Vec<String>, InitError> {
    let folder = found.xtask_folder.clone().unwrap_or_else(|| XTASK.to_owned());
    let mut paths = vec![format!("{folder}/Cargo.toml"), format!("{folder}/src/main.rs")];
    let mut waiting = vec![format!("{folder}/src")];
    while let Some(folder) = waiting.pop() {
        let absolute = found.root.join(&folder);
        let entries = match std::fs::read_dir(&absolute) {
            Err(error) if is_absent(&error) => continue,
            entries => entries.map_err(|problem| InitError::Read { path: absolute.clone(), problem })?,
        };
        for entry in entries.flatten() {
            // A name that is no Unicode is not that of a Rust source.
            let Ok(name) = entry.file_name().into_string() else { continue };
            let path = format!("{folder}/{name}");
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => waiting.push(path),
                Ok(_) if name.ends_with(".rs") => paths.push(path),
                _ => {}
            }
        }
    }
    Ok(paths)
}

fn read(path: &Path) -> Result<Option<String>, InitError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if is_absent(&error) => Ok(None),
        Err(problem) => Err(InitError::Read { path: path.to_path_buf(), problem }),
    }
}

fn is_absent(error: &std::io::Error) -> bool {
    error.kind() == ErrorKind::NotFound
}

fn canonical(path: &Path) -> Result<PathBuf, InitError> {
    dunce::canonicalize(path).map_err(|problem| InitError::Read { path: path.to_path_buf(), problem })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_of_an_address() {
        for (address, expected) in [
            ("https://github.com/a/b.git", Some("github.com")),
            ("https://user:secret@git.example:8443/a/b", Some("git.example")),
            ("ssh://git@GitHub.com:22/a/b", Some("github.com")),
            ("git@github.com:a/b.git", Some("github.com")),
            ("file:///srv/a.git", None),
            ("/srv/a.git", None),
            ("../a:b", None),
            ("C:\\a\\b", None),
            ("", None),
        ] {
            assert_eq!(host(address).as_deref(), expected, "{address}");
        }
    }
}
