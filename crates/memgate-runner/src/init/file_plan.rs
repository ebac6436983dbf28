//! What to do with each file.

/// What setting a project up would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// File by file.
    pub files: Vec<FilePlan>,
    /// What the user should know, sentence by sentence.
    pub notes: Vec<String>,
}

/// What to do with one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FilePlan {
    /// Where it is, relative to the workspace's root, with slashes.
    pub path: String,
    /// What to do with it.
    pub action: Action,
}

/// What to do with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
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
    pub(crate) fn has_conflicts(&self) -> bool {
        self.files.iter().any(|file| matches!(file.action, Action::Conflict { .. }))
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub(crate) fn is_done(&self) -> bool {
        self.files.iter().all(|file| file.action == Action::Keep)
    }

    /// The files to write, with their texts.
    pub(crate) fn writes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().filter_map(|file| match &file.action {
            Action::Create { text } => Some((file.path.as_str(), text.as_str())),
            Action::Change { after, .. } => Some((file.path.as_str(), after.as_str())),
            Action::Keep | Action::Conflict { .. } => None,
        })
    }
}
