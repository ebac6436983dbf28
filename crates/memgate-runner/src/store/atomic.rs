//! Writes a file so that a reader, a crash or a full disk never meets half of it.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::destination::is_read_only;
use super::resolve::resolved;

/// What the name of a temporary file begins with; a run that was killed leaves one at most.
pub(super) const TEMPORARY_PREFIX: &str = ".memgate-";

/// Puts `content` at `path`: into a temporary file in the same folder, to the disk, and then in the old file's place. Links are
/// followed, and stay. Of a file with several names (hard links), the others keep the old content: a file that is changed in
/// place may be met half.
///
/// # Errors
/// When the folder can't be written to, or the disk is full. The old file is then as it was.
pub(crate) fn write_atomically(path: &Path, content: impl AsRef<[u8]>) -> std::io::Result<()> {
    let path = resolved(path)?;
    std::fs::create_dir_all(folder_of(&path))?;
    Staged::new(&path, content)?.commit()
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
        let mut builder = tempfile::Builder::new();
        builder.prefix(TEMPORARY_PREFIX);
        // A temporary file is private by default; this one becomes a file of the repository, as far as the user's mask lets it.
        #[cfg(unix)]
        let builder = builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut temporary = builder.tempfile_in(folder_of(path))?;
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
        self.temporary.persist(&self.path).map_err(|error| error.error)?;
        sync_folder(folder_of(&self.path));
        Ok(())
    }
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
    fn a_file_in_the_folders_place_is_an_error_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "file").unwrap();
        assert!(write_atomically(&path.join("b.json"), "new").is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "file");
    }
}
