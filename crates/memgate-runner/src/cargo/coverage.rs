//! What uses memgate and is not measured.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cargo_metadata::cargo_platform::Platform;
use cargo_metadata::{Package, Target};
use memgate_protocol::{Part, find_bytes};
use memgate_report::model::Need;

use super::bench_files::unlisted;
use super::condition::Facts;
use super::mentions::{Mentions, Names};
use super::reach::{Reach, Reached};

use super::source::Source;

/// What is known of a package's use of memgate without building anything.
#[derive(Clone, Debug)]
pub struct Usage {
    /// The package's folder.
    folder: PathBuf,
    /// The names by which its sources speak of memgate.
    names: Names,
    /// The features that are enabled, and those of dependencies.
    enabled: BTreeSet<String>,
    /// Whether memgate is linked with the enabled features.
    is_linked: bool,
    /// The platforms that memgate is a dependency on, when that are not all.
    platforms: Vec<String>,
    /// The features that memgate is not linked without.
    lacking: Vec<String>,
}

/// A bench target that was built and has no marker.
#[derive(Clone, Copy)]
pub(super) struct Unmarked<'a> {
    /// The file of its crate root.
    pub(super) source: &'a Path,
    pub(super) executable: &'a [u8],
    /// The package's features that it was built with.
    pub(super) features: &'a [String],
}

/// What holds where a bench target was built.
struct BuildFacts<'a, H> {
    features: &'a [String],
    holds: H,
}

impl<H: Fn(&Platform) -> bool> Facts for BuildFacts<'_, H> {
    fn has_feature(&self, feature: &str) -> bool {
        self.features.iter().any(|enabled| enabled == feature)
    }

    fn holds(&self, name: &str, value: Option<&str>) -> bool {
        // The compiler says what holds without flags; benchmarks are optimised.
        name != "debug_assertions"
            && value
                .map_or_else(|| format!("cfg({name})"), |value| format!("cfg({name} = {value:?})"))
                .parse::<Platform>()
                .is_ok_and(|platform| (self.holds)(&platform))
    }
}

impl Usage {
    /// None for a package that does not depend on memgate, whatever its features.
    pub(super) fn of(package: &Package, reach: &Reach<'_>, enabled: BTreeSet<String>) -> Option<Self> {
        let names = reach.names(package);
        if names.is_empty() {
            return None;
        }
        let reached = reach.reached(package, &enabled);
        let is_linked = reached != Reached::No;
        let platforms = match &reached {
            Reached::On(platforms) => platforms.iter().map(ToString::to_string).collect(),
            _ => Vec::new(),
        };
        let lacking = if is_linked { Vec::new() } else { reach.lacking(package, &enabled) };
        let folder = package.manifest_path.as_std_path().parent().map(PathBuf::from).unwrap_or_default();
        Some(Self { folder, names, enabled, is_linked, platforms, lacking })
    }

    /// Whether all features are enabled that a bench target requires, as far as the package's own manifest tells.
    pub(super) fn has_required(&self, target: &Target) -> bool {
        target.required_features.iter().all(|feature| self.enabled.contains(feature))
    }

    /// Takes for enabled what a bench target requires that cargo would build.
    pub(super) fn enable_required(&mut self, target: &Target) {
        self.enabled.extend(target.required_features.iter().cloned());
    }

    /// Whether a bench target is to be built; or else what it lacks, in so far as it is one of memgate's. `None` is for one
    /// that is none of memgate's, as its source shows.
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
        let mut needs: Vec<Need> = lacking.into_iter().map(Need::Feature).collect();
        if needs.is_empty() {
            needs.push(Need::Main);
        }
        Err(Some(needs))
    }

    /// What a bench target lacks that was built and has no marker; nothing when it is none of memgate's.
    pub(super) fn after_build(&self, built: Unmarked<'_>, holds: impl Fn(&Platform) -> bool) -> Vec<Need> {
        let Unmarked { source, executable, features } = built;
        let mentions = self.mentions(source);
        let is_libtest = is_libtest(executable);
        if is_libtest && Part::UnreachedMain.is_in(executable) && mentions.may_have_main() {
            return vec![Need::NoHarness];
        }
        if !mentions.is_suite() {
            return Vec::new();
        }
        let missing = mentions.needs(&BuildFacts { features, holds: &holds });
        if !missing.is_empty() {
            return missing;
        }
        let is_elsewhere =
            |platform: &&String| platform.parse::<Platform>().is_ok_and(|platform| !holds(&platform));
        let elsewhere: Vec<&String> = self.platforms.iter().filter(is_elsewhere).collect();
        if !self.platforms.is_empty() && elsewhere.len() == self.platforms.len() {
            return elsewhere.into_iter().cloned().map(Need::Platform).collect();
        }
        // All of its source was compiled. So the executable tells whether there is a suite in it, unless its `main` is dead.
        if is_libtest {
            let has_main = mentions.has_function || mentions.has_main();
            return if has_main { vec![Need::NoHarness] } else { Vec::new() };
        }
        let has_part = Part::Allocator.is_in(executable) || mentions.is_direct;
        let is_expected = has_part || mentions.has_main() || (mentions.has_macro && !mentions.has_function);
        if is_expected { vec![Need::Main] } else { Vec::new() }
    }

    /// Files where bench targets are looked for that have a suite and are no target, and targets of other kinds that have one.
    pub(super) fn elsewhere(&self, package: &Package) -> Vec<(String, Need)> {
        let unlisted = unlisted(package).into_iter();
        let unlisted = unlisted.filter(|file| Mentions::of(&file.source, &self.names).is_suite());
        let others = package.targets.iter().filter(|target| {
            (target.is_example() || target.is_test() || target.is_bin()) && {
                let source = Source::read_root(target.src_path.as_std_path(), &self.folder);
                Mentions::of(&source, &self.names).has_main()
            }
        });
        let others = others.map(|target| (target.name.clone(), Need::BenchKind));
        unlisted.map(|file| (file.name, Need::Listing)).chain(others).collect()
    }

    fn mentions(&self, source: &Path) -> Mentions {
        Mentions::read(source, &self.folder, &self.names)
    }
}

/// Whether an executable has libtest's `main`: the name of a variable that it reads.
fn is_libtest(executable: &[u8]) -> bool {
    const VARIABLE: &[u8] = b"RUST_TEST_SHUFFLE_SEED";
    find_bytes(executable, VARIABLE).is_some()
}
