//! How stacks are taken in this process.

use memgate_protocol::Unwinder;

/// By frame pointers where they lead where the unwind tables do, and by the tables otherwise.
///
/// A word of the protocol, which the package that takes stacks does not know. Not for use while anything is measured: it
/// allocates.
#[must_use]
pub fn trusted_unwinder() -> Unwinder {
    if memgate_stacks::agrees_with_unwind_tables() { Unwinder::FramePointers } else { Unwinder::UnwindTables }
}
