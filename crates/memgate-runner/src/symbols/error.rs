//! Why recorded addresses can't be given names.

use std::path::PathBuf;

/// Why a capture can't be given symbols.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SymbolError {
    /// The executable is not the one that was measured any more.
    #[error(
        "{path} is not the executable that was measured (its {what} was {measured} and is {found}); it was built anew \
         meanwhile: measure again",
        path = path.display()
    )]
    OtherExecutable {
        /// The executable.
        path: PathBuf,
        /// By what it was told.
        what: &'static str,
        /// What it was.
        measured: String,
        /// What it is.
        found: String,
    },
    /// The capture has no window of the kind.
    #[error("the process recorded no such window")]
    NoWindow,
}
