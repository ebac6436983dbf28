//! A plan while it is made: TOML files that several steps edit, whole files, and what is in the way.

use std::collections::BTreeMap;

use toml_edit::DocumentMut;

use super::error::InitError;
use super::file_plan::{Action, FilePlan};
use super::found::Found;
use super::line_ends::{dressed, plain, same};

/// A plan while it is made.
pub(super) struct Draft<'a> {
    pub(super) found: &'a Found,
    documents: BTreeMap<String, DocumentMut>,
    files: Vec<FilePlan>,
    refusals: Vec<(String, String)>,
    pub(super) notes: Vec<String>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(found: &'a Found) -> Self {
        Self { found, documents: BTreeMap::new(), files: Vec::new(), refusals: Vec::new(), notes: Vec::new() }
    }

    /// A TOML file to edit; empty when it is not there yet. The same one for every step.
    pub(super) fn document(&mut self, path: &str) -> Result<&mut DocumentMut, InitError> {
        let text = self.found.text(path).map(plain).unwrap_or_default();
        match self.documents.entry(path.to_owned()) {
            std::collections::btree_map::Entry::Occupied(entry) => Ok(entry.into_mut()),
            std::collections::btree_map::Entry::Vacant(entry) => {
                let document = text.parse().map_err(|error: toml_edit::TomlError| InitError::Toml {
                    path: path.to_owned(),
                    problem: error.to_string().trim_end().to_owned(),
                })?;
                Ok(entry.insert(document))
            }
        }
    }

    /// A file that `init` writes whole. Another one in its place is in the way.
    pub(super) fn file(&mut self, path: &str, text: String, advice: &str) {
        let action = match self.found.text(path) {
            None => Action::Create { text },
            Some(there) if same(there, &text) => Action::Keep,
            Some(there) => {
                Action::Conflict { difference: Some((there.to_owned(), text)), advice: advice.to_owned() }
            }
        };
        self.files.push(FilePlan { path: path.to_owned(), action });
    }

    /// A file that is the user's own once it is there, whatever it says.
    pub(super) fn keep(&mut self, path: &str) {
        self.files.push(FilePlan { path: path.to_owned(), action: Action::Keep });
    }

    /// What is there can't be edited; the user has to.
    pub(super) fn refuse(&mut self, path: &str, advice: impl Into<String>) {
        self.refusals.push((path.to_owned(), advice.into()));
    }

    /// The changes of files: what was edited first, in the order of the paths.
    pub(super) fn finish(self) -> Vec<FilePlan> {
        let refused = self
            .refusals
            .into_iter()
            .map(|(path, advice)| FilePlan { path, action: Action::Conflict { difference: None, advice } });
        let mut files: Vec<FilePlan> = refused.collect();
        for (path, document) in &self.documents {
            if files.iter().any(|file| file.path == *path) {
                continue;
            }
            let edited = document.to_string();
            let action = match self.found.text(path) {
                None => Action::Create { text: edited },
                Some(before) => {
                    let after = dressed(before, &edited);
                    if before == after {
                        Action::Keep
                    } else {
                        Action::Change { before: before.to_owned(), after }
                    }
                }
            };
            files.push(FilePlan { path: path.clone(), action });
        }
        files.extend(self.files);
        files
    }
}
