//! Submodules that are not as a commit has them.

use git2::{SubmoduleIgnore, SubmoduleStatus};

use super::{GitError, Repository};

/// The submodules of the working tree in which something is not committed: what is measured of a commit is without it.
///
/// # Errors
/// When the submodules can't be read.
pub(crate) fn changed_submodules(repository: &Repository) -> Result<Vec<String>, GitError> {
    let git = &repository.inner;
    let changed = SubmoduleStatus::WD_MODIFIED
        | SubmoduleStatus::WD_INDEX_MODIFIED
        | SubmoduleStatus::WD_WD_MODIFIED
        | SubmoduleStatus::WD_UNTRACKED;
    let mut names = Vec::new();
    for submodule in git.submodules().map_err(GitError::git("read the submodules"))? {
        let Ok(name) = submodule.name() else { continue };
        // One that is not there at all is said where it is needed.
        let status = git.submodule_status(name, SubmoduleIgnore::None);
        if status.is_ok_and(|status| status.intersects(changed)) {
            names.push(submodule.path().display().to_string());
        }
    }
    Ok(names)
}
