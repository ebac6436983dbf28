//! The file with a package's snapshots: read once where they are compared, and read and written under a lock where they are recorded.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use memgate_protocol::snapshots::{
    SNAPSHOTS_TEMPORARY_PREFIX, SnapshotFile, SnapshotLock, parse_snapshots, print_snapshots,
};

/// What was read, or why it can't be.
type Loaded = Result<Arc<SnapshotFile>, String>;

/// The snapshots in a file, as they were when this process read it first; none where there is no file.
///
/// # Errors
/// When the file can't be read, or is none of snapshots that this memgate can read; with its path.
pub(super) fn load(path: &Path) -> Loaded {
    static LOADED: Mutex<BTreeMap<PathBuf, Loaded>> = Mutex::new(BTreeMap::new());
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = loaded.get(path) {
        return known.clone();
    }
    let read = read(path).map(Arc::new);
    loaded.insert(path.to_owned(), read.clone());
    read
}

/// Changes the snapshots in a file, among processes and threads that do the same, and the tool. Nothing is written unless `change` says that it
/// changed something.
///
/// # Errors
/// When the file can't be read, as [`load`], or not be written. It is as it was then.
pub(super) fn update(path: &Path, change: impl FnOnce(&mut SnapshotFile) -> bool) -> Result<(), String> {
    // The threads of a process wait here, and not for the file.
    static UPDATING: Mutex<()> = Mutex::new(());
    let _updating = UPDATING.lock().unwrap_or_else(PoisonError::into_inner);
    let failed = |error: std::io::Error| format!("failed to write {}: {error}", path.display());
    let _lock = SnapshotLock::take(path, || Ok(())).map_err(failed)?;
    let mut file = read(path)?;
    if change(&mut file) { write(path, &print_snapshots(&file)).map_err(failed) } else { Ok(()) }
}

fn read(path: &Path) -> Result<SnapshotFile, String> {
    let failed = |problem: &dyn std::fmt::Display| format!("failed to read {}: {problem}", path.display());
    match std::fs::read(path) {
        Ok(bytes) => parse_snapshots(&bytes).map_err(|error| failed(&error)),
        Err(error) if error.kind() == ErrorKind::NotFound && !path.is_symlink() => {
            Ok(SnapshotFile::default())
        }
        Err(error) => Err(failed(&error)),
    }
}

/// Puts a text in the file's place, whole or not at all. Links are followed, and stay.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let there = std::fs::metadata(path).ok();
    if there.as_ref().is_some_and(|there| there.permissions().readonly()) {
        // Renaming over it would go past what its owner has said.
        return Err(ErrorKind::PermissionDenied.into());
    }
    let path = if there.is_some() { path.canonicalize()? } else { path.to_owned() };
    // What the tool takes for its own leftovers, so that one of a process that was killed goes away.
    let temporary = path.with_file_name(format!("{SNAPSHOTS_TEMPORARY_PREFIX}{}", std::process::id()));
    let written = write_whole(&temporary, text, there.map(|there| there.permissions()))
        .and_then(|()| std::fs::rename(&temporary, &path));
    if written.is_err() {
        let _ = std::fs::remove_file(&temporary);
    }
    written
}

fn write_whole(path: &Path, text: &str, permissions: Option<std::fs::Permissions>) -> std::io::Result<()> {
    let mut file = std::fs::File::create(path)?;
    if let Some(permissions) = permissions {
        file.set_permissions(permissions)?;
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use memgate_protocol::snapshots::Snapshot;

    fn snapshot(allocs: i64) -> Snapshot {
        Snapshot { values: [0, 0, allocs, 0, 0], probe: 1, rustc: "1".to_owned() }
    }

    #[test]
    fn what_many_record_at_once_is_all_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/tests.json");
        std::thread::scope(|scope| {
            for number in 0..8 {
                let path = &path;
                scope.spawn(move || {
                    update(path, |file| {
                        file.insert("dev", &number.to_string(), snapshot(number));
                        true
                    })
                });
            }
        });
        let file = read(&path).unwrap();
        assert!((0..8).all(|number| file.get("dev", &number.to_string()) == Some(&snapshot(number))));
        assert_eq!(std::fs::read_dir(folder.path().join("a")).unwrap().count(), 1, "nothing else is left");
    }

    #[test]
    fn what_can_not_be_read_is_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tests.json");
        let newer = "{\"kind\": \"memgate tests\", \"schema\": 2}";
        for (text, said) in [(newer, "it has schema 2, written by a newer memgate"), ("{", "line 1: it ends")]
        {
            std::fs::write(&path, text).unwrap();
            let problem = update(&path, |_| true).unwrap_err();
            assert!(problem.starts_with(&format!("failed to read {}: {said}", path.display())), "{problem}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[cfg(unix)]
    #[test]
    #[cfg_attr(miri, ignore = "it knows no permissions of files")]
    fn a_link_is_followed_and_a_read_only_file_is_left_alone() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let [file, link] = ["file.json", "tests.json"].map(|name| folder.path().join(name));
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert!(read(&link).unwrap_err().starts_with("failed to read "), "it leads nowhere");
        write(&file, &print_snapshots(&SnapshotFile::default())).unwrap();
        update(&link, |file| {
            file.insert("dev", "id", snapshot(1));
            true
        })
        .unwrap();
        assert!(link.is_symlink() && read(&file).unwrap().get("dev", "id").is_some());
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o444)).unwrap();
        assert!(update(&link, |_| true).unwrap_err().starts_with("failed to write "));
        assert_eq!(update(&link, |_| false), Ok(()));
    }
}
