//! Manifests that are taken from one tree to another.

use std::fs;
use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Item};

use super::RevisionsError;

pub(super) fn read_manifest(folder: &Path) -> Result<DocumentMut, RevisionsError> {
    let path = folder.join("Cargo.toml");
    let text = fs::read_to_string(&path).map_err(RevisionsError::file("read", &path))?;
    text.parse().map_err(|error: toml_edit::TomlError| RevisionsError::Benches {
        path,
        problem: error.message().to_owned(),
    })
}

pub(super) fn write_manifest(folder: &Path, manifest: &DocumentMut) -> Result<(), RevisionsError> {
    let path = folder.join("Cargo.toml");
    fs::write(&path, manifest.to_string()).map_err(RevisionsError::file("write", path))
}

/// Makes relative paths of dependencies absolute: those of packages lead from the package, those of a workspace from its root.
pub(super) fn with_absolute_paths(manifest: &mut DocumentMut, package: &Path, root: &Path) {
    if let Some(dependencies) = manifest.get_mut("dev-dependencies") {
        make_absolute(dependencies, package);
    }
    let inherited = manifest.get_mut("workspace").and_then(|workspace| workspace.get_mut("dependencies"));
    if let Some(dependencies) = inherited {
        make_absolute(dependencies, root);
    }
}

fn make_absolute(dependencies: &mut Item, folder: &Path) {
    let Some(dependencies) = dependencies.as_table_like_mut() else { return };
    for (_, dependency) in dependencies.iter_mut() {
        let Some(dependency) = dependency.as_table_like_mut() else { continue };
        let Some(path) = dependency.get("path").and_then(Item::as_str).map(PathBuf::from) else { continue };
        // A path that is absolute stays as it is.
        let path = folder.join(path).display().to_string();
        dependency.insert("path", toml_edit::value(path));
    }
}
