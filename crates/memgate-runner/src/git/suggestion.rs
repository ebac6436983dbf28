//! What somebody may have meant by a revision that is not there.

use memgate_report::text::nearest;

use super::Repository;

/// What the branch that others are merged into is mostly called.
const MAIN_BRANCHES: [&str; 2] = ["main", "master"];

/// What is there and may be meant by a name that is not: the branch of a remote, the main branch under another name, or a
/// branch or tag that looks like it.
pub(super) fn suggestion(repository: &Repository, name: &str) -> Option<String> {
    let git = &repository.inner;
    let is_there = |name: &str| git.revparse_single(name).is_ok_and(|object| object.peel_to_commit().is_ok());
    let remotes: Vec<String> = git.remotes().into_iter().flat_map(|remotes| names(remotes.iter())).collect();
    // As git does for `git checkout NAME`; origin before others.
    let of_remotes = |branch: &str| {
        let origin = std::iter::once("origin".to_owned());
        origin
            .chain(remotes.iter().cloned())
            .map(|remote| format!("{remote}/{branch}"))
            .find(|name| is_there(name))
    };
    let branch = name.rsplit('/').next().unwrap_or(name);
    let other_main = || {
        let others = MAIN_BRANCHES.iter().filter(|_| MAIN_BRANCHES.contains(&branch));
        let mut there = others
            .flat_map(|other| is_there(other).then(|| (*other).to_owned()).or_else(|| of_remotes(other)));
        there.next()
    };
    let local = || Some(branch.to_owned()).filter(|branch| *branch != name && is_there(branch));
    let alike = || {
        let references = git.references().ok()?;
        let shorthands: Vec<String> = references
            .flatten()
            .filter_map(|reference| reference.shorthand().ok().map(str::to_owned))
            .collect();
        nearest(name, shorthands.iter().map(String::as_str)).filter(|name| is_there(name))
    };
    of_remotes(name).or_else(local).or_else(other_main).or_else(alike)
}

fn names<'a, E>(names: impl Iterator<Item = Result<Option<&'a str>, E>>) -> Vec<String> {
    names.filter_map(|name| name.ok().flatten().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::tests_support::commit;
    use crate::git::{BaseRevision, find_base, resolve};

    #[test]
    fn what_is_there_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let git = git2::Repository::init(folder.path()).unwrap();
        let tree = git.treebuilder(None).unwrap().write().unwrap();
        let commit = commit(&git, tree, &[]);
        git.reference("refs/heads/work", commit, false, "").unwrap();
        git.set_head("refs/heads/work").unwrap();
        let repository = Repository::of_workspace(folder.path()).unwrap();
        assert_eq!(suggestion(&repository, "main"), None);
        git.reference("refs/remotes/origin/master", commit, false, "").unwrap();
        for name in ["master", "main", "origin/main"] {
            assert_eq!(suggestion(&repository, name).as_deref(), Some("origin/master"), "{name}");
        }
        assert_eq!(suggestion(&repository, "wrok").as_deref(), Some("work"));
        assert_eq!(suggestion(&repository, "origin/work").as_deref(), Some("work"));
        assert_eq!(suggestion(&repository, "0123456"), None);
        let error = resolve(&repository, "master").unwrap_err().to_string();
        assert!(error.ends_with("of this clone; did you mean `origin/master`?"), "{error}");
        let error = find_base(&repository, &BaseRevision::Named("main".into())).unwrap_err().to_string();
        assert!(error.ends_with("`origin/master` is there, did you mean that?"), "{error}");
    }
}
