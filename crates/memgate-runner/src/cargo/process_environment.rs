//! The variables that cargo sets for a bench target's process.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use cargo_metadata::Package;

use super::Configuration;
use super::program::cargo;

/// What a build script left for its package's targets.
#[derive(Clone, Debug, Default)]
pub(super) struct ScriptOutput {
    pub(super) out_folder: Option<PathBuf>,
    pub(super) library_folders: Vec<PathBuf>,
}

/// The variables for a bench target of `package`, as the chapter "Environment Variables" of the Cargo book has them:
/// cargo's own, the package's, the `[env]` table's, and the search path for shared libraries.
pub(super) fn variables(
    package: &Package,
    script: &ScriptOutput,
    executable: &Path,
    compiler_libraries: &[PathBuf],
    configuration: &Configuration,
    workspace_root: &Path,
) -> BTreeMap<OsString, OsString> {
    let mut variables: BTreeMap<OsString, OsString> = BTreeMap::new();
    for (name, value) in configuration.environment(workspace_root) {
        if value.force || std::env::var_os(&name).is_none() {
            variables.insert(name.into(), value.value.into());
        }
    }
    let mut set = |name: &str, value: &OsStr| drop(variables.insert(name.into(), value.to_owned()));
    set("CARGO", &cargo());
    set("CARGO_MANIFEST_PATH", package.manifest_path.as_os_str());
    if let Some(folder) = package.manifest_path.parent() {
        set("CARGO_MANIFEST_DIR", folder.as_os_str());
    }
    for (name, value) in package_facts(package) {
        set(name, OsStr::new(&value));
    }
    if let Some(folder) = &script.out_folder {
        set("OUT_DIR", folder.as_os_str());
    }
    set(library_path_variable(), &library_path(script, executable, compiler_libraries));
    variables
}

fn package_facts(package: &Package) -> [(&'static str, String); 14] {
    let version = &package.version;
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    [
        ("CARGO_PKG_NAME", package.name.to_string()),
        ("CARGO_PKG_VERSION", version.to_string()),
        ("CARGO_PKG_VERSION_MAJOR", version.major.to_string()),
        ("CARGO_PKG_VERSION_MINOR", version.minor.to_string()),
        ("CARGO_PKG_VERSION_PATCH", version.patch.to_string()),
        ("CARGO_PKG_VERSION_PRE", version.pre.to_string()),
        ("CARGO_PKG_AUTHORS", package.authors.join(":")),
        ("CARGO_PKG_DESCRIPTION", text(package.description.as_deref())),
        ("CARGO_PKG_HOMEPAGE", text(package.homepage.as_deref())),
        ("CARGO_PKG_REPOSITORY", text(package.repository.as_deref())),
        ("CARGO_PKG_LICENSE", text(package.license.as_deref())),
        ("CARGO_PKG_LICENSE_FILE", text(package.license_file.as_ref().map(|path| path.as_str()))),
        ("CARGO_PKG_README", text(package.readme.as_ref().map(|path| path.as_str()))),
        (
            "CARGO_PKG_RUST_VERSION",
            package.rust_version.as_ref().map(ToString::to_string).unwrap_or_default(),
        ),
    ]
}

fn library_path_variable() -> &'static str {
    if cfg!(windows) {
        "PATH"
    } else if cfg!(target_os = "macos") {
        "DYLD_FALLBACK_LIBRARY_PATH"
    } else {
        "LD_LIBRARY_PATH"
    }
}

/// What build scripts linked from, the build's own folders, the compiler's libraries, and what was there before.
fn library_path(script: &ScriptOutput, executable: &Path, compiler_libraries: &[PathBuf]) -> OsString {
    let mut folders = script.library_folders.clone();
    folders.extend(executable.ancestors().skip(1).take(2).map(Path::to_path_buf));
    folders.extend(compiler_libraries.iter().cloned());
    if let Some(before) = std::env::var_os(library_path_variable()) {
        folders.extend(std::env::split_paths(&before));
    }
    // A folder with the separator in its name can't be in such a list at all, for cargo neither.
    std::env::join_paths(folders).unwrap_or_default()
}
