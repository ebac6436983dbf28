//! `baselines/<target-triple>/<package>/tests.json`: the numbers of tests, which the tests write.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use memgate_protocol::snapshots::{
    SNAPSHOTS_FILE, SnapshotFile, SnapshotLock, parse_snapshots, print_snapshots, says_snapshots,
};
use memgate_report::model::{SnapshotKey, Snapshots};

use super::atomic::write_atomically;
use super::baselines::{entries, read, remove_empty_folders, remove_if_there, system};
use super::{BaselineStore, StoreError};
use crate::process::Interrupt;

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

    /// Changes the numbers of a package's tests, among tests that record theirs and other tools: what is changed is what the file has by
    /// then, and nothing where there is none. Without any numbers, there is no file. False when the user pressed Ctrl-C while a test was
    /// recording.
    ///
    /// # Errors
    /// When the file can't be read or written.
    pub(crate) fn change_snapshots(
        &self,
        key: &SnapshotKey,
        interrupt: &Interrupt,
        say: impl FnOnce(&str),
        change: impl FnOnce(&mut SnapshotFile),
    ) -> Result<bool, StoreError> {
        let path = self.snapshots_path(key);
        // Taking the lock would make the folder.
        if !path.exists() {
            return Ok(true);
        }
        let mut say = Some(say);
        let lock = SnapshotLock::take(&path, || {
            if let Some(say) = say.take() {
                say("   Waiting for a test that records its numbers");
            }
            if interrupt.is_pressed() { Err(ErrorKind::Interrupted.into()) } else { Ok(()) }
        });
        let lock = match lock {
            Err(_) if interrupt.is_pressed() => return Ok(false),
            lock => lock.map_err(system("write", &path))?,
        };
        let Some(mut file) = self.load_file(&path)? else { return Ok(true) };
        let before = file.clone();
        change(&mut file);
        file.profiles.retain(|_, profile| !profile.is_empty());
        if file.profiles.is_empty() {
            remove_if_there(&path)?;
        } else if file != before {
            write_atomically(&path, print_snapshots(&file)).map_err(system("write", &path))?;
        }
        // It lies in the folder.
        drop(lock);
        if file.profiles.is_empty() {
            remove_empty_folders(&path, self.folder());
        }
        Ok(true)
    }

    /// Moves the numbers of a package's tests to another package, which has none. False as above.
    ///
    /// # Errors
    /// When a file can't be read or written.
    pub(crate) fn move_snapshots(
        &self,
        from: &SnapshotKey,
        to: &SnapshotKey,
        interrupt: &Interrupt,
        say: impl FnOnce(&str),
    ) -> Result<bool, StoreError> {
        let path = self.snapshots_path(to);
        let mut written = Ok(());
        let is_done = self.change_snapshots(from, interrupt, say, |file| {
            // The new one first: killed in between, there are both.
            written = write_atomically(&path, print_snapshots(file)).map_err(system("write", &path));
            if written.is_ok() {
                file.profiles.clear();
            }
        })?;
        written.map(|()| is_done)
    }

    /// The numbers in a file; none where there is no such file.
    fn load_file(&self, path: &Path) -> Result<Option<SnapshotFile>, StoreError> {
        let Some(bytes) = read(path)? else { return Ok(None) };
        let name = path.strip_prefix(self.folder()).unwrap_or(path).to_owned();
        Ok(snapshots_among([(name, bytes)])?.into_values().next())
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
    use memgate_protocol::snapshots::{SNAPSHOTS_TEMPORARY_PREFIX, Snapshot};
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
        write_atomically(&store.snapshots_path(&key), print_snapshots(&file())).unwrap();
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
        std::fs::write(store.snapshots_path(&key), print_snapshots(&file())).unwrap();
        let is_changed =
            store.change_snapshots(&key, &Interrupt::default(), |_| (), |file| file.profiles.clear());
        assert!(is_changed.unwrap() && !folder.path().join("x86").exists());

        let bench = BaselineKey::new("x86", "p", "tests");
        store.write(&bench, &baseline).unwrap();
        assert!(store.load().unwrap().contains_key(&bench) && store.keys().unwrap().contains(&bench));
        assert!(store.load_snapshots().unwrap().is_empty());
    }

    #[test]
    fn what_a_test_records_meanwhile_is_not_lost() {
        let folder = tempfile::tempdir().unwrap();
        let store = BaselineStore::new(folder.path());
        let key = SnapshotKey { target: "x86".to_owned(), package: "p".to_owned() };
        let path = store.snapshots_path(&key);
        write_atomically(&path, print_snapshots(&file())).unwrap();
        let recording = SnapshotLock::take(&path, || Ok(())).unwrap();
        std::thread::scope(|scope| {
            let (say, said) = std::sync::mpsc::channel();
            let (store, key) = (&store, &key);
            let removal = scope.spawn(move || {
                let say = |text: &str| say.send(text.to_owned()).unwrap();
                store.change_snapshots(key, &Interrupt::default(), say, |file| {
                    file.profiles.get_mut("dev").unwrap().remove("id");
                })
            });
            assert_eq!(said.recv().unwrap(), "   Waiting for a test that records its numbers");
            // What a test is writing is not what a killed one has left.
            let temporary = path.with_file_name(format!("{SNAPSHOTS_TEMPORARY_PREFIX}1"));
            let mut recorded = file();
            recorded.insert("dev", "new", recorded.get("dev", "id").unwrap().clone());
            std::fs::write(&temporary, print_snapshots(&recorded)).unwrap();
            store.remove_leftovers();
            std::fs::rename(&temporary, &path).unwrap();
            drop(recording);
            assert!(removal.join().unwrap().unwrap());
        });
        let left = store.load_snapshots().unwrap().remove(&key).unwrap();
        assert!(left.get("dev", "new").is_some() && left.get("dev", "id").is_none());
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);

        let killed = path.with_file_name(format!("{SNAPSHOTS_TEMPORARY_PREFIX}2"));
        std::fs::write(&killed, "").unwrap();
        store.remove_leftovers();
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }
}
