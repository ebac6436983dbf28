//! How call stacks are taken.

use crate::codec::choice;

/// How a process took its call stacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Unwinder {
    /// By the chain of frame pointers, which agreed with the unwind tables at the start.
    FramePointers,
    /// By the unwind tables, because the frame pointers did not agree with them. Some fifty times slower.
    UnwindTables,
}

choice!(answered Unwinder { "frame_pointers" => FramePointers, "unwind_tables" => UnwindTables } holding {});
