//! What the user wants.

use std::path::PathBuf;

/// What the user wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Choices {
    /// A package `xtask` that pins the tool, for `cargo xtask memgate`; else the installed `cargo memgate`.
    pub xtask: bool,
    /// The workflows for GitHub.
    pub workflows: bool,
    /// Also the workflow that records the history, which may write to the repository.
    pub history: bool,
    /// Put a facade in the place of criterion or divan where there are benchmarks of them; else a bench target of its own.
    pub facade: bool,
    /// Where memgate's packages come from.
    pub source: Source,
}

impl Choices {
    /// How the tool is called once the project is set up.
    #[must_use]
    pub(crate) fn command(&self) -> &'static str {
        if self.xtask { "cargo xtask memgate" } else { "cargo memgate" }
    }
}

/// Where memgate's packages come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The registry.
    Published,
    /// A checkout of memgate's repository, by its absolute path.
    Checkout(PathBuf),
}
