//! `history prune`: drop what nobody needs any more.

use std::io::IsTerminal;

use memgate_report::history::Note;

use super::arguments::PlaceArguments;
use crate::cli::init::is_agreed;
use crate::cli::output::write_stdout;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::git::{
    GitError, NOTES_REFERENCE, NoteChanges, Notes, ancestors, change_notes, reachable, resolve,
};

/// Drop records that nobody needs any more. Shows how many, and asks.
#[derive(Clone, Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true).multiple(true))]
pub(super) struct PruneArguments {
    /// Those of commits that no branch and no tag leads to, as a rewritten history leaves them
    #[arg(long, group = "what")]
    unreachable: bool,
    /// Those of the ancestors of a revision
    #[arg(long, value_name = "REV", group = "what")]
    before: Option<String>,
    /// Lines that are no records. Those of a newer memgate stay
    #[arg(long, group = "what")]
    garbage: bool,
    /// Drop without asking
    #[arg(short, long)]
    yes: bool,
    /// Show what would be dropped, and drop nothing
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    #[command(flatten)]
    place: PlaceArguments,
}

pub(super) fn prune(arguments: &PruneArguments) -> Result<ExitCode, Error> {
    let repository = arguments.place.repository()?;
    let kept = if arguments.unreachable { Some(reachable(&repository)?) } else { None };
    let old = match &arguments.before {
        Some(revision) => ancestors(&repository, resolve(&repository, revision)?.commit)?,
        None => std::collections::HashSet::new(),
    };
    let changes = |notes: &Notes<'_>| -> Result<NoteChanges, GitError> {
        let mut changes = NoteChanges::new();
        for commit in notes.commits() {
            if old.contains(&commit) || kept.as_ref().is_some_and(|kept| !kept.contains(&commit)) {
                changes.insert(commit, None);
            } else if arguments.garbage {
                let mut note = Note::of_text(&notes.text(commit)?.unwrap_or_default());
                if note.drop_garbage() {
                    changes.insert(commit, (!note.is_empty()).then(|| note.text()));
                }
            }
        }
        Ok(changes)
    };
    let planned = changes(&Notes::read(&repository, NOTES_REFERENCE)?)?;
    let dropped = planned.values().filter(|text| text.is_none()).count();
    let cleaned = planned.len() - dropped;
    write_stdout(&format!(
        "Notes to drop: {dropped}. Notes to rid of lines that are no records: {cleaned}.\n"
    ))?;
    if planned.is_empty() || arguments.dry_run {
        return Ok(ExitCode::Passed);
    }
    if !arguments.yes {
        if !(std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
            return Err(Error::Usage(
                "nothing was dropped, because nobody can be asked; add --yes".to_owned(),
            ));
        }
        if !is_agreed("Drop them?", std::io::stdin().lock(), std::io::stderr()) {
            return Err(Error::Usage("nothing was dropped".to_owned()));
        }
    }
    change_notes(&repository, NOTES_REFERENCE, "memgate: prune\n", None, changes)?;
    write_stdout(&format!("To share it: git push origin {NOTES_REFERENCE}\n"))?;
    Ok(ExitCode::Passed)
}
