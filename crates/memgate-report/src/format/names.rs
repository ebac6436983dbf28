//! Names that somebody else wrote.

use memgate_protocol::{NameError, check_name};

use super::{FormatError, is_invisible};

/// Longer names are refused, in characters.
const LONGEST_NAME: usize = 1_000;

/// Checks the name of a benchmark.
pub(super) fn check_benchmark(name: &str) -> Result<(), FormatError> {
    check_name(name)
        .map_err(|error| FormatError::Unsound(format!("{name:?} is no name of a benchmark: {error}")))
}

/// Checks the name of a benchmark: nothing in it is hidden, and it ends somewhere.
pub(crate) fn check_foreign_name(name: &str) -> Result<(), FormatError> {
    let unsound =
        |error: &dyn std::fmt::Display| FormatError::Unsound(format!("{name:?} is no name: {error}"));
    check_name(name).map_err(|error| unsound(&error))?;
    if let Some(character) = name.chars().find(|character| is_invisible(*character)) {
        return Err(unsound(&NameError::Control(character)));
    }
    if name.chars().nth(LONGEST_NAME).is_some() {
        return Err(unsound(&format_args!("it is longer than {LONGEST_NAME} characters")));
    }
    Ok(())
}

/// Checks the name of a target triple, of a package or of a bench target, which becomes a folder or a word of a command.
pub(crate) fn check_part(name: &str) -> Result<(), FormatError> {
    check_foreign_name(name)?;
    if is_file_name(name) && !name.starts_with('-') {
        return Ok(());
    }
    Err(FormatError::Unsound(format!("{name:?} is no name of a target triple, package or bench target")))
}

/// Whether a name is that of one file or folder, on every system.
pub fn is_file_name(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', ':', '\0'])
}
