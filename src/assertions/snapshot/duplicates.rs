//! Assertions of one package that have one id, in other programs as well.
//!
//! Looked for where numbers are recorded or something fails, so that whoever passes pays nothing.

use std::path::Path;

use memgate_protocol::snapshots::mentions;

/// More files than this are not read.
const MOST_FILES: usize = 10_000;

/// Where the assertions of an id stand in a package, as files with lines, sorted.
pub(super) fn places(package: &Path, id: &str) -> Vec<String> {
    let mut places = Vec::new();
    let (mut folders, mut files) = (vec![package.to_owned()], 0);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            let kind = entry.file_type();
            if kind.as_ref().is_ok_and(std::fs::FileType::is_dir) {
                // Neither cargo's target folder, by whatever name, nor another package.
                let is_own = !name.to_string_lossy().starts_with('.')
                    && !["CACHEDIR.TAG", "Cargo.toml"].iter().any(|file| path.join(file).exists());
                folders.extend(is_own.then_some(path));
            } else if path.extension().is_some_and(|extension| extension == "rs") && files < MOST_FILES {
                files += 1;
                let source = std::fs::read_to_string(&path).unwrap_or_default();
                let found = mentions(&source).filter(|mention| mention.id == id);
                let file = path.strip_prefix(package).unwrap_or(&path).display().to_string();
                places.extend(found.map(|mention| (file.clone(), mention.line)));
            }
        }
    }
    places.sort();
    places.into_iter().map(|(file, line)| format!("{file}:{line}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_sources_of_the_package_are_searched_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("tests/b.rs", "\n\nassert_heap!(\"id\", || 1); assert_heap!(\"other\", || 1);");
        write("src/deep/a.rs", "assert_heap!(\"id\", || 1);");
        write("target/CACHEDIR.TAG", "");
        write("target/a.rs", "assert_heap!(\"id\", || 1);");
        write("member/Cargo.toml", "");
        write("member/tests/a.rs", "assert_heap!(\"id\", || 1);");
        write("tests/notes.md", "assert_heap!(\"id\", || 1);");
        // As the system writes paths, so that an editor finds them.
        let native = |path: &str| path.replace('/', std::path::MAIN_SEPARATOR_STR);
        assert_eq!(places(folder.path(), "id"), ["src/deep/a.rs:1", "tests/b.rs:3"].map(native));
        assert_eq!(places(folder.path(), "none"), [""; 0]);
    }
}
