//! A file that cargo has built, and whether it is still that file.

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

/// A file that cargo has built, as it was then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuiltFile {
    path: PathBuf,
    stamp: Stamp,
}

/// What tells a file from what is put in its place: compiling anew takes longer than any clock's tick.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    /// Its length in bytes.
    length: u64,
    /// When it was written, in nanoseconds since 1970.
    pub(super) modified_ns: u64,
}

impl BuiltFile {
    /// The file that is there now; one that is not there is never what it was.
    pub(super) fn now(path: &Path) -> Self {
        Self { path: path.to_path_buf(), stamp: Stamp::of(path).unwrap_or_default() }
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the file is not the one any more that was built.
    #[must_use]
    pub fn is_replaced(&self) -> bool {
        Stamp::of(&self.path) != Some(self.stamp)
    }
}

impl Stamp {
    /// Of a file, if it is there.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let metadata = std::fs::metadata(path).ok()?;
        let modified = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(Self {
            length: metadata.len(),
            modified_ns: u64::try_from(modified.as_nanos()).unwrap_or(u64::MAX),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_its_place_is_another_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("memory");
        std::fs::write(&path, "one").unwrap();
        let built = BuiltFile::now(&path);
        assert!(!built.is_replaced());
        let later =
            std::fs::metadata(&path).unwrap().modified().unwrap() + std::time::Duration::from_millis(5);
        std::fs::File::options().append(true).open(&path).unwrap().set_modified(later).unwrap();
        assert!(built.is_replaced());
        std::fs::remove_file(&path).unwrap();
        assert!(built.is_replaced());
        assert!(BuiltFile::now(&path).is_replaced());
    }
}
