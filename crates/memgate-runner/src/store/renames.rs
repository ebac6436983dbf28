//! `baselines/renames.json`: beside the folders of the target triples, since a rename is the same on each.

use std::path::Path;

use memgate_report::format::{parse_renames, print_renames};
use memgate_report::model::Rename;

use super::atomic::write_atomically;
use super::limited::read_if_there;
use super::{BASELINES_FOLDER, BaselineStore, StoreError};

/// The file, from the root of the workspace.
pub(crate) const RENAMES_FILE: &str = "baselines/renames.json";
/// Far above what a hundred thousand renames take.
const MAXIMUM_BYTES: u64 = 1 << 26;

impl BaselineStore {
    /// The renames so far, the oldest first.
    ///
    /// # Errors
    /// When the file can't be read, or is none that this memgate can read.
    pub(crate) fn load_renames(&self) -> Result<Vec<Rename>, StoreError> {
        let path = self.renames_path();
        let read = read_if_there(&path, MAXIMUM_BYTES).map_err(|error| StoreError::System {
            action: "read",
            path: path.clone(),
            problem: error.into(),
        })?;
        read.map_or_else(|| Ok(Vec::new()), |bytes| renames_of(&path, &bytes))
    }

    /// Writes the renames in the old ones' place, whole or not at all.
    ///
    /// # Errors
    /// When the folder can't be written to, or the disk is full.
    pub(crate) fn write_renames(&self, renames: &[Rename]) -> Result<(), StoreError> {
        let path = self.renames_path();
        write_atomically(&path, print_renames(renames)).map_err(|problem| StoreError::System {
            action: "write",
            path,
            problem,
        })
    }

    fn renames_path(&self) -> std::path::PathBuf {
        let name = Path::new(RENAMES_FILE).strip_prefix(BASELINES_FOLDER).unwrap_or(Path::new(RENAMES_FILE));
        self.folder().join(name)
    }
}

/// The renames in a file that was read elsewhere, such as that of a commit.
///
/// # Errors
/// When it is no file of renames that this memgate can read.
pub(crate) fn renames_of(path: &Path, bytes: &[u8]) -> Result<Vec<Rename>, StoreError> {
    parse_renames(bytes).map_err(|problem| StoreError::Renames { path: path.to_owned(), problem })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renames_lie_beside_the_baselines_and_are_none() {
        let folder = tempfile::tempdir().unwrap();
        let store = BaselineStore::in_workspace(folder.path());
        assert_eq!(store.load_renames().unwrap(), []);
        let rename = Rename::new("a/b".parse().unwrap(), "a/c".parse().unwrap()).unwrap();
        store.write_renames(std::slice::from_ref(&rename)).unwrap();
        assert_eq!(store.load_renames().unwrap(), [rename]);
        assert!(folder.path().join(RENAMES_FILE).is_file());
        assert!(store.load().unwrap().is_empty() && store.keys().unwrap().is_empty());
        std::fs::write(folder.path().join(RENAMES_FILE), "{").unwrap();
        let error = store.load_renames().unwrap_err().to_string();
        assert!(
            error.starts_with("failed to read the renames ") && error.contains(": it is cut short"),
            "{error}"
        );
        assert!(error.ends_with("; put the file back as it was committed before, or remove it, which ends the histories of what was renamed"));
        std::fs::write(folder.path().join(RENAMES_FILE), "<<<<<<< HEAD\n").unwrap();
        let error = store.load_renames().unwrap_err().to_string();
        assert!(
            error.ends_with(": line 1 is a merge conflict marker; keep the lines of both sides"),
            "{error}"
        );
    }
}
