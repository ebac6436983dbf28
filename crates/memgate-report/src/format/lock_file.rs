//! `Cargo.lock`, as far as it says which version of what is built.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::report::DependencyChange;

#[derive(Deserialize)]
struct LockFile {
    #[serde(default)]
    package: Vec<LockedPackage>,
}

/// What `Cargo.lock` says of one package.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct LockedPackage {
    /// Its name.
    pub name: String,
    /// Its version.
    #[serde(default)]
    pub version: String,
    /// Where it comes from; none for the workspace's and for folders beside it.
    pub source: Option<String>,
    /// What it depends on: a name, with a version and a source where there are several of that name.
    #[serde(default)]
    pub dependencies: Vec<String>,
}

/// The packages of the text of a `Cargo.lock`. A text that is no lock file has none.
#[must_use]
pub fn parse_lock_file(text: &str) -> Vec<LockedPackage> {
    toml::from_str(text).unwrap_or(LockFile { package: Vec::new() }).package
}

/// The packages whose versions in two texts of `Cargo.lock` differ, in the order of their names. Packages without a source are
/// those of the workspace and of folders beside it, whose versions say nothing of what is in them. A text that is no lock file
/// has no packages.
///
/// # Example
/// ```
/// use memgate_report::format::dependency_changes;
///
/// let lock = |version| format!("[[package]]\nname = \"a\"\nversion = \"{version}\"\nsource = \"registry+x\"\n");
/// assert_eq!(dependency_changes(&lock("1.0.0"), &lock("1.0.1"))[0].to_string(), "a 1.0.0 → 1.0.1");
/// ```
#[must_use]
pub fn dependency_changes(base: &str, head: &str) -> Vec<DependencyChange> {
    let (base, head) = (versions(base), versions(head));
    // Without one of the files, nothing is known to differ.
    if base.is_empty() || head.is_empty() {
        return Vec::new();
    }
    let names: BTreeSet<&String> = base.keys().chain(head.keys()).collect();
    let of = |side: &BTreeMap<String, BTreeSet<String>>, name: &String| -> Vec<String> {
        side.get(name).into_iter().flatten().cloned().collect()
    };
    names
        .into_iter()
        .map(|name| DependencyChange {
            package: name.clone(),
            base: of(&base, name),
            head: of(&head, name),
            ..DependencyChange::default()
        })
        .filter(|change| change.base != change.head)
        .collect()
}

fn versions(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for LockedPackage { name, version, source, .. } in parse_lock_file(text) {
        let Some(source) = source else { continue };
        let revision = source.strip_prefix("git+").and_then(|source| source.split_once('#'));
        let version = match revision.and_then(|(_, revision)| revision.get(..7)) {
            Some(revision) => format!("{version} ({revision})"),
            None => version,
        };
        versions.entry(name).or_default().insert(version);
    }
    versions
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(packages: &[(&str, &str, &str)]) -> String {
        let package = |(name, version, source): &(&str, &str, &str)| {
            let source = if source.is_empty() { String::new() } else { format!("source = \"{source}\"\n") };
            format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n{source}")
        };
        format!("version = 4\n{}", packages.iter().map(package).collect::<String>())
    }

    #[test]
    fn what_has_another_version_or_revision_is_found() {
        let git = |revision: &str| format!("git+https://example.org/g?branch=main#{revision}");
        let base = lock(&[
            ("same", "1.0.0", "registry+x"),
            ("own", "1.0.0", ""),
            ("hashbrown", "0.15.2", "registry+x"),
            ("twice", "1.0.0", "registry+x"),
            ("gone", "1.0.0", "registry+x"),
            ("g", "1.0.0", &git("0123456789")),
        ]);
        let head = lock(&[
            ("same", "1.0.0", "registry+x"),
            ("own", "2.0.0", ""),
            ("hashbrown", "0.16.0", "registry+x"),
            ("twice", "1.0.0", "registry+x"),
            ("twice", "2.0.0", "registry+x"),
            ("g", "1.0.0", &git("89abcdef01")),
        ]);
        let changes: Vec<String> = dependency_changes(&base, &head).iter().map(ToString::to_string).collect();
        assert_eq!(
            changes,
            [
                "g 1.0.0 (0123456) → 1.0.0 (89abcde)",
                "gone 1.0.0 is gone",
                "hashbrown 0.15.2 → 0.16.0",
                "twice 1.0.0 → 1.0.0 and 2.0.0"
            ]
        );
        assert_eq!(dependency_changes("", &head), []);
        assert_eq!(dependency_changes(&base, "no lock"), []);
    }
}
