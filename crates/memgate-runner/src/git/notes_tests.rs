//! Notes in real repositories, beside git itself where it is there.

use std::path::Path;
use std::process::Command;

use git2::{Oid, Signature};

use super::{GitError, NoteChanges, Notes, Repository, change_notes, first_parents, reachable};

const REFERENCE: &str = "refs/notes/memgate";

/// A repository with so many commits, oldest first.
fn repository(folder: &Path, commits: usize) -> (Repository, Vec<Oid>) {
    let git = git2::Repository::init(folder).unwrap();
    let tree = git.treebuilder(None).unwrap().write().unwrap();
    let mut ids: Vec<Oid> = Vec::new();
    for number in 0..commits {
        // Each claims to be older than its parent.
        let time = git2::Time::new(2_000_000_000 - 1_000 * i64::try_from(number).unwrap(), 0);
        let author = Signature::new("a", "a@b.c", &time).unwrap();
        let parents: Vec<git2::Commit<'_>> =
            ids.last().map(|id| git.find_commit(*id).unwrap()).into_iter().collect();
        let parents: Vec<&git2::Commit<'_>> = parents.iter().collect();
        let tree = git.find_tree(tree).unwrap();
        ids.push(
            git.commit(Some("HEAD"), &author, &author, &format!("commit {number}"), &tree, &parents).unwrap(),
        );
    }
    (Repository::of_workspace(folder).unwrap(), ids)
}

fn append(repository: &Repository, commit: Oid, line: &str) -> bool {
    append_under(repository, REFERENCE, commit, line)
}

fn append_under(repository: &Repository, reference: &str, commit: Oid, line: &str) -> bool {
    change_notes(repository, reference, "test", None, |notes| {
        let mut text = notes.text(commit)?.unwrap_or_default();
        text.extend_from_slice(line.as_bytes());
        text.push(b'\n');
        Ok::<NoteChanges, GitError>(NoteChanges::from([(commit, Some(text))]))
    })
    .unwrap()
}

fn text(repository: &Repository, commit: Oid) -> String {
    let notes = Notes::read(repository, REFERENCE).unwrap();
    String::from_utf8(notes.text(commit).unwrap().unwrap_or_default()).unwrap()
}

fn git(folder: &Path, words: &[&str]) -> String {
    let output = Command::new("git").current_dir(folder).args(words).output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn recorders_that_are_the_first_at_once_lose_nothing() {
    const RECORDERS: usize = 3;
    let folder = tempfile::tempdir().unwrap();
    let (_, commits) = repository(folder.path(), 1);
    for round in 0..40 {
        let reference = &format!("refs/notes/first-{round}");
        let barrier = &std::sync::Barrier::new(RECORDERS);
        std::thread::scope(|scope| {
            for recorder in 0..RECORDERS {
                let (folder, commit) = (folder.path(), commits[0]);
                scope.spawn(move || {
                    let repository = Repository::of_workspace(folder).unwrap();
                    barrier.wait();
                    assert!(append_under(&repository, reference, commit, &recorder.to_string()));
                });
            }
        });
        let repository = Repository::of_workspace(folder.path()).unwrap();
        let notes = Notes::read(&repository, reference).unwrap();
        let text = String::from_utf8(notes.text(commits[0]).unwrap().unwrap_or_default()).unwrap();
        assert_eq!(text.lines().count(), RECORDERS, "round {round}: {text}");
    }
}

#[test]
fn two_recorders_at_once_lose_nothing() {
    const EACH: usize = 25;
    let folder = tempfile::tempdir().unwrap();
    let (_, commits) = repository(folder.path(), 3);
    std::thread::scope(|scope| {
        for recorder in 0..3 {
            let (folder, commits) = (folder.path(), &commits);
            scope.spawn(move || {
                let repository = Repository::of_workspace(folder).unwrap();
                for number in 0..EACH {
                    assert!(append(&repository, commits[number % 3], &format!("{recorder} {number}")));
                }
            });
        }
    });
    let repository = Repository::of_workspace(folder.path()).unwrap();
    let lines: usize = commits.iter().map(|commit| text(&repository, *commit).lines().count()).sum();
    assert_eq!(lines, 3 * EACH);
}

#[test]
fn a_lock_that_a_dead_process_has_left_is_named_soon() {
    let folder = tempfile::tempdir().unwrap();
    let (repository, commits) = repository(folder.path(), 1);
    append(&repository, commits[0], "before");
    let lock = folder.path().join(".git/refs/notes/memgate.lock");
    std::fs::write(&lock, "").unwrap();
    let hour_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(3_961);
    std::fs::File::options().write(true).open(&lock).unwrap().set_modified(hour_ago).unwrap();
    let change = || {
        change_notes(&repository, REFERENCE, "test", None, |_| {
            Ok::<NoteChanges, GitError>(NoteChanges::from([(commits[0], Some(b"after".to_vec()))]))
        })
    };
    let error = change().unwrap_err().to_string();
    assert!(error.contains("memgate.lock is in the way; it is 66 min old"), "{error}");
    assert!(error.ends_with("remove the file, and run the same again"), "{error}");
    assert_eq!((lock.exists(), text(&repository, commits[0])), (true, "before\n".to_owned()));
    std::fs::remove_file(&lock).unwrap();
    assert!(change().unwrap());

    // A living one is waited for, where the system tells.
    if !cfg!(target_os = "linux") {
        return;
    }
    let held = std::fs::File::create(&lock).unwrap();
    std::thread::scope(|scope| {
        let folder = folder.path();
        let commit = commits[0];
        let writer = scope.spawn(move || append(&Repository::of_workspace(folder).unwrap(), commit, "more"));
        std::thread::sleep(std::time::Duration::from_secs(4));
        std::fs::remove_file(&lock).unwrap();
        drop(held);
        assert!(writer.join().unwrap());
    });
    assert_eq!(text(&repository, commits[0]), "aftermore\n");
}

#[test]
fn git_reads_what_is_written_and_what_git_writes_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let (repository, commits) = repository(folder.path(), 2);
    append(&repository, commits[0], "ours");
    let ids: Vec<String> = commits.iter().map(ToString::to_string).collect();
    assert_eq!(git(folder.path(), &["notes", "--ref", "memgate", "show", &ids[0]]), "ours\n");
    let named = ["-c", "user.name=a", "-c", "user.email=a@b.c", "notes", "--ref", "memgate"];
    git(folder.path(), &[&named[..], &["append", "-m", "theirs", &ids[0]]].concat());
    git(folder.path(), &[&named[..], &["add", "-m", "second", &ids[1]]].concat());
    assert_eq!(text(&repository, commits[0]), "ours\n\ntheirs\n");
    assert_eq!(text(&repository, commits[1]), "second\n");
    // Changed by us, wherever git has put it, there is one of it.
    append(&repository, commits[1], "more");
    assert_eq!(git(folder.path(), &["notes", "--ref", "memgate", "show", &ids[1]]), "second\nmore\n");
    assert_eq!(git(folder.path(), &["notes", "--ref", "memgate", "list"]).lines().count(), 2);
}

#[test]
fn nothing_to_change_writes_nothing_and_removing_removes() {
    let folder = tempfile::tempdir().unwrap();
    let (repository, commits) = repository(folder.path(), 2);
    let nothing = |_: &Notes<'_>| Ok::<NoteChanges, GitError>(NoteChanges::new());
    assert!(!change_notes(&repository, REFERENCE, "test", None, nothing).unwrap());
    assert_eq!(Notes::read(&repository, REFERENCE).unwrap().tip(), None);
    append(&repository, commits[0], "first");
    append(&repository, commits[1], "second");
    let remove = |_: &Notes<'_>| Ok::<NoteChanges, GitError>(NoteChanges::from([(commits[0], None)]));
    assert!(change_notes(&repository, REFERENCE, "test", None, remove).unwrap());
    let notes = Notes::read(&repository, REFERENCE).unwrap();
    assert_eq!(notes.commits().collect::<Vec<_>>(), [commits[1]]);
}

#[test]
fn history_is_the_order_of_parents_whatever_the_clocks_say() {
    let folder = tempfile::tempdir().unwrap();
    let (repository, commits) = repository(folder.path(), 5);
    let history = first_parents(&repository, "HEAD", 3).unwrap();
    assert_eq!(history.commits.iter().map(|commit| commit.commit).collect::<Vec<_>>(), commits[2..]);
    assert_eq!(history.commits[0].subject, "commit 2");
    assert!(!history.is_cut);
    assert_eq!(reachable(&repository).unwrap().len(), 5);
    let error = first_parents(&repository, "nowhere", 3).unwrap_err();
    assert!(error.is_usage());
    assert_eq!(
        error.to_string(),
        "failed to find the revision `nowhere`: it is no branch, tag or commit of this clone"
    );
}
