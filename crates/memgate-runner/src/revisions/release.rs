//! A release on the registry, as a tree of files.

use std::fs;
use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Item, Table};

use super::RevisionsError;
use super::copy::copy;
use super::manifest::{read_manifest, write_manifest};
use crate::cargo::{CargoError, download};

/// A release on the registry: `crate@1.2.3`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Release {
    /// The package's name.
    pub name: String,
    /// The version, whole.
    pub version: String,
}

impl Release {
    /// What `crate@1.2.3` means; none when it does not look like that.
    #[must_use]
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (name, version) = text.split_once('@')?;
        let is_name = |character: char| character.is_ascii_alphanumeric() || "_-".contains(character);
        let is_version = |character: char| character.is_ascii_alphanumeric() || ".-+".contains(character);
        let is_release = !name.is_empty()
            && name.chars().all(is_name)
            && version.starts_with(|character: char| character.is_ascii_digit())
            && version.chars().all(is_version)
            && version.split('.').count() >= 3;
        is_release.then(|| Self { name: name.to_owned(), version: version.to_owned() })
    }

    /// Downloads the release with cargo, and writes its files into a folder, as a workspace of its own.
    ///
    /// It gets the profiles, the settings and the lock file of `head`, the workspace that it is compared with. `settings` is
    /// where cargo's settings for the download hold.
    ///
    /// # Errors
    /// When cargo can't bring it, or a file can't be written.
    pub(crate) fn write_files(
        &self,
        into: &Path,
        head: &Path,
        settings: &Path,
        lock_flags: Vec<String>,
    ) -> Result<(), RevisionsError> {
        // Not `with_extension`, which takes the end of a version for one.
        let mut scratch = into.as_os_str().to_owned();
        scratch.push(".download");
        let scratch = PathBuf::from(scratch);
        fs::create_dir_all(&scratch).map_err(RevisionsError::file("create", &scratch))?;
        let downloaded = download(&self.name, &self.version, &scratch, settings, lock_flags);
        // What stays is removed with the place.
        let _ = fs::remove_dir_all(&scratch);
        let source = downloaded.map_err(|error| self.unusable(&error))?;
        copy(&source, into)?;
        copy(&head.join(".cargo"), &into.join(".cargo"))?;
        let lock = head.join("Cargo.lock");
        if lock.is_file() {
            let place = into.join("Cargo.lock");
            fs::copy(&lock, &place).map_err(RevisionsError::file("write", place))?;
        }
        let mut manifest = read_manifest(into)?;
        isolate(&mut manifest, &read_manifest(head)?);
        write_manifest(into, &manifest)
    }

    fn unusable(&self, error: &CargoError) -> RevisionsError {
        RevisionsError::Unusable { revision: self.to_string(), problem: error.to_string(), hint: None }
    }
}

impl std::fmt::Display for Release {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the release {} {}", self.name, self.version)
    }
}

/// Makes a published manifest a workspace of its own, built as `head` is.
fn isolate(manifest: &mut DocumentMut, head: &DocumentMut) {
    manifest.entry("workspace").or_insert_with(|| Item::Table(Table::new()));
    match head.get("profile") {
        Some(profiles) => drop(manifest.insert("profile", profiles.clone())),
        None => drop(manifest.remove("profile")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::manifest::with_absolute_paths;
    use super::*;

    #[test]
    fn releases_have_whole_versions() {
        let release = Release::parse("parser@1.2.3").unwrap();
        assert_eq!((release.name.as_str(), release.version.as_str()), ("parser", "1.2.3"));
        assert!(Release::parse("a-b_c@1.0.0-alpha.1+x").is_some());
        for text in ["main", "@1.2.3", "a@1.2", "a@v1.2.3", "a/b@1.2.3", "main@{u}", "main@{1}"] {
            assert_eq!(Release::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_release_is_built_as_head_is() {
        let mut release: DocumentMut = "[package]\nname = \"a\"\n".parse().unwrap();
        let head = "[workspace]\nmembers = [\"a\"]\n[profile.bench]\nlto = true\n".parse().unwrap();
        isolate(&mut release, &head);
        let benches = "[dev-dependencies]\nb = { path = \"../b\" }\nc = { path = \"/c\" }\n\
                       [workspace.dependencies]\nd = { path = \"d\", version = \"1\" }\n";
        let mut benches: DocumentMut = benches.parse().unwrap();
        with_absolute_paths(&mut benches, Path::new("/head/a"), Path::new("/head"));
        insta::assert_snapshot!(format!("{release}---\n{benches}"), @r#"
        [package]
        name = "a"

        [workspace]
        [profile.bench]
        lto = true
        ---
        [dev-dependencies]
        b = { path = "/head/a/../b" }
        c = { path = "/c" }
        [workspace.dependencies]
        d = { path = "/head/d", version = "1" }
        "#);
    }
}
