//! Why a project can't be set up.

use std::path::PathBuf;

/// Why a project can't be set up. A file that is in the way is no error; see [`Action::Conflict`](super::Action).
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// There are several packages, and none is the obvious one.
    #[error("which package is to get the benchmarks? Say it with --package NAME; there {} {}", are(.candidates), .candidates.join(", "))]
    WhichPackage {
        /// Their names.
        candidates: Vec<String>,
    },
    /// There is no such package.
    #[error("no package `{name}` in the workspace{}", hint(.nearest.as_deref()))]
    UnknownPackage {
        /// What was asked for.
        name: String,
        /// What is there.
        nearest: Option<String>,
    },
    /// The folder is no checkout of memgate.
    #[error("--path {path}: {problem}; name the folder of memgate's own repository")]
    NoCheckout {
        /// What was asked for.
        path: String,
        /// Why it is none.
        problem: String,
    },
    /// A file is not what cargo, which has read it, takes it for.
    #[error("failed to understand {path}: {problem}")]
    Toml {
        /// The file, relative to the workspace's root.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Files are in the way.
    #[error("nothing was written, because of what is in the way: {}", .paths.join(", "))]
    InTheWay {
        /// Which, relative to the workspace's root.
        paths: Vec<String>,
    },
    /// Cargo can't read the workspace.
    #[error(transparent)]
    Cargo(#[from] crate::cargo::CargoError),
    /// A file can't be read.
    #[error("failed to read {path}: {problem}", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        problem: std::io::Error,
    },
}

/// Why a plan can't be carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WriteError {
    /// A file or folder can't be read or written.
    #[error("failed to {action} {path}: {problem}", path = path.display())]
    File {
        /// What was attempted, as in "failed to …".
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        problem: std::io::Error,
    },
    /// Somebody has worked on, between the question and its answer.
    #[error("{path} was changed while the question stood; nothing was written, ask again")]
    Changed {
        /// The file, relative to the workspace's root.
        path: String,
    },
    /// The user pressed Ctrl-C.
    #[error("interrupted")]
    Interrupted,
}

impl WriteError {
    /// A function for `map_err` that says what was attempted, and where.
    pub(super) fn file(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |problem| Self::File { action, path, problem }
    }
}

impl InitError {
    /// Whether the command line is to blame.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::WhichPackage { .. } | Self::UnknownPackage { .. } | Self::NoCheckout { .. })
    }
}

fn are(candidates: &[String]) -> &'static str {
    if candidates.len() == 1 { "is" } else { "are" }
}

fn hint(nearest: Option<&str>) -> String {
    nearest.map(|nearest| format!("; did you mean `{nearest}`?")).unwrap_or_default()
}
