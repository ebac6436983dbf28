//! The texts in which the workspace's tests may stand.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::Workspace;
use super::source::{EventKind, Source};

/// The sources and documents of a workspace as text, for what is looked for as it stands there.
#[derive(Debug, Default)]
pub struct SourceTexts {
    texts: Vec<String>,
    /// The packages of which something is compiled that can't be read here, such as what a build script writes.
    unread: BTreeSet<String>,
}

impl SourceTexts {
    /// Whether a text stands anywhere in the workspace, or may stand in what a package compiles and can't be read here.
    #[must_use]
    pub fn may_have(&self, package: &str, text: &str) -> bool {
        self.unread.contains(package) || self.texts.iter().any(|source| source.contains(text))
    }
}

impl Workspace {
    /// Reads the sources and documents of all packages: what lies in their folders, and what their targets include from elsewhere.
    #[must_use]
    pub fn source_texts(&self) -> SourceTexts {
        let (mut texts, mut files) = (SourceTexts::default(), BTreeSet::new());
        for package in self.members() {
            let Some(folder) = package.manifest_path.as_std_path().parent() else { continue };
            add_files_below(folder, &mut files);
            for target in &package.targets {
                let source = Source::read(target.src_path.as_std_path(), folder);
                if source.events.iter().any(|event| event.kind == EventKind::Unread) {
                    texts.unread.insert(package.name.to_string());
                }
                files.extend(source.files);
            }
        }
        texts.texts = files.iter().filter_map(|file| std::fs::read_to_string(file).ok()).collect();
        texts
    }
}

/// Adds the files that may have examples or tests. A package that lies within another is looked through as well: it may bring macros.
fn add_files_below(folder: &Path, files: &mut BTreeSet<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        // Of what is there itself: a link may lead back.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            // Cargo marks its target folder, by whatever name.
            if !is_hidden && !path.join("CACHEDIR.TAG").exists() {
                add_files_below(&path, files);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "md") {
            files.extend(dunce::canonicalize(path));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cargo::CargoOptions;

    #[test]
    fn an_id_is_found_wherever_a_test_may_stand() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        let manifest = "[package]\nname = \"app\"\nedition = \"2024\"\n[workspace]\n";
        write("work/Cargo.toml", manifest);
        write(
            "work/src/lib.rs",
            "#[cfg(test)]\n#[path = \"../../outside/more.rs\"]\nmod more;\n// \"off\"\n",
        );
        write("work/src/target/mod.rs", "const SOURCE: &str = \"no target folder\";");
        write("work/README.md", "memgate::assert_heap!(\"example\", || 1);");
        write("work/target/CACHEDIR.TAG", "");
        write("work/target/made.rs", "const MADE: &str = \"made\";");
        write("outside/more.rs", "const MORE: &str = \"more\";");
        let texts = || {
            let manifest_path = Some(folder.path().join("work/Cargo.toml"));
            Workspace::load(&CargoOptions { manifest_path, ..CargoOptions::default() })
                .unwrap()
                .source_texts()
        };
        let found = texts();
        for text in ["\"more\"", "\"off\"", "\"no target folder\"", "\"example\""] {
            assert!(found.may_have("app", text), "{text}");
        }
        assert!(!found.may_have("app", "\"made\"") && !found.may_have("app", "\"gone\""));

        // What a build script writes may have anything.
        write("work/src/lib.rs", "include!(concat!(env!(\"OUT_DIR\"), \"/made.rs\"));");
        let found = texts();
        assert!(found.may_have("app", "\"gone\"") && !found.may_have("other", "\"gone\""));
    }
}
