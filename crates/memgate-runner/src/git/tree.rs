//! Files of a commit, without a checkout.

use std::path::{Path, PathBuf};

use git2::{ErrorCode, ObjectType, Oid, Tree, TreeWalkMode, TreeWalkResult};

use super::{GitError, Repository};

/// A file of a commit; none when it has no such file. The path is from the root of the workspace.
///
/// # Errors
/// When the commit can't be read.
pub(crate) fn file_at(
    repository: &Repository,
    commit: Oid,
    path: impl AsRef<Path>,
) -> Result<Option<Vec<u8>>, GitError> {
    let path = repository.path_in_tree(path);
    let read = GitError::git(format!("read {} at {commit}", path.display()));
    let tree = tree(repository, commit)?;
    match tree.get_path(&path) {
        Ok(entry) if entry.kind() == Some(ObjectType::Blob) => {
            let blob = repository.inner.find_blob(entry.id()).map_err(read)?;
            Ok(Some(blob.content().to_vec()))
        }
        Ok(_) => Ok(None),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(read(error)),
    }
}

/// Whether a commit has anything of that name: a file, a folder or a link. The path is from the root of the workspace.
///
/// # Errors
/// When the commit can't be read.
pub(crate) fn has_entry(
    repository: &Repository,
    commit: Oid,
    path: impl AsRef<Path>,
) -> Result<bool, GitError> {
    let path = repository.path_in_tree(path);
    match tree(repository, commit)?.get_path(&path) {
        Ok(_) => Ok(true),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(false),
        Err(error) => Err(GitError::git(format!("read {} at {commit}", path.display()))(error)),
    }
}

/// Every file below a folder of a commit, with its path from that folder; none when it has no such folder. The folder is
/// from the root of the workspace.
///
/// # Errors
/// When the commit can't be read.
pub(crate) fn files_below(
    repository: &Repository,
    commit: Oid,
    folder: impl AsRef<Path>,
) -> Result<Vec<(PathBuf, Vec<u8>)>, GitError> {
    let git = &repository.inner;
    let path = repository.path_in_tree(folder);
    let read = |error| GitError::git(format!("read {} at {commit}", path.display()))(error);
    let entry = match tree(repository, commit)?.get_path(&path) {
        Ok(entry) if entry.kind() == Some(ObjectType::Tree) => entry,
        Ok(_) => return Ok(Vec::new()),
        Err(error) if error.code() == ErrorCode::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(read(error)),
    };
    let mut found = Vec::new();
    git.find_tree(entry.id())
        .and_then(|tree| {
            tree.walk(TreeWalkMode::PreOrder, |parent, entry| {
                // A name that is not UTF-8 is none of ours.
                if let (Some(ObjectType::Blob), Ok(name)) = (entry.kind(), entry.name()) {
                    found.push((Path::new(parent).join(name), entry.id()));
                }
                TreeWalkResult::Ok
            })
        })
        .map_err(read)?;
    found
        .into_iter()
        .map(|(path, id)| Ok((path, git.find_blob(id).map_err(read)?.content().to_vec())))
        .collect()
}

/// The id of a folder of a commit, which is the same as long as nothing in it changes; none when it has no such folder. The
/// folder is from the root of the workspace.
///
/// # Errors
/// When the commit can't be read.
pub(crate) fn folder_id(
    repository: &Repository,
    commit: Oid,
    folder: impl AsRef<Path>,
) -> Result<Option<Oid>, GitError> {
    let entry = tree(repository, commit)?.get_path(&repository.path_in_tree(folder));
    Ok(entry.ok().filter(|entry| entry.kind() == Some(ObjectType::Tree)).map(|entry| entry.id()))
}

fn tree(repository: &Repository, commit: Oid) -> Result<Tree<'_>, GitError> {
    repository
        .inner
        .find_commit(commit)
        .and_then(|commit| commit.tree())
        .map_err(GitError::git(format!("read the commit {commit}")))
}
