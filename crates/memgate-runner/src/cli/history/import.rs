//! `history import`: add what others recorded.

use std::path::PathBuf;

use memgate_report::history::Note;

use super::arguments::PlaceArguments;
use crate::cli::output::write_stdout;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::git::{GitError, NOTES_REFERENCE, NoteChanges, Notes, Repository, change_notes};

/// Add the records of another notes reference or of another repository. Nothing that is there is changed.
///
/// When others have pushed meanwhile, so that git refuses to fetch or push:
///
///   git fetch origin +refs/notes/memgate:refs/notes/memgate-origin
///
///   cargo memgate history import --reference refs/notes/memgate-origin
///
///   git push origin refs/notes/memgate
#[derive(Clone, Debug, clap::Args)]
pub(super) struct ImportArguments {
    /// Another repository [default: this one]
    #[arg(value_name = "REPOSITORY", required_unless_present = "reference")]
    repository: Option<PathBuf>,
    /// The notes reference that is read
    #[arg(long, value_name = "REF", default_value = NOTES_REFERENCE)]
    reference: String,
    #[command(flatten)]
    place: PlaceArguments,
}

pub(super) fn import(arguments: &ImportArguments) -> Result<ExitCode, Error> {
    let repository = arguments.place.repository()?;
    let other = arguments.repository.as_deref().map(Repository::at).transpose()?;
    let source = Notes::read(other.as_ref().unwrap_or(&repository), &arguments.reference)?;
    let Some(tip) = source.tip() else {
        return Err(Error::Usage(format!("there are no notes under {}", arguments.reference)));
    };
    // A commit of this repository becomes a parent, so that what was merged can be pushed over it.
    let merged = other.is_none().then_some(tip);
    let message = format!("memgate: import {}\n", arguments.reference);
    let mut commits = 0;
    change_notes(&repository, NOTES_REFERENCE, &message, merged, |notes| {
        let mut changes = NoteChanges::new();
        for commit in source.commits() {
            let mut note = Note::of_text(&notes.text(commit)?.unwrap_or_default());
            if note.merge(&Note::of_text(&source.text(commit)?.unwrap_or_default())) {
                changes.insert(commit, Some(note.text()));
            }
        }
        commits = changes.len();
        Ok::<NoteChanges, GitError>(changes)
    })?;
    write_stdout(&format!("Commits with new records: {commits}.\n"))?;
    Ok(ExitCode::Passed)
}
