//! `baselines/<target-triple>/<package>/<bench-target>.json`.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use memgate_protocol::snapshots::{BASELINES_FOLDER, SNAPSHOTS_FILE, SnapshotFileError, says_snapshots};
use memgate_report::format::{FormatError, parse_baseline, parse_sites, print_baseline, print_sites};
use memgate_report::model::{Baseline, BaselineKey, Baselines};
use memgate_report::sites::BenchTargetSites;

use super::atomic::{remove_leftovers, write_atomically};
use super::leftovers_of_tests::remove_leftovers_of_tests;
use super::limited::{none_if_absent, read_if_there};

/// The folder with the baselines.
#[derive(Clone, Debug)]
pub(crate) struct BaselineStore {
    folder: PathBuf,
}

/// What can go wrong with a baseline file.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A file can't be read as a baseline.
    #[error("failed to read the baseline {path}: {problem}{}", .problem.advice(TAKE_A_SIDE, ""), path = path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: FormatError,
    },
    /// A file can't be read as the numbers of tests.
    #[error("failed to read the numbers of tests {path}: {problem}", path = path.display())]
    Snapshots {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: SnapshotFileError,
    },
    /// The place of a baseline is that of the numbers of tests.
    #[error(
        "failed to write {path}: it has the numbers of tests; give the bench target `tests` another name",
        path = path.display()
    )]
    Taken {
        /// The file.
        path: PathBuf,
    },
    /// A file can't be read as the call sites of a baseline.
    #[error("failed to read the call sites {path}: {problem}{}", .problem.advice(WRITE_ANEW, WRITE_ANEW), path = path.display())]
    Sites {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: FormatError,
    },
    /// A file can't be read as renames.
    #[error("failed to read the renames {path}: {problem}{}", .problem.advice(KEEP_BOTH, PUT_BACK), path = path.display())]
    Renames {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: FormatError,
    },
    /// The system would not.
    #[error("failed to {action} {path}: {problem}", path = path.display())]
    System {
        /// What was attempted.
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        problem: std::io::Error,
    },
}

const TAKE_A_SIDE: &str = "resolve the conflict, or take one side and run `update`";
const WRITE_ANEW: &str = "`update` writes them anew";
const KEEP_BOTH: &str = "keep the lines of both sides";
/// Nothing else in the project says what `update --rename` has written there.
const PUT_BACK: &str = "put the file back as it was committed before, or remove it, which ends the histories of what was renamed";

impl StoreError {
    /// What is wrong with a file of sites that an update writes anew. One of a newer memgate is not broken.
    #[must_use]
    pub(crate) fn broken_sites(&self) -> Option<&FormatError> {
        match self {
            Self::Sites { problem: FormatError::Newer { .. }, .. } => None,
            Self::Sites { problem, .. } => Some(problem),
            _ => None,
        }
    }
}
/// Far above what a hundred thousand benchmarks take.
const MAXIMUM_BYTES: u64 = 1 << 30;
const EXTENSION: &str = "json";
/// A bench target's name has no dot, since a crate's has none.
const SITES_EXTENSION: &str = "sites.json";

impl BaselineStore {
    /// The baselines in a folder, which need not exist yet.
    #[must_use]
    pub(crate) fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The baselines of a workspace: in the folder `baselines` beside its `Cargo.toml`.
    #[must_use]
    pub(crate) fn in_workspace(root: &Path) -> Self {
        Self::new(root.join(BASELINES_FOLDER))
    }

    /// The folder with the baselines.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where a baseline lies.
    #[must_use]
    pub(crate) fn path(&self, key: &BaselineKey) -> PathBuf {
        self.folder.join(&key.target).join(&key.package).join(format!("{}.{EXTENSION}", key.bench_target))
    }

    /// Of what there are baselines, by the names of the files: none is read.
    ///
    /// # Errors
    /// When a folder can't be read.
    pub(crate) fn keys(&self) -> Result<BTreeSet<BaselineKey>, StoreError> {
        let mut keys = BTreeSet::new();
        for target in entries(&self.folder)? {
            for package in entries(&target)? {
                for file in entries(&package)? {
                    let key = file.strip_prefix(&self.folder).ok().and_then(key_of);
                    if let Some(key) = key
                        && !has_snapshots(&file)?
                    {
                        keys.insert(key);
                    }
                }
            }
        }
        Ok(keys)
    }

    /// Reads every baseline of every target triple: a broken one is an error even where it is not needed today.
    ///
    /// # Errors
    /// When a file can't be read, or is no baseline that this memgate can read.
    pub(crate) fn load(&self) -> Result<Baselines, StoreError> {
        let mut baselines = Baselines::new();
        for target in entries(&self.folder)? {
            for package in entries(&target)? {
                for file in entries(&package)? {
                    let Some(key) = file.strip_prefix(&self.folder).ok().and_then(key_of) else { continue };
                    // None when an update elsewhere has just removed it.
                    if let Some(bytes) = read(&file)?.filter(|bytes| !is_snapshots(&file, bytes)) {
                        baselines.insert(key, parsed(&file, &bytes)?);
                    }
                }
            }
        }
        Ok(baselines)
    }

    /// Writes a baseline in the old one's place, whole or not at all.
    ///
    /// # Errors
    /// When the folder can't be written to, or the disk is full.
    pub(crate) fn write(&self, key: &BaselineKey, baseline: &Baseline) -> Result<(), StoreError> {
        let path = self.path(key);
        if has_snapshots(&path)? {
            return Err(StoreError::Taken { path });
        }
        write_atomically(&path, print_baseline(baseline)).map_err(system("write", &path))
    }

    /// Removes the temporary files of updates that were killed, wherever baselines lie. Those of updates that run stay.
    pub(crate) fn remove_leftovers(&self) {
        for target in entries(&self.folder).unwrap_or_default() {
            for package in entries(&target).unwrap_or_default() {
                remove_leftovers(&package);
                remove_leftovers_of_tests(&package);
                // Empty, if that was all of it.
                let _ = std::fs::remove_dir(package);
            }
            let _ = std::fs::remove_dir(target);
        }
    }

    /// Where the sites of a baseline lie.
    #[must_use]
    pub(crate) fn sites_path(&self, key: &BaselineKey) -> PathBuf {
        self.path(key).with_extension(SITES_EXTENSION)
    }

    /// Reads the sites of a baseline; none when none are committed.
    ///
    /// # Errors
    /// When the file can't be read, or is none that this memgate can read.
    pub(crate) fn load_sites(&self, key: &BaselineKey) -> Result<BenchTargetSites, StoreError> {
        let path = self.sites_path(key);
        match read(&path)? {
            Some(bytes) => parse_sites(&bytes).map_err(|problem| StoreError::Sites { path, problem }),
            None => Ok(BenchTargetSites::default()),
        }
    }

    /// Writes the sites of a baseline in the old ones' place, whole or not at all. Without any, there is no file.
    ///
    /// # Errors
    /// When the folder can't be written to, or the disk is full.
    pub(crate) fn write_sites(&self, key: &BaselineKey, sites: &BenchTargetSites) -> Result<(), StoreError> {
        let path = self.sites_path(key);
        if sites.benchmarks.is_empty() {
            return remove_if_there(&path);
        }
        write_atomically(&path, print_sites(sites)).map_err(system("write", &path))
    }

    /// Removes a baseline with its sites, and the folders that are empty without it.
    ///
    /// # Errors
    /// When the file can't be removed.
    pub(crate) fn remove(&self, key: &BaselineKey) -> Result<(), StoreError> {
        let path = self.path(key);
        // The sites first: without a baseline, nobody would know whose they are.
        remove_if_there(&self.sites_path(key))?;
        remove_with_folders(&path, &self.folder)
    }
}

/// Removes a file, and the folders up to `root` that are empty without it.
pub(super) fn remove_with_folders(path: &Path, root: &Path) -> Result<(), StoreError> {
    remove_if_there(path)?;
    remove_empty_folders(path, root);
    Ok(())
}

/// Removes the folders that a file was in, up to `root`, as far as they are empty.
pub(super) fn remove_empty_folders(path: &Path, root: &Path) {
    for folder in path.ancestors().skip(1).take_while(|folder| *folder != root) {
        // Fails as soon as one is not empty, which is what ends the cleaning.
        if std::fs::remove_dir(folder).is_err() {
            break;
        }
    }
}

/// Whether a file has the numbers of tests, and is no baseline. A bench target may be called as that file is, so it is asked.
fn is_snapshots(path: &Path, bytes: &[u8]) -> bool {
    path.ends_with(SNAPSHOTS_FILE) && says_snapshots(bytes)
}

fn has_snapshots(path: &Path) -> Result<bool, StoreError> {
    let is_called_so = path.ends_with(SNAPSHOTS_FILE);
    Ok(is_called_so && read(path)?.is_some_and(|bytes| says_snapshots(&bytes)))
}

fn is_sites_file(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name.strip_suffix(SITES_EXTENSION).is_some_and(|rest| rest.ends_with('.'))
}

/// The bytes of a file; none when there is none.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    read_if_there(path, MAXIMUM_BYTES).map_err(|error| system("read", path)(error.into()))
}

pub(super) fn remove_if_there(path: &Path) -> Result<(), StoreError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(system("remove", path)(error)),
        _ => Ok(()),
    }
}

/// The baselines among files that were read elsewhere, such as those of a commit. Paths are from the folder with the
/// baselines.
///
/// # Errors
/// When a file is no baseline that this memgate can read.
pub(crate) fn baselines_among(files: Vec<(PathBuf, Vec<u8>)>) -> Result<Baselines, StoreError> {
    let mut baselines = Baselines::new();
    for (path, bytes) in files {
        if let Some(key) = key_of(&path).filter(|_| !is_snapshots(&path, &bytes)) {
            baselines.insert(key, parsed(&path, &bytes)?);
        }
    }
    Ok(baselines)
}

fn parsed(path: &Path, bytes: &[u8]) -> Result<Baseline, StoreError> {
    parse_baseline(bytes).map_err(|problem| StoreError::Format { path: path.to_owned(), problem })
}

/// What a file is the baseline of, by its path from the folder with the baselines: `triple/package/bench-target.json`.
/// Others, and hidden ones, are not ours.
fn key_of(path: &Path) -> Option<BaselineKey> {
    let parts: Option<Vec<&str>> = path.iter().map(|part| part.to_str()).collect();
    let [target, package, file] = parts?[..] else { return None };
    let bench_target = file.strip_suffix(EXTENSION)?.strip_suffix('.')?;
    let is_ours = ![target, package, file].iter().any(|part| part.starts_with('.')) && !is_sites_file(path);
    is_ours.then(|| BaselineKey::new(target, package, bench_target))
}

/// What is in a folder, sorted; nothing when there is no such folder, or it is a file. A link that leads nowhere is an error.
/// Hidden names are not ours.
pub(super) fn entries(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    // Asked before: what listing a file gives is not the same everywhere.
    if folder.is_file() {
        return Ok(Vec::new());
    }
    let listing = std::fs::read_dir(folder).map(Some).or_else(|error| none_if_absent(folder, error));
    let Some(listing) = listing.map_err(system("read", folder))? else { return Ok(Vec::new()) };
    let mut paths = Vec::new();
    for entry in listing {
        let path = entry.map_err(system("read", folder))?.path();
        if !path.file_name().unwrap_or_default().to_string_lossy().starts_with('.') {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

pub(super) fn system(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> StoreError {
    let path = path.to_path_buf();
    move |problem| StoreError::System { action, path, problem }
}

#[cfg(test)]
mod tests {
    use memgate_report::samples::environment;

    use super::*;

    fn baseline() -> Baseline {
        Baseline { environment: environment(), benchmarks: std::collections::BTreeMap::new() }
    }

    #[test]
    fn what_is_written_is_loaded_and_removed_without_a_trace() {
        let folder = tempfile::tempdir().unwrap();
        let store = BaselineStore::new(folder.path().join("baselines"));
        assert!(store.load().unwrap().is_empty());
        let key = BaselineKey::new("x86", "p", "t");
        store.write(&key, &baseline()).unwrap();
        let leftover = folder.path().join("baselines/x86/p/.memgate-abc");
        std::fs::write(&leftover, "half").unwrap();
        std::fs::write(folder.path().join("baselines/README.md"), "about").unwrap();
        assert_eq!(store.load().unwrap(), Baselines::from([(key.clone(), baseline())]));
        assert_eq!(store.keys().unwrap(), BTreeSet::from([key.clone()]));
        std::fs::write(folder.path().join("baselines/x86/p/.memgate-sites"), "half").unwrap();
        store.remove_leftovers();
        assert!(!leftover.exists());
        assert_eq!(std::fs::read_dir(folder.path().join("baselines/x86/p")).unwrap().count(), 1);
        store.remove(&key).unwrap();
        assert!(!folder.path().join("baselines/x86").exists() && folder.path().join("baselines").exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_nowhere_is_no_missing_baseline() {
        let folder = tempfile::tempdir().unwrap();
        let store = BaselineStore::new(folder.path().join("baselines"));
        let problem = |link: &str| {
            let link = folder.path().join(link);
            std::fs::create_dir_all(link.parent().unwrap()).unwrap();
            std::os::unix::fs::symlink("/nowhere/at/all", &link).unwrap();
            let key = BaselineKey::new("x86", "p", "t");
            let problems =
                (store.load().unwrap_err(), store.load_sites(&key).map(|sites| sites.benchmarks.len()));
            std::fs::remove_file(&link).unwrap();
            assert!(store.load().unwrap().is_empty());
            let (loaded, sites) = problems;
            (loaded.to_string(), sites.map_err(|error| error.to_string()))
        };
        let (loaded, sites) = problem("baselines/x86/p/t.json");
        assert!(loaded.ends_with("t.json: it is a link that leads nowhere"), "{loaded}");
        assert_eq!(sites, Ok(0));
        for link in ["baselines/x86/p", "baselines/x86"] {
            std::fs::remove_dir(folder.path().join(link)).unwrap();
            let (loaded, sites) = problem(link);
            assert!(loaded.ends_with(&format!("{link}: it is a link that leads nowhere")), "{loaded}");
            assert!(sites.unwrap_err().ends_with("is a link that leads nowhere"));
        }
        std::fs::remove_dir(folder.path().join("baselines")).unwrap();
        assert!(problem("baselines").0.ends_with("baselines: it is a link that leads nowhere"));
        let key = BaselineKey::new("x86", "p", "t");
        std::fs::create_dir_all(store.path(&key).parent().unwrap()).unwrap();
        std::os::unix::fs::symlink("/nowhere/at/all", store.sites_path(&key)).unwrap();
        let sites = store.load_sites(&key).unwrap_err().to_string();
        assert!(sites.ends_with("t.sites.json: it is a link that leads nowhere"), "{sites}");
    }

    #[test]
    fn a_broken_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("x/p")).unwrap();
        std::fs::write(folder.path().join("x/p/t.json"), "{").unwrap();
        let error = BaselineStore::new(folder.path()).load().unwrap_err().to_string();
        assert!(error.contains("t.json: it is cut short"), "{error}");
    }
}
