//! Git repositories: the few things that are read from them, and the notes that are written.

mod base;
mod checkout;
#[cfg(target_os = "linux")]
mod content;
mod entry_name;
mod error;
mod first_parents;
mod line;
mod lock;
mod lock_holder;
mod notes;
#[cfg(test)]
mod notes_tests;
mod repository;
mod revision;
mod submodules;
mod suggestion;
#[cfg(test)]
pub(crate) mod tests_support;
mod tree;
mod working_files;

pub(crate) use base::{BaseRevision, find_base};
pub(crate) use checkout::{NotWritten, freshen, write_files};
#[cfg(target_os = "linux")]
pub(crate) use content::content_id;
pub(crate) use error::GitError;
pub(crate) use first_parents::{
    ancestors, changed_files, first_parents, last_change_of, reachable, remote_address, tags,
};
pub(crate) use git2::Oid;
pub(crate) use line::first_parent_line;
pub(crate) use lock_holder::LockHolder;
pub(crate) use notes::{NOTES_REFERENCE, NoteChanges, Notes, change_notes};
pub(crate) use repository::Repository;
pub(crate) use revision::{CommitSummary, Revision, resolve, short, summary};
pub(crate) use submodules::changed_submodules;
pub(crate) use tree::{file_at, files_below, folder_id, has_entry};
pub(crate) use working_files::write_working_files;
