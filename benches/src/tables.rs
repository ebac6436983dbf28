//! The typed forms of `lock.toml` and `sources.csv`.

use serde::{Deserialize, Serialize};

/// A lock file.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Lock {
    /// The version of its format.
    pub version: u32,
    /// The packages.
    pub package: Vec<LockedPackage>,
}

/// A package in a lock file.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct LockedPackage {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The registry; none for the workspace's own packages.
    pub source: Option<String>,
    /// The SHA-256 of the archive; none for the workspace's own packages.
    pub checksum: Option<String>,
    /// The packages that it depends on.
    #[serde(default)]
    pub dependencies: Vec<String>,
}

/// A row of the table of source files.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct SourceFile {
    /// The package's name.
    pub package: String,
    /// The package's version.
    pub version: String,
    /// The file's path within the package.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// All lines.
    pub lines: u32,
    /// Lines that are neither blank nor a comment.
    pub code: u32,
    /// Lines with nothing but a comment.
    pub comments: u32,
    /// Functions, as far as a line-by-line look finds them.
    pub functions: u32,
    /// The mean length of a line in bytes.
    pub mean_line: f64,
    /// The modules that have a file of their own, separated by commas.
    pub modules: Option<String>,
}
