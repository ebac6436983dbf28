//! Dependencies on memgate's packages, as a manifest has them.

use std::path::Path;

use toml_edit::{InlineTable, Value};

use super::choices::Source;
use super::relative::relative;

/// One of memgate's packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dependency {
    Runtime,
    CriterionFacade,
    DivanFacade,
    Runner,
}

/// What is compatible with this tool: it and the packages speak one protocol.
const VERSION: &str = concat!(env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR"));

impl Dependency {
    pub(super) fn package(self) -> &'static str {
        match self {
            Self::Runtime => "memgate",
            Self::CriterionFacade => "memgate-criterion",
            Self::DivanFacade => "memgate-divan",
            Self::Runner => "memgate-runner",
        }
    }

    /// Its folder within the repository.
    pub(super) fn folder(self) -> &'static str {
        match self {
            Self::Runtime => "",
            Self::CriterionFacade => "crates/memgate-criterion",
            Self::DivanFacade => "crates/memgate-divan",
            Self::Runner => "crates/memgate-runner",
        }
    }

    /// The key that says where it comes from, and its value, for a manifest in a folder.
    pub(super) fn origin(self, source: &Source, manifest_folder: &Path) -> (&'static str, String) {
        match source {
            Source::Published => ("version", VERSION.to_owned()),
            Source::Checkout(checkout) => {
                let place = checkout.join(self.folder());
                let absolute = || place.to_string_lossy().replace('\\', "/");
                ("path", relative(manifest_folder, &place).unwrap_or_else(absolute))
            }
        }
    }

    /// What stands right of `=` in a table of dependencies.
    pub(super) fn value(self, source: &Source, manifest_folder: &Path) -> Value {
        match self.origin(source, manifest_folder) {
            ("version", version) => version.into(),
            (key, origin) => Value::InlineTable(InlineTable::from_iter([(key, origin)])),
        }
    }
}
