//! `baselines/<target-triple>/<package>/tests.json`: the numbers of tests, which the tests write.

use std::path::{Path, PathBuf};

use memgate_protocol::snapshots::{
    SNAPSHOTS_FILE, SnapshotFile, parse_snapshots, print_snapshots, says_snapshots,
};
use memgate_report::model::{SnapshotKey, Snapshots};

use super::atomic::write_atomically;
use super::baselines::{entries, read, remove_with_folders, system};
use super::{BaselineStore, StoreError};

impl BaselineStore {
    /// Reads the numbers of all tests.
    ///
    /// # Errors
    /// When a file can't be read, or is none that this memgate can read.
    pub(crate) fn load_snapshots(&self) -> Result<Snapshots, StoreError> {
        let mut files = Vec::new();
        for target in entries(self.folder())? {
            for package in entries(&target)? {
                let path = package.join(SNAPSHOTS_FILE);
                let bytes = read(&path)?;
                files.extend(bytes.map(|bytes| (path.clone(), bytes)));
            }
        }
        let relative = |path: PathBuf| path.strip_prefix(self.folder()).map(Path::to_owned).unwrap_or(path);
        snapshots_among(files.into_iter().map(|(path, bytes)| (relative(path), bytes)))
    }

    /// Where the numbers of a package's tests lie.
    pub(crate) fn snapshots_path(&self, key: &SnapshotKey) -> PathBuf {
        self.folder().join(&key.target).join(&key.package).join(SNAPSHOTS_FILE)
    }

    /// Writes the numbers of a package's tests in the old ones' place, whole or not at all. Without any, there is no file.
    ///
    /// # Errors
    /// When the folder can't be written to, or the disk is full.
    pub(crate) fn write_snapshots(&self, key: &SnapshotKey, file: &SnapshotFile) -> Result<(), StoreError> {
        let path = self.snapshots_path(key);
        if file.profiles.is_empty() {
            return remove_with_folders(&path, self.folder());
        }
        write_atomically(&path, print_snapshots(file)).map_err(system("write", &path))
    }
}

/// The numbers of tests among files that were read elsewhere, such as those of a commit. Paths are from the folder with the baselines.
///
/// # Errors
/// When a file is none that this memgate can read.
pub(crate) fn snapshots_among(
    files: impl IntoIterator<Item = (PathBuf, Vec<u8>)>,
) -> Result<Snapshots, StoreError> {
    let mut snapshots = Snapshots::new();
    for (path, bytes) in files {
        let parts: Option<Vec<&str>> = path.iter().map(|part| part.to_str()).collect();
        let Some([target, package, file]) = parts.as_deref() else { continue };
        if *file != SNAPSHOTS_FILE || !says_snapshots(&bytes) {
            continue;
        }
        let key = SnapshotKey { target: (*target).to_owned(), package: (*package).to_owned() };
        let file = parse_snapshots(&bytes)
            .map_err(|problem| StoreError::Snapshots { path: path.clone(), problem })?;
        snapshots.insert(key, file);
    }
    Ok(snapshots)
}

#[cfg(test)]
mod tests {
    use memgate_protocol::snapshots::Snapshot;
    use memgate_report::model::{Baseline, BaselineKey};
    use memgate_report::samples::environment;

    use super::*;

    fn file() -> SnapshotFile {
        let mut file = SnapshotFile::default();
        file.insert("dev", "id", Snapshot { values: [0; 5], probe: 1, rustc: "1".to_owned() });
        file
    }

    #[test]
    fn numbers_of_tests_are_no_baseline_and_a_baseline_is_none_of_theirs() {
        let folder = tempfile::tempdir().unwrap();
        let store = BaselineStore::new(folder.path());
        let key = SnapshotKey { target: "x86".to_owned(), package: "p".to_owned() };
        store.write_snapshots(&key, &file()).unwrap();
        assert_eq!(store.load_snapshots().unwrap(), Snapshots::from([(key.clone(), file())]));
        assert!(store.load().unwrap().is_empty() && store.keys().unwrap().is_empty());
        // Nor is a bench target that happens to be called so written over it.
        let baseline = Baseline { environment: environment(), benchmarks: [].into() };
        let error = store.write(&BaselineKey::new("x86", "p", "tests"), &baseline).unwrap_err().to_string();
        assert!(
            error.ends_with(
                "tests.json: it has the numbers of tests; give the bench target `tests` another name"
            ),
            "{error}"
        );
        // A newer one, and a broken one, are named.
        for text in ["{\"kind\": \"memgate tests\", \"schema\": 9}", "{\"kind\": \"memgate tests\""] {
            std::fs::write(store.snapshots_path(&key), text).unwrap();
            assert!(store.load().unwrap().is_empty());
            let error = store.load_snapshots().unwrap_err().to_string();
            assert!(error.starts_with("failed to read the numbers of tests x86/p/tests.json: "), "{error}");
        }
        store.write_snapshots(&key, &SnapshotFile::default()).unwrap();
        assert!(!folder.path().join("x86").exists());

        let bench = BaselineKey::new("x86", "p", "tests");
        store.write(&bench, &baseline).unwrap();
        assert!(store.load().unwrap().contains_key(&bench) && store.keys().unwrap().contains(&bench));
        assert!(store.load_snapshots().unwrap().is_empty());
    }
}
