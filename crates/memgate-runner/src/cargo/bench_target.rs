//! A bench target that has been built.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use memgate_protocol::Harness;
use memgate_report::model::Profile;
use memgate_report::sites::PackageFeatures;

use super::BuiltFile;

/// A bench target that has been built and speaks to memgate, with all that is needed to run it as cargo would.
#[derive(Clone, Debug)]
pub struct BenchTarget {
    /// The package's name.
    pub package: String,
    /// The bench target's name.
    pub name: String,
    /// The executable.
    pub executable: PathBuf,
    /// What must not change while it is measured: the executable, and the tree's own shared libraries.
    pub built_files: Vec<BuiltFile>,
    /// The version of the protocol that its marker names.
    pub protocol: u32,
    /// What it is when it is not asked for memory.
    pub harness: Harness,
    /// The package's root, which cargo makes the working directory of benches.
    pub folder: PathBuf,
    /// What to start instead, with the executable as its argument (`target.<triple>.runner`); empty means nothing.
    pub runner: Vec<String>,
    /// The variables that cargo sets for a bench target's process.
    pub variables: BTreeMap<OsString, OsString>,
    /// The enabled features of the package, sorted.
    pub features: Vec<String>,
    /// The features of the packages that are linked into it.
    pub package_features: PackageFeatures,
    /// What reaches the compiler besides the profile, and decides what code it makes: flags, and what is started in its place.
    pub rustflags: Vec<String>,
    /// The profile it was built with.
    pub profile: Profile,
    /// The compiler's folder.
    pub sysroot: PathBuf,
    /// The compiler's version.
    pub rustc: String,
    /// The target triple.
    pub target: String,
}

impl BenchTarget {
    /// What is not any more what was built, because somebody else has built in the same place since. A runner may change an
    /// executable before it starts it (signs it, takes its symbols), so where there is one, nothing is asked.
    #[must_use]
    pub fn replaced_file(&self) -> Option<&Path> {
        let files = if self.runner.is_empty() { &*self.built_files } else { &[] };
        files.iter().find(|file| file.is_replaced()).map(BuiltFile::path)
    }
}
