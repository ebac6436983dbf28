//! Where snapshots lie, and of which profile they are.

use std::path::{Path, PathBuf};

use super::site::SnapshotSite;
use memgate_protocol::snapshots::{BASELINES_FOLDER, SNAPSHOTS_FILE};

/// Where the snapshots of an assertion's package lie.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// The workspace's folder.
    pub(super) workspace: PathBuf,
    /// The package's folder.
    pub(super) package: PathBuf,
    /// The file, from the workspace's folder.
    pub(super) file: PathBuf,
}

impl Place {
    pub(super) fn of(site: &SnapshotSite) -> Self {
        let package = running_in(site.package).unwrap_or_else(|| PathBuf::from(site.package_folder));
        let workspace = workspace_of(&package, Path::new(site.file));
        let file = [BASELINES_FOLDER, memgate_target::TARGET, site.package, SNAPSHOTS_FILE].iter().collect();
        Self { workspace, package, file }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.workspace.join(&self.file)
    }
}

/// The folder of the package that cargo or cargo-nextest runs a test of. Where several checkouts share a target folder, or an archive of
/// tests was unpacked elsewhere, it is not that in which the test was compiled.
fn running_in(package: &str) -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name);
    // A test that was started by another package's test has that one's variables.
    let folder = variable("CARGO_MANIFEST_DIR")
        .filter(|_| variable("CARGO_PKG_NAME").is_some_and(|name| name == package));
    folder.map(PathBuf::from).filter(|folder| folder.is_dir())
}

/// The workspace of a package.
///
/// Cargo names sources from the workspace's folder when it compiles a member, so that is where the source is found. This is cargo's own
/// word, after all of its rules about members and exclusions. There is none where paths are remapped, and for a member that lies beside its
/// workspace, which names it; otherwise the nearest manifest with a `[workspace]` has to do.
fn workspace_of(package: &Path, file: &Path) -> PathBuf {
    let has_source = |folder: &&Path| file.is_relative() && folder.join(file).is_file();
    if let Some(folder) = package.ancestors().find(has_source) {
        return folder.to_owned();
    }
    let manifest = |folder: &Path| std::fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
    if let Some(named) = manifest(package).lines().find_map(named_workspace) {
        return package.join(named);
    }
    let is_workspace =
        |folder: &&Path| manifest(folder).lines().any(|line| line.trim_start().starts_with("[workspace"));
    package.ancestors().find(is_workspace).unwrap_or(package).to_owned()
}

/// The workspace that a line of a manifest names, as in `workspace = "../app"`.
fn named_workspace(line: &str) -> Option<&str> {
    line.trim_start()
        .strip_prefix("workspace")?
        .trim_start()
        .strip_prefix('=')?
        .trim()
        .strip_prefix('"')?
        .split('"')
        .next()
}

/// The profile that this program was built with: cargo puts a test into `<profile>/deps`. Elsewhere, as in a doctest, debug assertions
/// tell the two that everybody has.
pub(super) fn profile(has_debug_assertions: bool) -> String {
    let executable = std::env::current_exe().unwrap_or_default();
    profile_of(&executable, has_debug_assertions)
}

fn profile_of(executable: &Path, has_debug_assertions: bool) -> String {
    let folder = executable.parent().filter(|folder| folder.ends_with("deps")).and_then(Path::parent);
    match folder.and_then(Path::file_name).and_then(|name| name.to_str()) {
        Some("debug") => "dev".to_owned(),
        Some(profile) => profile.to_owned(),
        None if has_debug_assertions => "dev".to_owned(),
        None => "release".to_owned(),
    }
}

/// What cargo is told to build tests with a profile, after a blank.
pub(super) fn profile_flag(profile: &str) -> String {
    match profile {
        "dev" => String::new(),
        "release" => " --release".to_owned(),
        other => format!(" --profile {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_is_where_the_source_is_found_from() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let write = |path: &str, text: &str| {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("Cargo.toml", "[workspace]\nexclude = [\"fuzz\"]\n");
        write("crates/app/Cargo.toml", "[package]\n");
        write("crates/app/tests/memory.rs", "");
        write("fuzz/Cargo.toml", "[package]\n");
        write("fuzz/tests/memory.rs", "");
        let app = root.join("crates/app");
        assert_eq!(workspace_of(&app, Path::new("crates/app/tests/memory.rs")), root);
        assert_eq!(workspace_of(&root.join("fuzz"), Path::new("tests/memory.rs")), root.join("fuzz"));
        assert_eq!(workspace_of(&app, Path::new("/remapped/memory.rs")), root);
        assert_eq!(workspace_of(&app, Path::new("gone.rs")), root);
        write("beside/Cargo.toml", "[package]\nworkspace = \"../crates\"\nedition.workspace = true\n");
        let beside = root.join("beside");
        assert_eq!(workspace_of(&beside, &beside.join("tests/memory.rs")), beside.join("../crates"));
        write("crates/app/Cargo.toml", "[package]\n[workspace.package]\n");
        assert_eq!(workspace_of(&app, Path::new("gone.rs")), app);
    }

    #[test]
    fn the_profile_is_the_folder_that_cargo_builds_into() {
        let profile = |path: &str, debug| profile_of(Path::new(path), debug);
        assert_eq!(profile("/w/target/debug/deps/memory-1", false), "dev");
        assert_eq!(profile("/w/target/x86_64-unknown-linux-gnu/release/deps/memory-1", true), "release");
        assert_eq!(profile("/w/target/fast/deps/memory-1", true), "fast");
        assert_eq!(profile("/tmp/rustdoctest1/rust_out", true), "dev");
        assert_eq!(profile("/tmp/rustdoctest1/rust_out", false), "release");
        assert_eq!(["dev", "release", "fast"].map(profile_flag), ["", " --release", " --profile fast"]);
    }
}
