//! Commits for tests.

use git2::{Oid, Repository, Signature, Time};

/// A commit of a tree, on no branch.
pub(crate) fn commit(git: &Repository, tree: Oid, parents: &[Oid]) -> Oid {
    let author = Signature::new("Ada", "ada@example.org", &Time::new(0, 0)).unwrap();
    let parents: Vec<_> = parents.iter().map(|parent| git.find_commit(*parent).unwrap()).collect();
    let tree = git.find_tree(tree).unwrap();
    git.commit(None, &author, &author, "A commit", &tree, &Vec::from_iter(&parents)).unwrap()
}
