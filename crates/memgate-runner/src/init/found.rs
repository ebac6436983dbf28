//! A project as it was found: plain data.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// A project as it was found. Paths of files are relative to the workspace's root, with slashes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// The absolute path of the folder of the workspace's `Cargo.toml`.
    pub root: PathBuf,
    /// The path of the workspace from the root of its repository; empty when it is that root, or there is no repository.
    pub in_repository: PathBuf,
    /// The host of the remote `origin`, when there is one.
    pub host: Option<String>,
    /// The package that gets the bench target.
    pub package: FoundPackage,
    /// The folder of the member named `xtask`, when there is one.
    pub xtask_folder: Option<String>,
    /// The members besides [`package`](Self::package), with their manifests.
    pub other_manifests: BTreeMap<String, String>,
    /// Every file that a plan may look at and that is there, with its text.
    pub files: BTreeMap<String, String>,
}

/// The package that gets the bench target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FoundPackage {
    /// Its name.
    pub name: String,
    /// Its folder; empty when it is the workspace's root.
    pub folder: String,
    /// The name of its library as code has it, when it has one.
    pub library: Option<String>,
    /// The name of a binary of it, when it has one.
    pub binary: Option<String>,
    /// The path of something in it that a first benchmark can call.
    pub first_call: Option<String>,
    /// The sources of its bench targets, by the targets' names.
    pub bench_targets: BTreeMap<String, String>,
}

impl Found {
    /// The text of a file.
    #[must_use]
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }
}

impl FoundPackage {
    /// The path of a file in the package's folder.
    #[must_use]
    pub(crate) fn path(&self, file: &str) -> String {
        if self.folder.is_empty() { file.to_owned() } else { format!("{}/{file}", self.folder) }
    }
}
