//! A repository, and where a workspace lies in it.

use std::path::{Path, PathBuf};

use super::GitError;

/// A repository, and where a workspace lies in it.
pub(crate) struct Repository {
    pub(super) inner: git2::Repository,
    /// The workspace's folder, from the root of the working tree.
    pub(super) workspace: PathBuf,
}

impl Repository {
    /// The repository that a workspace lies in.
    ///
    /// # Errors
    /// When it lies in none, or it can't be read.
    pub(crate) fn of_workspace(root: &Path) -> Result<Self, GitError> {
        let inner = git2::Repository::discover(root).map_err(GitError::git("open the repository"))?;
        let working_tree = inner.workdir().ok_or(GitError::Bare)?;
        let canonical = |path: &Path| dunce::canonicalize(path).unwrap_or_else(|_| path.to_owned());
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
    pub(crate) fn at(path: &Path) -> Result<Self, GitError> {
        let inner = git2::Repository::open(path)
            .map_err(GitError::git(format!("open the repository {}", path.display())))?;
        Ok(Self { inner, workspace: PathBuf::new() })
    }

    /// The root of the working tree.
    #[must_use]
    pub(crate) fn working_tree(&self) -> Option<&Path> {
        self.inner.workdir()
    }

    /// Whether a folder or a file is left out of the repository by its `.gitignore`.
    #[must_use]
    pub(crate) fn ignores(&self, path: &Path) -> bool {
        self.inner.is_path_ignored(path).unwrap_or(false)
    }

    /// Whether git would never see a file that is written: it is left out by a `.gitignore`, and not committed all the same.
    #[must_use]
    pub(crate) fn overlooks(&self, file: &Path) -> bool {
        let is_tracked = || {
            let tree = dunce::canonicalize(self.inner.workdir()?).ok()?;
            let file = dunce::canonicalize(file).ok()?;
            self.inner.index().ok()?.get_path(file.strip_prefix(tree).ok()?, 0)
        };
        self.ignores(file) && is_tracked().is_none()
    }

    /// A path in the workspace as git names it, from the root of the working tree.
    #[must_use]
    pub(crate) fn path_in_tree(&self, path: impl AsRef<Path>) -> PathBuf {
        self.workspace.join(path)
    }

    /// The workspace's folder, from the root of the working tree.
    #[must_use]
    pub(crate) fn workspace(&self) -> &Path {
        &self.workspace
    }
}

impl std::fmt::Debug for Repository {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Repository").field("path", &self.inner.path()).finish_non_exhaustive()
    }
}
