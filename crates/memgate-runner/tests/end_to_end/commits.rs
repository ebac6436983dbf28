//! Projects with a history, and all that a command could have changed in their repository.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use git2::build::CheckoutBuilder;
use git2::{IndexAddOption, Oid, Repository, Signature, Time};

use crate::support::Project;

/// A project with a repository of its own.
pub(crate) struct History {
    pub(crate) project: Project,
    git: Repository,
    commits: i64,
    submodules: Vec<String>,
}

impl History {
    /// Makes a repository of a project, without a commit.
    pub(crate) fn of(project: Project) -> Self {
        let git = Repository::init(project.path("")).unwrap();
        Self { project, git, commits: 0, submodules: Vec::new() }
    }

    /// Commits all files as they are, a day after the last commit.
    pub(crate) fn commit(&mut self, subject: &str) -> Oid {
        self.commit_with(subject, None)
    }

    /// Commits all files as they are, as what became of a merge with another commit.
    pub(crate) fn merge(&mut self, subject: &str, other: Oid) -> Oid {
        self.commit_with(subject, Some(other))
    }

    /// Moves the branch and the working tree to a commit.
    pub(crate) fn go_to(&self, commit: Oid) {
        let object = self.git.find_object(commit, None).unwrap();
        self.git.reset(&object, git2::ResetType::Hard, None).unwrap();
    }

    fn commit_with(&mut self, subject: &str, merged: Option<Oid>) -> Oid {
        let mut index = self.git.index().unwrap();
        let submodules = self.submodules.clone();
        // Of these, only the commit is added.
        let mut skip =
            |path: &Path, _: &[u8]| i32::from(submodules.iter().any(|name| path.starts_with(name)));
        index.add_all(["*"], IndexAddOption::DEFAULT, Some(&mut skip)).unwrap();
        for submodule in &self.submodules {
            index.add_path(Path::new(submodule)).unwrap();
        }
        index.write().unwrap();
        let tree = self.git.find_tree(index.write_tree().unwrap()).unwrap();
        let time = Time::new(1_767_225_600 + self.commits * 86_400, 0);
        let author = Signature::new("Ada", "ada@example.org", &time).unwrap();
        let parent = self.git.head().ok().map(|head| head.peel_to_commit().unwrap());
        let merged = merged.map(|merged| self.git.find_commit(merged).unwrap());
        let parents: Vec<_> = parent.iter().chain(&merged).collect();
        self.commits += 1;
        self.git.commit(Some("HEAD"), &author, &author, subject, &tree, &parents).unwrap()
    }

    /// The commit that is checked out.
    pub(crate) fn head(&self) -> Oid {
        self.git.head().unwrap().target().unwrap()
    }

    /// Makes a folder of the project a repository of its own, or commits what is new in it: what the project has of it is a
    /// submodule.
    pub(crate) fn commit_submodule(&mut self, folder: &str) {
        let git = Repository::init(self.project.path(folder)).unwrap();
        let mut index = git.index().unwrap();
        index.add_all(["*"], IndexAddOption::DEFAULT, None).unwrap();
        index.write().unwrap();
        let tree = git.find_tree(index.write_tree().unwrap()).unwrap();
        let author = Signature::new("Ada", "ada@example.org", &Time::new(1_767_225_600, 0)).unwrap();
        let parent = git.head().ok().map(|head| head.peel_to_commit().unwrap());
        git.commit(Some("HEAD"), &author, &author, "Inside", &tree, &Vec::from_iter(&parent)).unwrap();
        let entry = format!("[submodule \"{folder}\"]\n\tpath = {folder}\n\turl = ./{folder}\n");
        self.project.write(".gitmodules", entry);
        self.submodules = vec![folder.to_owned()];
    }

    /// Names the commit that is checked out.
    pub(crate) fn tag(&self, name: &str) {
        let head = self.git.head().unwrap().peel(git2::ObjectType::Any).unwrap();
        self.git.tag_lightweight(name, &head, false).unwrap();
    }

    /// Makes the working tree that of a revision, without moving the branch.
    pub(crate) fn check_out(&self, revision: &str) {
        let object = self.git.revparse_single(revision).unwrap();
        self.git.checkout_tree(&object, Some(CheckoutBuilder::new().force())).unwrap();
    }

    /// Leaves something behind that a careless command would lose: a stash, a staged change, one that is not, and a file that
    /// git does not know.
    pub(crate) fn leave_traces(&mut self, file: &str) {
        let text = self.project.read(file);
        let author = Signature::new("Ada", "ada@example.org", &Time::new(1_767_225_600, 0)).unwrap();
        self.project.write(file, format!("{text}\n# stashed\n"));
        self.git.stash_save(&author, "traces", None).unwrap();
        self.project.write(file, format!("{text}\n# staged\n"));
        let mut index = self.git.index().unwrap();
        index.add_path(Path::new(file)).unwrap();
        index.write().unwrap();
        self.project.write(file, format!("{text}\n# not staged\n"));
        self.project.write("unknown", "to git");
    }

    /// The files that are not as they were, or not there any more, or new.
    pub(crate) fn changed_since(&self, before: &BTreeMap<PathBuf, Vec<u8>>) -> Vec<PathBuf> {
        let now = self.files();
        let paths = now.keys().chain(before.keys().filter(|path| !now.contains_key(*path)));
        paths.filter(|path| now.get(*path) != before.get(*path)).cloned().collect()
    }

    /// Every file of the working tree and of the repository, with its bytes.
    pub(crate) fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut waiting = vec![self.project.path("")];
        while let Some(folder) = waiting.pop() {
            for entry in fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    files.insert(path.clone(), Vec::new());
                    waiting.push(path);
                } else {
                    files.insert(path.clone(), fs::read(&path).unwrap());
                }
            }
        }
        files
    }
}
