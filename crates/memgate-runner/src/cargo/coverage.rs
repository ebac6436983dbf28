//! What uses memgate and is not measured.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cargo_metadata::cargo_platform::Platform;
use cargo_metadata::{Package, Target};
use memgate_protocol::Part;
use memgate_report::model::Need;

use super::mentions::Mentions;
use super::reach::{Reach, Reached};

/// What is known of a package's use of memgate without building anything.
#[derive(Clone, Debug)]
pub struct Usage {
    /// The names by which its sources speak of memgate.
    names: BTreeSet<String>,
    /// The package's features that are enabled.
    enabled: BTreeSet<String>,
    /// Whether memgate is linked with the enabled features.
    is_linked: bool,
    /// The platforms that memgate is a dependency on, when that are not all.
    platforms: Vec<String>,
    /// The features that memgate is not linked without.
    lacking: Vec<String>,
}

impl Usage {
    /// None for a package that does not depend on memgate, whatever its features.
    pub(super) fn of(
        package: &Package,
        reach: &Reach<'_>,
        is_resolved: bool,
        enabled: BTreeSet<String>,
    ) -> Option<Self> {
        if !is_resolved && reach.reached_with_all(package) == Reached::No {
            return None;
        }
        let names = reach.names(package);
        let reached = reach.reached(package, &enabled);
        // Through packages of others, cargo alone knows. Of those that are declared here, the manifests are the truth: it has
        // resolved the default features.
        let is_linked = reached != Reached::No || (is_resolved && names.is_empty());
        let platforms = match &reached {
            Reached::On(platforms) => platforms.iter().map(ToString::to_string).collect(),
            _ => Vec::new(),
        };
        let lacking = if is_linked { Vec::new() } else { reach.lacking(package, &enabled) };
        Some(Self { names, enabled, is_linked, platforms, lacking })
    }

    /// Whether a bench target is to be built; or else what it lacks, in so far as it is one of memgate's. `None` is for one
    /// that is none of memgate's, as far as its source tells.
    pub(super) fn before_build(&self, target: &Target) -> Result<(), Option<Vec<Need>>> {
        let required = target.required_features.iter().filter(|feature| !self.enabled.contains(*feature));
        let mut lacking: Vec<String> = required.cloned().collect();
        if lacking.is_empty() && self.is_linked {
            return Ok(());
        }
        if !self.mentions(target.src_path.as_std_path()).is_suite() {
            return Err(None);
        }
        // What the target itself requires mostly brings memgate too.
        if lacking.is_empty() {
            lacking.clone_from(&self.lacking);
        }
        Err(Some(lacking.into_iter().map(Need::Feature).collect()))
    }

    /// What a bench target lacks that was built and has no marker; nothing when it is none of memgate's.
    pub(super) fn after_build(
        &self,
        source: &Path,
        executable: &[u8],
        holds: impl Fn(&Platform) -> bool,
    ) -> Vec<Need> {
        if Part::UnreachedMain.is_in(executable) {
            return vec![Need::NoHarness];
        }
        let mentions = self.mentions(source);
        if Part::Allocator.is_in(executable) && mentions.is_suite() {
            return vec![if is_libtest(executable) { Need::NoHarness } else { Need::Main }];
        }
        if !mentions.main {
            return Vec::new();
        }
        let features: Vec<Need> = mentions
            .guarding_features
            .iter()
            .filter(|feature| !self.enabled.contains(*feature))
            .cloned()
            .map(Need::Feature)
            .collect();
        if !features.is_empty() {
            return features;
        }
        let is_elsewhere =
            |platform: &&String| platform.parse::<Platform>().is_ok_and(|platform| !holds(&platform));
        let elsewhere: Vec<&String> = self.platforms.iter().filter(is_elsewhere).collect();
        if !self.platforms.is_empty() && elsewhere.len() == self.platforms.len() {
            return elsewhere.into_iter().cloned().map(Need::Platform).collect();
        }
        // Behind a condition that does not hold here.
        if mentions.guarded { vec![Need::Platform("#[cfg(…)]".to_owned())] } else { vec![Need::Main] }
    }

    /// Files where bench targets are looked for that have a suite and are no target, and targets of other kinds that have one.
    pub(super) fn elsewhere(&self, package: &Package) -> Vec<(String, Need)> {
        let known: BTreeSet<&Path> =
            package.targets.iter().map(|target| target.src_path.as_std_path()).collect();
        let unlisted = bench_files(package).into_iter().filter(|(_, path)| !known.contains(path.as_path()));
        let has_suite = |path: &Path| Mentions::read_file(path, &self.names).main;
        let unlisted = unlisted.filter(|(_, path)| has_suite(path));
        let others = package.targets.iter().filter(|target| {
            (target.is_example() || target.is_test() || target.is_bin())
                && has_suite(target.src_path.as_std_path())
        });
        let others = others.map(|target| (target.name.clone(), Need::BenchKind));
        unlisted.map(|(name, _)| (name, Need::Listing)).chain(others).collect()
    }

    fn mentions(&self, source: &Path) -> Mentions {
        if self.names.is_empty() { Mentions::default() } else { Mentions::read(source, &self.names) }
    }
}

/// Whether an executable has libtest's `main`: the name of a variable that it reads.
fn is_libtest(executable: &[u8]) -> bool {
    const VARIABLE: &[u8] = b"RUST_TEST_SHUFFLE_SEED";
    executable.windows(VARIABLE.len()).any(|window| window == VARIABLE)
}

/// The files that cargo would take for bench targets, with their names.
fn bench_files(package: &Package) -> Vec<(String, PathBuf)> {
    let Some(folder) = package.manifest_path.as_std_path().parent() else { return Vec::new() };
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
