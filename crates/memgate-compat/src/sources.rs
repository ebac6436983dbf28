//! The sources of published packages, from cargo's registry cache.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// cargo's variable for how far what is measured is optimised.
const OPTIMISATION: &str = "CARGO_PROFILE_BENCH_OPT_LEVEL";

/// The variable with its value: not at all, since that takes most of the time and is not what is tried, unless the environment has another one.
/// Benchmarks of millions of anything take hours without.
pub(crate) fn optimisation() -> (&'static str, OsString) {
    (OPTIMISATION, std::env::var_os(OPTIMISATION).unwrap_or_else(|| "0".into()))
}

pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.stdin(Stdio::null());
    command
}

/// Has cargo fetch a package, and gives the folder that it lies in.
pub(crate) fn fetch(name: &str, version: &str, scratch: &Path) -> Result<PathBuf, String> {
    let manifest = format!(
        "[package]\nname = \"fetch\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{name} = \"={version}\"\n\n\
         [workspace]\n"
    );
    let problem = |error: std::io::Error| format!("failed to write {}: {error}", scratch.display());
    std::fs::create_dir_all(scratch.join("src")).map_err(problem)?;
    std::fs::write(scratch.join("src/lib.rs"), "").map_err(problem)?;
    std::fs::write(scratch.join("Cargo.toml"), manifest).map_err(problem)?;
    let output = cargo()
        .args(["metadata", "--format-version", "1", "--manifest-path"])
        .arg(scratch.join("Cargo.toml"))
        .output()
        .map_err(|error| format!("failed to start cargo: {error}"))?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)
        .map_err(|_| format!("failed to fetch it: {}", String::from_utf8_lossy(&output.stderr)))?;
    let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let package = packages.iter().find(|package| package["name"] == name && package["version"] == version);
    let manifest = package.and_then(|package| package["manifest_path"].as_str()).map(Path::new);
    manifest.and_then(Path::parent).map(PathBuf::from).ok_or_else(|| "cargo has not fetched it".to_owned())
}

/// Copies a folder, without the lock file that it was published with.
pub(crate) fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else if entry.file_name() != "Cargo.lock" {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
