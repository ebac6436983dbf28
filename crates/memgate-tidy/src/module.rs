//! One module, as its own text says.

use std::collections::BTreeSet;

/// A path in a source, as it stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    /// Its segments; a glob ends in `*`.
    pub(crate) path: Vec<String>,
    /// The line, counted from 1.
    pub(crate) line: usize,
    /// The name that it is imported under; none for a path within code.
    pub(crate) imported_as: Option<String>,
}

/// What a module's text has outside of tests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Module {
    /// Its file, relative to the package's folder of sources.
    pub(crate) file: String,
    /// The modules in it.
    pub(crate) children: BTreeSet<String>,
    /// The names that it defines itself.
    pub(crate) items: BTreeSet<String>,
    /// What it defines besides lists of modules and imports, with lines: what a room's file should not have.
    pub(crate) definitions: Vec<(String, usize)>,
    /// Imports, and paths within code.
    pub(crate) references: Vec<Reference>,
}
