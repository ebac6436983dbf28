//! What is recorded, as data.

use crate::codec::{choice, structure};
use crate::{StackNumbers, Unwinder};

/// What the engine `sites` recorded of one benchmark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    /// The benchmark's name within its bench target.
    pub name: String,
    /// How the stacks were taken.
    pub unwinder: Unwinder,
    /// Where executables and shared libraries were mapped.
    pub modules: Vec<MappedModule>,
    /// The stacks as a tree. The node with the number `node::FIRST + i` is at the index `i`, and each comes after the one
    /// outside of it.
    pub nodes: Vec<StackNode>,
    /// What was recorded, window by window.
    pub windows: Vec<CapturedWindow>,
}

/// A part of a file that was mapped to be executed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct MappedModule {
    /// The file.
    pub path: String,
    /// Its build id in hexadecimal digits; empty when it has none.
    pub build_id: String,
    /// The file's length in bytes; zero when it could not be looked at.
    pub file_length: u64,
    /// The first address.
    pub start: u64,
    /// The address after the last.
    pub limit: u64,
    /// The offset in the file of what is at `start`.
    pub file_offset: u64,
}

/// A stack: one return address, and the stack outside of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StackNode {
    /// The number of the node outside.
    pub parent: u32,
    /// Where the frame returns to.
    pub address: u64,
}

/// Which window was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum WindowKind {
    /// The first of the process.
    Cold,
    /// One after the warm-up.
    Steady,
}

/// What was recorded in one window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapturedWindow {
    /// Which window.
    pub kind: WindowKind,
    /// Highest live bytes minus live bytes at the start.
    pub peak_bytes: i64,
    /// Calls of the allocator.
    pub events: u64,
    /// Blocks for which there was no room, whose release was counted as that of an older block.
    pub lost_blocks: u64,
    /// What was counted for each stack.
    pub rows: Vec<CapturedRow>,
}

/// What was counted for one stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CapturedRow {
    /// The stack's node.
    pub node: u32,
    /// What was counted.
    pub numbers: StackNumbers,
}

impl CapturedWindow {
    /// The sum of everything that was counted.
    #[must_use]
    pub fn total(&self) -> StackNumbers {
        let mut total = StackNumbers::default();
        for row in &self.rows {
            total += row.numbers;
        }
        total
    }
}

structure!(answered MappedModule { path, build_id, file_length, start, limit, file_offset });
choice!(answered WindowKind { "cold" => Cold, "steady" => Steady } holding {});
