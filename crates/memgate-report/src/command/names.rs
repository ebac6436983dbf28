//! What programs are called.

use std::ffi::OsStr;
use std::path::Path;

use memgate_protocol::process_table::ProcessEntry;

/// A program as people know it: by the name that it was called by, and the file's where that is another one, as `sh (dash)`.
pub(super) fn program_name(entry: &ProcessEntry) -> String {
    let file = file_name(&entry.executable);
    // A login shell is called `-sh`.
    let called = entry.arguments.first().map(|word| file_name(word)).unwrap_or_default();
    let called = called.trim_start_matches('-').to_owned();
    match (called.is_empty(), file.is_empty()) {
        (true, true) => format!("process {}", entry.process),
        (true, false) => file,
        (false, true) => called,
        (false, false) if called == file => file,
        (false, false) => format!("{called} ({file})"),
    }
}

/// The last part of a path, or all of it.
pub(super) fn file_name(path: &OsStr) -> String {
    Path::new(path).file_name().unwrap_or(path).to_string_lossy().into_owned()
}
