//! The event that a workflow runs for.

use std::path::Path;

use memgate_report::comment::{Event, parse_event};
use memgate_report::format::FormatError;

use crate::error::Error;
use crate::store::read_named;

/// Far above what GitHub sends.
const MAXIMUM_EVENT_BYTES: u64 = 1 << 26;

/// Reads the file that `GITHUB_EVENT_PATH` names.
///
/// # Errors
/// When it can't be read, or is no event.
pub(crate) fn read_event(path: &Path) -> Result<Event, Error> {
    let text = read_named(path, MAXIMUM_EVENT_BYTES).map_err(std::io::Error::from);
    let text = text.and_then(|bytes| String::from_utf8(bytes).map_err(std::io::Error::other));
    parse_event(&text.map_err(Error::file("read", path))?).map_err(|problem| Error::Input {
        path: path.to_path_buf(),
        problem: FormatError::Unsound(format!("it is no event of GitHub's: {problem}")),
    })
}
