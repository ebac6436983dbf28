//! Git repositories: the few things that are read from them, and the notes that are written.

mod base;
mod checkout;
mod entry_name;
mod error;
mod first_parents;
mod line;
mod lock;
mod notes;
#[cfg(test)]
mod notes_tests;
mod revision;
mod submodules;
mod suggestion;
#[cfg(test)]
pub(crate) mod tests_support;
mod tree;
mod working_files;

pub use base::{BaseRevision, find_base};
pub use checkout::{NotWritten, freshen, write_files};
pub use error::GitError;
pub use first_parents::{
    FirstParents, ancestors, changed_files, first_parents, reachable, remote_address, tags,
};
pub use git2::Oid;
pub use line::first_parent_line;
pub use lock::LockHolder;
pub use notes::{NoteChanges, Notes, change_notes};
pub use revision::{CommitSummary, Revision, resolve, short, summary};
pub use submodules::changed_submodules;
pub use tree::{file_at, files_below, folder_id};
pub use working_files::write_working_files;

use std::path::{Path, PathBuf};

/// A repository, and where a workspace lies in it.
pub struct Repository {
    inner: git2::Repository,
    /// The workspace's folder, from the root of the working tree.
    workspace: PathBuf,
}

impl Repository {
    /// The repository that a workspace lies in.
    ///
    /// # Errors
    /// When it lies in none, or it can't be read.
    pub fn of_workspace(root: &Path) -> Result<Self, GitError> {
        let inner = git2::Repository::discover(root).map_err(GitError::git("open the repository"))?;
        let working_tree = inner.workdir().ok_or(GitError::Bare)?;
        let canonical = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let workspace = canonical(root)
            .strip_prefix(canonical(working_tree))
            .map_err(|_| GitError::Outside { path: root.to_owned() })?
            .to_owned();
        Ok(Self { inner, workspace })
    }

    /// A repository at a path, with or without a working tree, for what does not need one.
    ///
    /// # Errors
    /// When there is none.
    pub fn at(path: &Path) -> Result<Self, GitError> {
        let inner = git2::Repository::open(path)
            .map_err(GitError::git(format!("open the repository {}", path.display())))?;
        Ok(Self { inner, workspace: PathBuf::new() })
    }

    /// The root of the working tree.
    #[must_use]
    pub fn working_tree(&self) -> Option<&Path> {
        self.inner.workdir()
    }

    /// Whether a folder is left out of the repository by its `.gitignore`.
    #[must_use]
    pub fn ignores(&self, folder: &Path) -> bool {
        self.inner.is_path_ignored(folder).unwrap_or(false)
    }

    /// A path in the workspace as git names it, from the root of the working tree.
    #[must_use]
    pub fn path_in_tree(&self, path: impl AsRef<Path>) -> PathBuf {
        self.workspace.join(path)
    }
}

impl Repository {
    /// The workspace's folder, from the root of the working tree.
    #[must_use]
    pub fn workspace(&self) -> &Path {
        &self.workspace
    }
}

impl std::fmt::Debug for Repository {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Repository").field("path", &self.inner.path()).finish_non_exhaustive()
    }
}
