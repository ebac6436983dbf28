//! What something was compiled from: which files, and a digest of what is in them.
//!
//! Cargo compares times alone. A file with an old time passes for unchanged whatever is in it, as after `cp -a`, from an
//! archive, or in another tree at the same place within its workspace.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// A digest of the sources that the compiler named when it compiled an artefact. `folders` are those that a relative path may
/// be relative to: the workspace's root, or the package's folder. Where the compiler's list is not found, everything in the
/// package's folder counts.
pub(super) fn digest_of_sources(artefact: &Path, root: &Path, package: &Path) -> u64 {
    let mut hasher = DefaultHasher::new();
    match dep_info(artefact).and_then(|path| fs::read_to_string(path).ok()) {
        Some(text) => {
            for name in listed(&text) {
                let path = if root.join(&name).exists() { root.join(&name) } else { package.join(&name) };
                name.hash(&mut hasher);
                digest_file(&path, &mut hasher);
            }
        }
        None => digest_path(package, &mut hasher),
    }
    hasher.finish()
}

/// A digest of the files that a build script says it depends on, of what it has printed.
pub(super) fn digest_of_inputs(output: &str, package: &Path) -> u64 {
    let mut hasher = DefaultHasher::new();
    for line in output.lines() {
        let value = line.strip_prefix("cargo:").map(|line| line.strip_prefix(':').unwrap_or(line));
        if let Some(name) = value.and_then(|line| line.strip_prefix("rerun-if-changed=")) {
            let path = package.join(name);
            name.hash(&mut hasher);
            // The whole history is no source, and may be large.
            if !path.ends_with(".git") {
                digest_path(&path, &mut hasher);
            }
        }
    }
    hasher.finish()
}

/// The file in which the compiler has listed the sources of an artefact: `libname-hash.rlib` has `name-hash.d` beside it, and a
/// build script's executable, which cargo renames, the only one in its folder.
fn dep_info(artefact: &Path) -> Option<PathBuf> {
    let folder = artefact.parent()?;
    let stem = artefact.file_stem()?.to_str()?;
    let names = [stem, stem.strip_prefix("lib").unwrap_or(stem)];
    let beside = names.iter().map(|name| folder.join(format!("{name}.d"))).find(|path| path.is_file());
    beside.or_else(|| {
        let mut lists = fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
        let mut lists = lists.by_ref().filter(|path| path.extension().is_some_and(|end| end == "d"));
        lists.next().filter(|_| lists.next().is_none())
    })
}

/// The sources in a list of the compiler's, or of cargo's. The compiler's has a line `source:` for each; cargo's has all of them
/// in one line.
fn listed(text: &str) -> Vec<String> {
    let unescaped = |name: &str| name.replace('\u{0}', " ");
    // Spaces within names.
    let text = text.replace("\\ ", "\u{0}");
    let own = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.strip_suffix(':'));
    let own: Vec<String> = own.map(unescaped).collect();
    if !own.is_empty() {
        return own;
    }
    let all = text.lines().filter_map(|line| line.split_once(": ")).flat_map(|(_, names)| names.split(' '));
    all.filter(|name| !name.is_empty()).map(unescaped).collect()
}

fn digest_file(path: &Path, hasher: &mut DefaultHasher) {
    // What is not there is different from what is empty.
    fs::read(path).ok().hash(hasher);
}

/// Of a file, or of everything in a folder but what is built and what is hidden.
fn digest_path(path: &Path, hasher: &mut DefaultHasher) {
    if !path.is_dir() {
        return digest_file(path, hasher);
    }
    let mut entries: Vec<_> = fs::read_dir(path).into_iter().flatten().flatten().collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name();
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let is_output = name == "target" || name.to_string_lossy().starts_with('.');
        if is_file || (is_folder && !is_output) {
            name.hash(hasher);
            digest_path(&entry.path(), hasher);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_listed_by_the_compiler_or_by_cargo() {
        let compilers =
            "/t/m-1.d: a.rs b\\ c.rs\n\n/t/m-1: a.rs b\\ c.rs\n\na.rs:\nb\\ c.rs:\n\n# env-dep:X=1:\n";
        assert_eq!(listed(compilers), ["a.rs", "b c.rs"]);
        assert_eq!(listed("/t/tool: /s/a.rs /s/b\\ c.rs\n"), ["/s/a.rs", "/s/b c.rs"]);
        assert_eq!(listed(""), [""; 0]);
    }

    #[test]
    fn a_digest_is_of_what_is_in_the_files() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir_all(path("package/src")).unwrap();
        fs::write(path("package/src/lib.rs"), "one").unwrap();
        fs::write(path("libmemory-1.rlib"), "").unwrap();
        fs::write(path("memory-1.d"), "/t/memory-1.d: package/src/lib.rs\n\npackage/src/lib.rs:\n").unwrap();
        let digest = || digest_of_sources(&path("libmemory-1.rlib"), folder.path(), &path("package"));
        let inputs = || digest_of_inputs("cargo::rerun-if-changed=src\ncargo:x=y\n", &path("package"));
        let before = (digest(), inputs());
        fs::write(path("package/README"), "not listed").unwrap();
        assert_eq!((digest(), inputs()), before);
        fs::write(path("package/src/lib.rs"), "two").unwrap();
        assert_ne!(digest(), before.0);
        assert_ne!(inputs(), before.1);
    }
}
