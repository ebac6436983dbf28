//! Notes on commits: read as a map, changed in one step that fails rather than lose what somebody else wrote.

use std::collections::BTreeMap;
use std::time::Duration;

use git2::build::TreeUpdateBuilder;
use git2::{ErrorCode, FileMode, ObjectType, Oid, Signature, Tree, TreeWalkMode, TreeWalkResult};

use super::lock::LockWatch;
use super::{GitError, Repository};

/// The reference that the archive lies under.
pub(crate) const NOTES_REFERENCE: &str = "refs/notes/memgate";

/// The notes under one reference, as they were when it was read.
pub(crate) struct Notes<'a> {
    repository: &'a Repository,
    tip: Option<Oid>,
    /// Where each note lies in the tree, and what it is, by the commit that it is about.
    entries: BTreeMap<Oid, Vec<(String, Oid)>>,
}

/// Larger notes are refused.
const LARGEST_NOTE_BYTES: usize = 1 << 27;
/// How often a change is tried when others write at the same time.
const ATTEMPTS: u32 = 100;
/// How long to wait after the first failed attempt; each attempt adds as much.
const PAUSE: Duration = Duration::from_millis(5);

impl<'a> Notes<'a> {
    /// Reads which notes there are; none when there is no such reference.
    ///
    /// # Errors
    /// When the reference is there and can't be read.
    pub(crate) fn read(repository: &'a Repository, reference: &str) -> Result<Self, GitError> {
        let git = &repository.inner;
        let read = |error| GitError::git(format!("read {reference}"))(error);
        let mut notes = Self { repository, tip: None, entries: BTreeMap::new() };
        let commit = match git.find_reference(reference) {
            Ok(found) => found.peel_to_commit().map_err(read)?,
            Err(error) if error.code() == ErrorCode::NotFound => return Ok(notes),
            Err(error) => return Err(read(error)),
        };
        notes.tip = Some(commit.id());
        let tree = commit.tree().map_err(read)?;
        let entries = &mut notes.entries;
        tree.walk(TreeWalkMode::PreOrder, |parent, entry| {
            // However git has fanned it out, the path without its slashes is the id; whatever else lies there is none of ours.
            if let (Some(ObjectType::Blob), Ok(name)) = (entry.kind(), entry.name()) {
                let path = format!("{parent}{name}");
                if let Some(commit) = annotated(&path) {
                    entries.entry(commit).or_default().push((path, entry.id()));
                }
            }
            TreeWalkResult::Ok
        })
        .map_err(read)?;
        Ok(notes)
    }

    /// The commits that have a note.
    pub(crate) fn commits(&self) -> impl Iterator<Item = Oid> {
        self.entries.keys().copied()
    }

    /// The commit that the reference is at.
    #[must_use]
    pub(crate) fn tip(&self) -> Option<Oid> {
        self.tip
    }

    /// The text of a commit's note; none when it has none. Where a bad merge has left two, both.
    ///
    /// # Errors
    /// When it can't be read, or is too large.
    pub(crate) fn text(&self, commit: Oid) -> Result<Option<Vec<u8>>, GitError> {
        let Some(entries) = self.entries.get(&commit) else { return Ok(None) };
        let git = &self.repository.inner;
        let read = |error| GitError::git(format!("read the note of {commit}"))(error);
        let mut text = Vec::new();
        for (_, blob) in entries {
            let (size, _) = git.odb().and_then(|objects| objects.read_header(*blob)).map_err(read)?;
            if size > LARGEST_NOTE_BYTES {
                let message = format!("it is larger than {LARGEST_NOTE_BYTES} bytes");
                return Err(read(git2::Error::from_str(&message)));
            }
            text.extend_from_slice(git.find_blob(*blob).map_err(read)?.content());
            if entries.len() > 1 {
                text.push(b'\n');
            }
        }
        Ok(Some(text))
    }
}

impl std::fmt::Debug for Notes<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Notes")
            .field("tip", &self.tip)
            .field("count", &self.entries.len())
            .finish_non_exhaustive()
    }
}

fn annotated(path: &str) -> Option<Oid> {
    let id: String = path.chars().filter(|character| *character != '/').collect();
    (id.len() == 40).then(|| Oid::from_str(&id).ok()).flatten()
}

/// What is to become of notes: the new text of each, or none to remove it.
pub(crate) type NoteChanges = BTreeMap<Oid, Option<Vec<u8>>>;

/// Changes notes, and says whether there was anything to change.
///
/// `change` is given the notes and says what is to become of them. The reference moves only from the commit that was read; if
/// somebody else has moved it meanwhile, the notes are read anew and `change` is asked again. `merged` is a commit whose notes are
/// contained in the change, so that it becomes a parent.
///
/// # Errors
/// When git's library would not, or others never stop writing; the notes are then as they were.
pub(crate) fn change_notes<E: From<GitError>>(
    repository: &Repository,
    reference: &str,
    message: &str,
    merged: Option<Oid>,
    mut change: impl FnMut(&Notes<'_>) -> Result<NoteChanges, E>,
) -> Result<bool, E> {
    let mut watch = LockWatch::default();
    for attempt in 1..=ATTEMPTS {
        let notes = Notes::read(repository, reference)?;
        let changes = change(&notes)?;
        let is_contained = |merged: Oid| {
            notes.tip.is_some_and(|tip| {
                tip == merged || repository.inner.graph_descendant_of(tip, merged).unwrap_or(false)
            })
        };
        let merged = merged.filter(|merged| !is_contained(*merged));
        if changes.is_empty() && merged.is_none() {
            return Ok(false);
        }
        let commit = write(&notes, &changes, message, merged)
            .map_err(GitError::git(format!("write the notes under {reference}")))?;
        match move_reference(repository, reference, notes.tip, commit, message)? {
            Moved::There => return Ok(true),
            Moved::Elsewhere => {}
            Moved::Locked => watch.look(repository, reference)?,
        }
        std::thread::sleep(PAUSE * attempt);
    }
    Err(watch.give_up(reference).into())
}

fn write(
    notes: &Notes<'_>,
    changes: &NoteChanges,
    message: &str,
    merged: Option<Oid>,
) -> Result<Oid, git2::Error> {
    let git = &notes.repository.inner;
    let empty = git.treebuilder(None)?.write()?;
    let tip = notes.tip.map(|tip| git.find_commit(tip)).transpose()?;
    let base: Tree<'_> = match &tip {
        Some(tip) => tip.tree()?,
        None => git.find_tree(empty)?,
    };
    let mut update = TreeUpdateBuilder::new();
    for (commit, text) in changes {
        let id = commit.to_string();
        let (folder, rest) = id.split_at_checked(2).unwrap_or_default();
        let ours = format!("{folder}/{rest}");
        for (path, _) in notes.entries.get(commit).into_iter().flatten() {
            if text.is_none() || *path != ours {
                update.remove(path);
            }
        }
        if let Some(text) = text {
            update.upsert(ours, git.blob(text)?, FileMode::Blob);
        }
    }
    let tree = git.find_tree(update.create_updated(git, &base)?)?;
    // In CI, nobody has a name.
    let author = git.signature().or_else(|_| Signature::now("memgate", "memgate@localhost"))?;
    let merged = merged.map(|merged| git.find_commit(merged)).transpose()?;
    let parents: Vec<&git2::Commit<'_>> = tip.iter().chain(&merged).collect();
    git.commit(None, &author, &author, message, &tree, &parents)
}

/// What came of moving a reference.
enum Moved {
    /// It is where it is to be.
    There,
    /// Somebody else has moved it.
    Elsewhere,
    /// Somebody else has a lock on it.
    Locked,
}

/// Moves a reference if it is still where it was, or makes it if it is still not there.
fn move_reference(
    repository: &Repository,
    reference: &str,
    from: Option<Oid>,
    to: Oid,
    message: &str,
) -> Result<Moved, GitError> {
    let git = &repository.inner;
    let moved = match from {
        Some(from) => git.reference_matching(reference, to, true, from, message),
        None => return make_reference(repository, reference, to, message),
    };
    match moved {
        Ok(_) => Ok(Moved::There),
        Err(error) if error.code() == ErrorCode::Locked => Ok(Moved::Locked),
        Err(error) if matches!(error.code(), ErrorCode::Modified | ErrorCode::Exists) => Ok(Moved::Elsewhere),
        Err(error) => Err(GitError::git(format!("move {reference}"))(error)),
    }
}

/// Makes a reference under its lock. Git's library looks whether there is one before it takes the lock, so that of two who are the first
/// at once, the second would write over what the first has just made.
fn make_reference(
    repository: &Repository,
    reference: &str,
    to: Oid,
    message: &str,
) -> Result<Moved, GitError> {
    let git = &repository.inner;
    let make = || {
        let mut transaction = git.transaction()?;
        transaction.lock_ref(reference)?;
        match git.find_reference(reference) {
            Ok(_) => return Ok(Moved::Elsewhere),
            Err(error) if error.code() == ErrorCode::NotFound => {}
            Err(error) => return Err(error),
        }
        transaction.set_target(reference, to, None, message)?;
        transaction.commit()?;
        Ok(Moved::There)
    };
    match make() {
        Err(error) if error.code() == ErrorCode::Locked => Ok(Moved::Locked),
        made => made.map_err(GitError::git(format!("make {reference}"))),
    }
}
