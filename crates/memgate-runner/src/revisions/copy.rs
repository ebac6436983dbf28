//! Folders from one tree to another.

use std::fs;
use std::path::Path;

use super::RevisionsError;

/// Copies a folder that may be absent. Links are followed: what they lead to may not be there in the other tree.
pub(super) fn copy(from: &Path, into: &Path) -> Result<(), RevisionsError> {
    if !from.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(into).map_err(RevisionsError::file("create", into))?;
    for entry in fs::read_dir(from).map_err(RevisionsError::file("read", from))? {
        let entry = entry.map_err(RevisionsError::file("read", from))?;
        let (source, place) = (entry.path(), into.join(entry.file_name()));
        if source.is_dir() {
            copy(&source, &place)?;
        } else {
            fs::copy(&source, &place).map_err(RevisionsError::file("write", place))?;
        }
    }
    Ok(())
}
