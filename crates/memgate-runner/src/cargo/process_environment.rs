//! The variables that cargo sets for a bench target's process.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use cargo_metadata::Package;

use super::artifacts::Artifacts;
use super::{Configuration, Settings};

/// The variables for a bench target of `package`, as the chapter "Environment Variables" of the Cargo book has them and cargo
/// sets them: the search path for shared libraries, what the package's build script says, cargo's own, the package's, and of the
/// `[env]` table what is none of these.
pub(super) fn variables(
    package: &Package,
    artifacts: &Artifacts,
    executable: &Path,
    target_folder: &Path,
    settings: &Settings,
    configuration: &Configuration,
) -> BTreeMap<OsString, OsString> {
    let mut variables: BTreeMap<OsString, OsString> = BTreeMap::new();
    for (name, value) in configuration.environment() {
        if value.force || std::env::var_os(&name).is_none() {
            variables.insert(name.into(), value.value.into());
        }
    }
    let mut set = |name: &str, value: &OsStr| drop(variables.insert(name.into(), value.to_owned()));
    let profile_folder = profile_folder(executable, target_folder, &settings.target);
    set(library_path_variable(), &library_path(artifacts, &profile_folder, executable, settings));
    for script in artifacts.scripts.get(&package.id).into_iter().flatten() {
        for (name, value) in &script.variables {
            set(name, OsStr::new(value));
        }
        set("OUT_DIR", script.out_folder.as_os_str());
    }
    for (name, program) in &artifacts.programs {
        set(&format!("CARGO_BIN_EXE_{name}"), program.executable.path().as_os_str());
    }
    set("CARGO", &settings.cargo);
    set("CARGO_MANIFEST_PATH", package.manifest_path.as_os_str());
    if let Some(folder) = package.manifest_path.parent() {
        set("CARGO_MANIFEST_DIR", folder.as_os_str());
    }
    for (name, value) in package_facts(package) {
        set(name, OsStr::new(&value));
    }
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

/// The folder of a profile: `release`, or `x86_64-unknown-linux-gnu/release`.
fn profile_folder(executable: &Path, target_folder: &Path, target: &str) -> PathBuf {
    let Ok(below) = executable.strip_prefix(target_folder) else {
        return executable.ancestors().nth(2).unwrap_or(executable).to_path_buf();
    };
    let parts = if below.starts_with(target) { 2 } else { 1 };
    target_folder.join(below.iter().take(parts).collect::<PathBuf>())
}

/// What build scripts linked from, the build's own folders, the standard library's, and what was there before.
///
/// Of the scripts' folders only those that were built: cargo leaves it to the system where it finds its own.
fn library_path(
    artifacts: &Artifacts,
    profile_folder: &Path,
    executable: &Path,
    settings: &Settings,
) -> OsString {
    let scripts = artifacts.scripts.values().flatten();
    let mut linked: Vec<&str> =
        scripts.flat_map(|script| &script.library_folders).map(String::as_str).collect();
    // As they stand there, with their kinds.
    linked.sort_unstable();
    linked.dedup();
    let linked = linked.into_iter().map(without_kind).filter(|folder| folder.starts_with(profile_folder));
    let mut folders: Vec<PathBuf> = linked.map(Path::to_path_buf).collect();
    folders.push(profile_folder.to_path_buf());
    folders.extend(executable.parent().map(Path::to_path_buf));
    let compilers = settings.sysroot.join("lib");
    folders.push(compilers.join("rustlib").join(&settings.target).join("lib"));
    let before = std::env::var_os(library_path_variable());
    let before: Vec<PathBuf> = before.iter().flat_map(std::env::split_paths).collect();
    // Rustup has set it for all that it starts, if it started us.
    let is_known = before.contains(&compilers);
    if cfg!(target_os = "macos") && before.iter().all(|folder| folder.as_os_str().is_empty()) {
        // What holds where the variable is not set.
        folders.extend(std::env::home_dir().map(|home| home.join("lib")));
        folders.extend(["/usr/local/lib", "/usr/lib"].map(PathBuf::from));
    }
    folders.extend(before);
    folders.extend(Some(compilers).filter(|_| !is_known));
    // A folder with the separator in its name can't be in such a list at all, for cargo neither.
    std::env::join_paths(folders).unwrap_or_default()
}

fn without_kind(linked: &str) -> &Path {
    let folder = match linked.split_once('=') {
        Some(("native" | "crate" | "dependency" | "framework" | "all", folder)) => folder,
        _ => linked,
    };
    Path::new(folder)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_found_in_what_cargo_says() {
        let folder = |executable: &str| profile_folder(Path::new(executable), Path::new("/t"), "triple");
        assert_eq!(folder("/t/release/deps/memory-1"), Path::new("/t/release"));
        assert_eq!(folder("/t/triple/release/deps/memory-1"), Path::new("/t/triple/release"));
        assert_eq!(without_kind("native=/a=b"), Path::new("/a=b"));
        assert_eq!(without_kind("/a=b"), Path::new("/a=b"));
    }
}
