//! Copies of the programs that were built, under paths that are equally long on every machine.

use std::path::{Path, PathBuf};

use crate::process::Scratch;

/// A folder with copies of programs, gone with this.
///
/// Where a program lies is in its numbers: the standard library looks for the stack of the main thread in a list of all files that are
/// mapped, line by line, and a line with a longer path takes a larger buffer. And cargo builds a binary once more with benches that may
/// start it, with other features, and puts both in one place.
#[derive(Debug)]
pub(crate) struct ProgramCopies {
    scratch: Scratch,
}

impl ProgramCopies {
    /// Makes the folder where every machine has temporary files.
    ///
    /// # Errors
    /// When it can't be made.
    pub(crate) fn make() -> std::io::Result<Self> {
        Ok(Self { scratch: Scratch::among_others(Path::new("/tmp"))? })
    }

    /// Copies a program into a folder with a number. Two packages may have one of one name, and a package's name would be a part of the
    /// path.
    ///
    /// # Errors
    /// When it can't be copied, or not be started from there.
    pub(crate) fn copy(&self, program: &Path, number: usize) -> std::io::Result<PathBuf> {
        let folder = self.scratch.folder().join(format!("{number:03}"));
        std::fs::create_dir_all(&folder)?;
        let copy = folder.join(program.file_name().unwrap_or_default());
        std::fs::copy(program, &copy)?;
        super::folder::check_executable(&folder)?;
        Ok(copy)
    }
}
