//! Where a package's bench targets can be, and what of that is none.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cargo_metadata::Package;

use super::source::Source;

/// A file that cargo would take for a bench target, and does not: no `[[bench]]` names it, and others are not looked for.
pub(super) struct Unlisted {
    pub(super) name: String,
    pub(super) source: Source,
}

/// Those of a package, without what is only a module of another target.
pub(super) fn unlisted(package: &Package) -> Vec<Unlisted> {
    let Some(folder) = package.manifest_path.as_std_path().parent() else { return Vec::new() };
    let real = |path: &Path| dunce::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let roots = package.targets.iter().map(|target| real(target.src_path.as_std_path()));
    let roots: BTreeSet<PathBuf> = roots.collect();
    let files = bench_files(folder).into_iter().filter(|(_, path)| !roots.contains(&real(path)));
    let found: Vec<(PathBuf, Unlisted)> = files
        .map(|(name, path)| (real(&path), Unlisted { name, source: Source::read(&path, folder) }))
        .collect();
    if found.is_empty() {
        return Vec::new();
    }
    let benches = package.targets.iter().filter(|target| target.is_bench());
    let mut parts: BTreeSet<PathBuf> =
        benches.flat_map(|target| Source::read(target.src_path.as_std_path(), folder).files).collect();
    for (root, file) in &found {
        parts.extend(file.source.files.iter().filter(|path| *path != root).cloned());
    }
    let alone = found.into_iter().filter(|(root, _)| !parts.contains(root));
    alone.map(|(_, unlisted)| unlisted).collect()
}

/// The files that cargo would take for bench targets, with their names.
fn bench_files(folder: &Path) -> Vec<(String, PathBuf)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder.join("benches")).into_iter().flatten().flatten() {
        let path = entry.path();
        let main = path.join("main.rs");
        let Some(name) = path.file_stem().map(|name| name.to_string_lossy().into_owned()) else { continue };
        if main.is_file() {
            files.push((name, main));
        } else if path.is_file() && path.extension().is_some_and(|extension| extension == "rs") {
            files.push((name, path));
        }
    }
    files.sort();
    files
}
