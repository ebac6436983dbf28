//! Carries a plan out: all of it, or nothing.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::error::WriteError;
use super::file_plan::Plan;
use super::found::Found;
use crate::store::{Staged, resolved};

/// Writes what a plan has. Every text is on the disk, under another name, before the first file changes, so that a full
/// disk, a folder without permission or Ctrl-C leave everything as it was.
///
/// # Errors
/// When a file can't be written, was changed since the plan was made, or `is_interrupted`.
pub(crate) fn write_plan(
    found: &Found,
    plan: &Plan,
    is_interrupted: impl Fn() -> bool,
) -> Result<(), WriteError> {
    let mut folders = NewFolders::default();
    let mut staged = Vec::new();
    for (path, text) in plan.writes() {
        let place = found.root.join(path);
        // Through links: what they point to is the file, also where there is none yet.
        let place = resolved(&place).map_err(WriteError::file("write", &place))?;
        folders.create(place.parent().unwrap_or(&found.root)).map_err(WriteError::file("write", &place))?;
        let file = Staged::new(&place, text).map_err(WriteError::file("write", &place))?;
        staged.push((path, place, file));
    }
    // Between the question and its answer, somebody may have worked on.
    for (path, place, _) in &staged {
        let now = match std::fs::read_to_string(place) {
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            now => Some(now.map_err(WriteError::file("read", place))?),
        };
        if now.as_deref() != found.text(path) {
            return Err(WriteError::Changed { path: (*path).to_owned() });
        }
    }
    if is_interrupted() {
        return Err(WriteError::Interrupted);
    }
    // Manifests last, and the workspace's after the others: until then cargo does not look for what is new, and setting
    // up again takes it from there.
    staged.sort_by_key(|(path, ..)| {
        (path.ends_with("Cargo.toml") && found.text(path).is_some(), *path == "Cargo.toml")
    });
    folders.keep();
    for (_, place, file) in staged {
        file.commit().map_err(WriteError::file("write", place))?;
    }
    Ok(())
}

/// Folders that were made, and that go again unless they are kept.
#[derive(Debug, Default)]
struct NewFolders(Vec<PathBuf>);

impl NewFolders {
    fn create(&mut self, folder: &Path) -> std::io::Result<()> {
        let missing: Vec<&Path> = folder.ancestors().take_while(|folder| !folder.exists()).collect();
        for folder in missing.into_iter().rev() {
            std::fs::create_dir(folder)?;
            self.0.push(folder.to_path_buf());
        }
        Ok(())
    }

    fn keep(&mut self) {
        self.0.clear();
    }
}

impl Drop for NewFolders {
    fn drop(&mut self) {
        for folder in self.0.iter().rev() {
            // One that somebody has put something into stays.
            let _ = std::fs::remove_dir(folder);
        }
    }
}
