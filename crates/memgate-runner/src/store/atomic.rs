//! Writes a file so that a reader, a crash or a full disk never meets half of it.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use memgate_protocol::snapshots::SNAPSHOTS_TEMPORARY_PREFIX;
use tempfile::NamedTempFile;

use super::resolve::resolved;
use crate::process::{Lock, remove_at_the_end, try_lock, try_lock_there};

/// What the name of a temporary file begins with; a run that was killed leaves one at most.
const TEMPORARY_PREFIX: &str = ".memgate-";

/// How often to begin again when others remove what is needed.
const ATTEMPTS: usize = 20;
/// How long others on Windows may keep a file or a folder from being written, who look at what is new as virus scanners do, and between two
/// attempts.
const PATIENCE: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(5);
const HOUR: Duration = Duration::from_secs(3_600);

/// Puts `content` at `path`: into a temporary file in the same folder, to the disk, and then in the old file's place. Links are
/// followed, and stay. Of a file with several names (hard links), the others keep the old content: a file that is changed in
/// place may be met half.
///
/// # Errors
/// When the folder can't be written to, or the disk is full. The old file is then as it was.
pub(crate) fn write_atomically(path: &Path, content: impl AsRef<[u8]>) -> std::io::Result<()> {
    let path = &resolved(path)?;
    for _ in 1..ATTEMPTS {
        match write_once(path, content.as_ref()) {
            // Somebody has just removed the folder, which was empty.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            written => return written,
        }
    }
    write_once(path, content.as_ref())
}

fn write_once(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let stage = || {
        std::fs::create_dir_all(folder_of(path))?;
        Staged::new(path, content)
    };
    when_others_let((), |()| stage().map_err(|error| (error, ())))?.commit()
}

/// Tries until nobody has open what is needed, for a moment. On Windows alone others keep one from it.
fn when_others_let<T, S>(
    mut state: S,
    mut attempt: impl FnMut(S) -> Result<T, (std::io::Error, S)>,
) -> std::io::Result<T> {
    let started = Instant::now();
    loop {
        match attempt(state) {
            Ok(done) => return Ok(done),
            Err((error, again)) if is_in_use(&error) && started.elapsed() < PATIENCE => state = again,
            Err((error, _)) if is_in_use(&error) => {
                let text = format!("{error}; another program may have it open");
                return Err(std::io::Error::new(error.kind(), text));
            }
            Err((error, _)) => return Err(error),
        }
        std::thread::sleep(PAUSE);
    }
}

/// Whether the system says what it says of a file that another program has open, or that is going.
fn is_in_use(error: &std::io::Error) -> bool {
    const ACCESS_DENIED: i32 = 5;
    const SHARING_VIOLATION: i32 = 32;
    cfg!(windows) && matches!(error.raw_os_error(), Some(ACCESS_DENIED | SHARING_VIOLATION))
}

/// Content that is on the disk beside its place, and goes there or goes away.
#[derive(Debug)]
pub(crate) struct Staged {
    temporary: NamedTempFile,
    path: PathBuf,
}

impl Staged {
    /// Puts `content` into a temporary file in the folder of `path`, which must be there and without links, and to the disk.
    ///
    /// # Errors
    /// When the folder can't be written to, its owner has made the file read-only, or the disk is full.
    pub(crate) fn new(path: &Path, content: impl AsRef<[u8]>) -> std::io::Result<Self> {
        // Renaming over it would go past what its owner has said.
        if is_read_only(path) {
            return Err(ErrorKind::PermissionDenied.into());
        }
        let mut temporary = locked(|| new_temporary(folder_of(path)))?;
        if let Ok(there) = std::fs::metadata(path) {
            keep_owner(temporary.as_file(), &there);
            temporary.as_file().set_permissions(there.permissions())?;
        }
        temporary.write_all(content.as_ref())?;
        temporary.as_file().sync_all()?;
        Ok(Self { temporary, path: path.to_path_buf() })
    }

    /// Puts it in the old file's place.
    ///
    /// # Errors
    /// When the system does not let it. The old file is then as it was.
    pub(crate) fn commit(self) -> std::io::Result<()> {
        let path = &self.path;
        when_others_let(self.temporary, |temporary| {
            temporary.persist(path).map_err(|error| (error.error, error.file))
        })?;
        sync_folder(folder_of(&self.path));
        Ok(())
    }
}

/// Whether its owner has said that a file is not to be changed; replacing it would go past that.
pub(super) fn is_read_only(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|there| there.permissions().readonly())
}

/// Leaves a file to whom it belongs, where this process may: under `sudo`, say.
#[cfg(unix)]
fn keep_owner(file: &File, there: &std::fs::Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};

    let owner = |metadata: &std::fs::Metadata| (metadata.uid(), metadata.gid());
    if file.metadata().is_ok_and(|ours| owner(&ours) != owner(there)) {
        let _ = fchown(file, Some(there.uid()), Some(there.gid()));
    }
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &std::fs::Metadata) {}

/// A new temporary file. That it is to go with the tool is said before it is there, so that there is no moment to be killed in.
fn new_temporary(folder: &Path) -> std::io::Result<NamedTempFile> {
    let folder = std::path::absolute(folder)?;
    // So many that nobody else has this name.
    tempfile::Builder::new().prefix(TEMPORARY_PREFIX).rand_bytes(12).make_in(folder, |path| {
        remove_at_the_end(path);
        let mut options = File::options();
        options.read(true).write(true).create_new(true);
        // A temporary file is private by default; this one becomes a file of the repository, as far as the user's mask lets it.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o666);
        options.open(path)
    })
}

/// A new temporary file with a lock on it, by which others know that its owner lives.
fn locked(new: impl Fn() -> std::io::Result<NamedTempFile>) -> std::io::Result<NamedTempFile> {
    for _ in 1..ATTEMPTS {
        let temporary = new()?;
        // Whoever was faster took it for what a dead process has left.
        if try_lock(temporary.as_file()) != Lock::Held && temporary.path().exists() {
            return Ok(temporary);
        }
    }
    new()
}

/// Removes what processes that were killed have left of temporary files in a folder, and nothing that a living one uses.
/// Nothing depends on it, so nothing fails with it.
pub(super) fn remove_leftovers(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        // What tests write has a lock of its own.
        if !name.starts_with(TEMPORARY_PREFIX) || name.starts_with(SNAPSHOTS_TEMPORARY_PREFIX) {
            continue;
        }
        let is_old = || entry.metadata()?.modified()?.elapsed().map_err(std::io::Error::other);
        // Held while it is removed: whoever has just made it and has no lock yet sees then that it is gone.
        let (lock, _file) = try_lock_there(&entry.path());
        let is_dead = match lock {
            Lock::Taken => true,
            Lock::Held => false,
            // Nobody needs this long to write a file.
            Lock::Unknown => is_old().is_ok_and(|age| age > HOUR),
        };
        if is_dead {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes the new name survive a crash where folders can be synchronised; where they can't, the file itself is safe.
fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_new_text_replaces_the_old_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b.json");
        write_atomically(&path, "old").unwrap();
        write_atomically(&path, "new").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(std::fs::read_dir(folder.path().join("a")).unwrap().count(), 1);
    }

    #[test]
    fn many_at_once_do_not_remove_what_the_others_write() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a");
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let inner = &inner;
                scope.spawn(move || {
                    for round in 0..100 {
                        write_atomically(&inner.join(format!("{}.json", writer % 2)), format!("{round}"))
                            .unwrap();
                        remove_leftovers(inner);
                        let _ = std::fs::remove_file(inner.join("1.json"));
                        let _ = std::fs::remove_dir(inner);
                    }
                });
            }
        });
        assert_eq!(std::fs::read_dir(&inner).unwrap().count(), 1);
    }

    #[test]
    fn a_file_in_the_folders_place_is_an_error_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "file").unwrap();
        assert!(write_atomically(&path.join("b.json"), "new").is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "file");
    }
}
