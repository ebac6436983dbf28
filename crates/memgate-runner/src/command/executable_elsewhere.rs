//! What a program's file is where nothing is preloaded into any: its processes alone say what it does.

use std::ffi::OsStr;

use memgate_report::command::{ExecutableFacts, ExecutableKind};

/// What the file of a program is: one that counts by itself, or is not seen.
pub(super) fn look_at_program(_: &OsStr) -> ExecutableFacts {
    ExecutableFacts {
        kind: ExecutableKind::NothingPreloaded,
        file: None,
        direct_allocator: None,
        has_global_allocator: false,
    }
}
