//! The folder in which snapshots are: whether it may be used, and what is done in it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::error::SnapshotError;
use super::files::StoredSnapshot;
use super::name::SnapshotName;
use super::part::Part;
use super::rights::{file_options, folder_builder, refusal};

/// What somebody left who was killed while writing is removed after this: until then it may be another process's that writes.
const LEFT_FOR: Duration = Duration::from_secs(600);
/// Nobody looks through more.
const MOST_ENTRIES: usize = 10_000;
/// Whether there is room for anything is found out with so much.
const PROBE: [u8; 512] = [0; 512];

/// A folder of ours.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// When it was opened. In containers, everybody has one process id.
    opened_nanoseconds: u128,
}

impl Folder {
    /// Makes the folder, unless it is there, and finds out whether it can be written to and others can't look into it.
    pub(super) fn open(path: &Path) -> Result<Self, SnapshotError> {
        let failed = |error| SnapshotError::Folder(path.to_owned(), error);
        match folder_builder().create(path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(failed(error)),
            Ok(()) | Err(_) => {}
        }
        let link = fs::symlink_metadata(path).map_err(failed)?;
        let metadata = fs::metadata(path).map_err(failed)?;
        if !metadata.is_dir() {
            return Err(SnapshotError::NoFolder(path.to_owned()));
        }
        if let Some(refusal) = refusal(path, &link, &metadata) {
            return Err(refusal);
        }
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let folder = Self { path: path.to_owned(), opened_nanoseconds: since.as_nanos() };
        folder.try_out().map_err(|error| SnapshotError::Unwritable(path.to_owned(), error))?;
        Ok(folder)
    }

    fn try_out(&self) -> io::Result<()> {
        let tried = self.create().and_then(|mut file| io::Write::write_all(&mut file, &PROBE));
        self.discard();
        tried
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Where something is written, until it is whole.
    fn temporary(&self) -> PathBuf {
        self.path.join(format!(".heap.{}.{}.part", std::process::id(), self.opened_nanoseconds))
    }

    /// An empty file under a name that is no snapshot's.
    pub(super) fn create(&self) -> io::Result<Part> {
        let create = || file_options().open(self.temporary());
        let created = match create() {
            // What could not be removed before; the name is nobody else's.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                fs::remove_file(self.temporary())?;
                create()
            }
            created => created,
        };
        created.map(Part::new)
    }

    /// Gives the file its name, under which it is whole from the first moment on.
    pub(super) fn publish(&self, name: &SnapshotName) -> io::Result<PathBuf> {
        let path = self.path.join(name.to_string());
        fs::rename(self.temporary(), &path)?;
        Ok(path)
    }

    /// Removes what was not finished.
    pub(super) fn discard(&self) {
        let _ = fs::remove_file(self.temporary());
    }

    /// Removes a snapshot; another process may have done so already.
    pub(super) fn remove(&self, name: &SnapshotName) {
        let _ = fs::remove_file(self.path.join(name.to_string()));
    }

    /// Writes the folder down, so that a name is there after the machine has lost its power.
    pub(super) fn sync(&self) {
        let _ = File::open(&self.path).and_then(|folder| folder.sync_all());
    }

    /// The snapshots in it, and no other file; none of them is this process's until it says so.
    pub(super) fn list(&self) -> io::Result<Vec<StoredSnapshot>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.path)?.take(MOST_ENTRIES).flatten() {
            let Some(name) = entry.file_name().to_str().and_then(SnapshotName::parse) else { continue };
            // Of the entry itself: a link is nobody's snapshot.
            let Ok(metadata) = entry.metadata() else { continue };
            if metadata.is_file() {
                found.push(StoredSnapshot { name, bytes: metadata.len(), own: None });
            }
        }
        Ok(found)
    }

    /// Removes what others left who were killed while they wrote.
    pub(super) fn sweep(&self) {
        let Ok(entries) = fs::read_dir(&self.path) else { return };
        for entry in entries.take(MOST_ENTRIES).flatten() {
            let name = entry.file_name();
            let is_part =
                name.to_str().is_some_and(|name| name.starts_with(".heap.") && name.ends_with(".part"));
            let age = entry.metadata().and_then(|metadata| metadata.modified()).map(|time| time.elapsed());
            if is_part && matches!(age, Ok(Ok(age)) if age > LEFT_FOR) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};

    use super::super::rights::effective_user;
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o7777
    }

    #[test]
    fn a_folder_is_made_for_this_user_alone_and_leaves_no_trace_of_the_trial() {
        let above = tempfile::tempdir().unwrap();
        let path = above.path().join("heap");
        let folder = Folder::open(&path).unwrap();
        assert_eq!(mode(&path), 0o700);
        assert_eq!(fs::read_dir(&path).unwrap().count(), 0);
        drop(folder.create().unwrap());
        assert_eq!(mode(&folder.temporary()), 0o600);
        // And a second time, as after a restart.
        Folder::open(&path).unwrap();
    }

    #[test]
    fn what_is_not_fit_is_refused_with_words() {
        let above = tempfile::tempdir().unwrap();
        let said = |path: &Path| Folder::open(path).unwrap_err().to_string();
        let missing = above.path().join("no/heap");
        assert!(said(&missing).contains("the folder above it has to be there"), "{}", said(&missing));
        let file = above.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(said(&file).contains("it is no folder"));
        let open = above.path().join("open");
        fs::create_dir(&open).unwrap();
        fs::set_permissions(&open, fs::Permissions::from_mode(0o755)).unwrap();
        assert!(
            said(&open).contains("its mode is 0755") && said(&open).contains("chmod o="),
            "{}",
            said(&open)
        );
        assert!(said(Path::new("/proc")).contains("snapshots"), "{}", said(Path::new("/proc")));
        if effective_user() == Some(0) {
            let foreign = above.path().join("foreign");
            fs::create_dir(&foreign).unwrap();
            fs::set_permissions(&foreign, fs::Permissions::from_mode(0o700)).unwrap();
            match chown(&foreign, Some(4_321), None) {
                // In a namespace that has no other users.
                Err(error) if error.kind() == io::ErrorKind::InvalidInput => return,
                given => given.unwrap(),
            }
            assert!(said(&foreign).contains("belongs to the user 4321"), "{}", said(&foreign));
            // A link of somebody else's to a folder of ours.
            let (own, link) = (above.path().join("own"), above.path().join("link"));
            Folder::open(&own).unwrap();
            symlink(&own, &link).unwrap();
            Folder::open(&link).unwrap();
            std::os::unix::fs::lchown(&link, Some(4_321), None).unwrap();
            assert!(said(&link).contains("belongs to the user 4321"), "{}", said(&link));
        }
    }

    #[test]
    fn only_snapshots_are_listed_and_only_old_parts_swept() {
        let above = tempfile::tempdir().unwrap();
        let folder = Folder::open(&above.path().join("heap")).unwrap();
        let name = "heap.20261130T081146123Z.1.1.level.pb.gz";
        fs::write(folder.path().join(name), "123").unwrap();
        fs::write(folder.path().join("notes.txt"), "").unwrap();
        fs::create_dir(folder.path().join("heap.20261130T081146124Z.1.1.level.pb.gz")).unwrap();
        symlink("/etc/passwd", folder.path().join("heap.20261130T081146125Z.1.1.level.pb.gz")).unwrap();
        let (old, new) = (folder.path().join(".heap.1.2.part"), folder.path().join(".heap.1.3.part"));
        for path in [&old, &new] {
            fs::write(path, "").unwrap();
        }
        let long_ago = SystemTime::now() - LEFT_FOR - Duration::from_secs(1);
        File::options().write(true).open(&old).unwrap().set_modified(long_ago).unwrap();
        folder.sweep();
        assert!(!old.exists() && new.exists() && folder.path().join("notes.txt").exists());
        let listed = folder.list().unwrap();
        assert_eq!(
            listed.iter().map(|file| (file.file_name(), file.bytes)).collect::<Vec<_>>(),
            [(name.to_owned(), 3)]
        );
    }
}
