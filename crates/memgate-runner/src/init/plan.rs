//! The plan: what to do with each file.

use super::choices::{Choices, Source};
use super::error::InitError;
use super::found::Found;
use super::members::exclude;
use super::relative::relative;
use super::{alias, bench_target, draft::Draft, facade, ownership, workflows, xtask};
use crate::config::parse_config;

/// What setting a project up would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// File by file.
    pub files: Vec<FilePlan>,
    /// What the user should know, sentence by sentence.
    pub notes: Vec<String>,
}

/// What to do with one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePlan {
    /// Where it is, relative to the workspace's root, with slashes.
    pub path: String,
    /// What to do with it.
    pub action: Action,
}

/// What to do with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// It is not there yet.
    Create {
        /// Its text.
        text: String,
    },
    /// It is edited.
    Change {
        /// Its text.
        before: String,
        /// Its text afterwards.
        after: String,
    },
    /// It is as it should be, or the user's own.
    Keep,
    /// It is in the way, and not touched; nothing else is then either.
    Conflict {
        /// Its text and what would have been written, when that is the whole file.
        difference: Option<(String, String)>,
        /// What the user can do.
        advice: String,
    },
}

impl Plan {
    /// Whether a file is in the way.
    #[must_use]
    pub fn has_conflicts(&self) -> bool {
        self.files.iter().any(|file| matches!(file.action, Action::Conflict { .. }))
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.files.iter().all(|file| file.action == Action::Keep)
    }

    /// The files to write, with their texts.
    pub fn writes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().filter_map(|file| match &file.action {
            Action::Create { text } => Some((file.path.as_str(), text.as_str())),
            Action::Change { after, .. } => Some((file.path.as_str(), after.as_str())),
            Action::Keep | Action::Conflict { .. } => None,
        })
    }
}

/// The commented configuration that a project begins with.
const CONFIGURATION: &str = include_str!("templates/memgate.toml");

/// Plans what sets a project up.
///
/// # Errors
/// When a file is not what cargo takes it for.
pub fn plan(found: &Found, choices: &Choices) -> Result<Plan, InitError> {
    let mut draft = Draft::new(found);
    if !(choices.facade && facade::plan(&mut draft, choices)?) {
        bench_target::plan(&mut draft, choices)?;
    }
    let xtask_folder = if choices.xtask {
        let folder = xtask::plan(&mut draft, choices)?;
        alias::plan(&mut draft)?;
        Some(folder)
    } else {
        None
    };
    // GitHub reads workflows in the root of a repository alone.
    let is_root = found.in_repository.as_os_str().is_empty();
    if choices.workflows && is_root {
        workflows::plan(&mut draft, choices, xtask_folder.as_deref());
        draft.notes.extend(workflows::note_of_host(found.host.as_deref()));
    } else if choices.workflows {
        draft.notes.push(format!(
            "No workflows are written: GitHub reads them in the root of the repository alone, and this workspace lies in \
             {}. docs/GITHUB.md has them; give their steps this `working-directory`.",
            found.in_repository.display()
        ));
    }
    if let Source::Checkout(checkout) = &choices.source
        && relative(&found.root, checkout).is_none_or(|inside| inside.starts_with(".."))
    {
        draft.notes.push(format!(
            "The packages come from {}, which is outside of this project: CI and other people need it in the same place.",
            checkout.display()
        ));
    }
    match found.text("memgate.toml").map(parse_config) {
        None => draft.file("memgate.toml", CONFIGURATION.to_owned(), ""),
        Some(Ok(_)) => draft.keep("memgate.toml"),
        Some(Err(problem)) => draft.refuse("memgate.toml", format!("it is wrong in line {problem}")),
    }
    if let Source::Checkout(checkout) = &choices.source
        && let Some(inside) = relative(&found.root, checkout)
        && !inside.starts_with("..")
        && let Err(problem) = exclude(draft.document("Cargo.toml")?, &inside)
    {
        draft.refuse("Cargo.toml", problem);
    }
    ownership::note(&mut draft, xtask_folder.as_deref());
    let notes = std::mem::take(&mut draft.notes);
    Ok(Plan { files: draft.finish(), notes })
}
