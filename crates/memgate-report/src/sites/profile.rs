//! What was recorded of one window, with symbols.

use std::sync::Arc;

use memgate_protocol::StackNumbers;

/// What was recorded of one window of one benchmark: every call stack with what was counted for it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    /// The objects that the frames lie in.
    pub modules: Vec<Module>,
    /// The stacks. No two have the same frames.
    pub stacks: Vec<RecordedStack>,
    /// What is counted for no stack: blocks from before the window that were freed or moved in it. Mostly negative.
    pub older: StackNumbers,
    /// What was counted when no more stacks could be told apart.
    pub beyond_limit: StackNumbers,
}

/// An executable or a shared library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// Its file.
    pub path: String,
    /// Its build id, in hexadecimal digits; empty when it has none.
    pub build_id: String,
    /// Where it was mapped, executable parts only: the first address, and the one after the last.
    pub start: u64,
    /// The address after the last.
    pub limit: u64,
    /// The offset in the file of what is mapped at `start`.
    pub file_offset: u64,
}

/// One call stack, and what was counted for it.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedStack {
    /// The physical frames, innermost first, without those of the allocator and of the harness. Shared, since stacks
    /// have most of their outer frames in common.
    pub frames: Vec<Arc<PhysicalFrame>>,
    /// Whether frames beyond the limit were cut off at the outer end.
    pub is_cut: bool,
    /// What was counted.
    pub numbers: StackNumbers,
}

/// A place in machine code: a call, and the functions that were inlined there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PhysicalFrame {
    /// The address in the process, of the call rather than of what follows it.
    pub address: u64,
    /// The index of the module, or none when the address lies in no known one.
    pub module: Option<usize>,
    /// The functions, innermost first; the last is the one that was not inlined. Never empty: without symbols there is
    /// one, named by its address.
    pub functions: Vec<Function>,
}

/// One function at a call.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Function {
    /// The full name, demangled, with generic arguments and without hashes.
    pub name: Arc<str>,
    /// The source file, as far as it is known: relative to the workspace's root for what lies in it.
    pub file: Option<Arc<str>>,
    /// The line of the call, from 1; 0 when it is not known.
    pub line: u32,
    /// Whose code it is.
    pub origin: Origin,
}

/// Whose code a function is, by where its source lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Origin {
    /// Under the workspace's root.
    Workspace,
    /// Another package's.
    Dependency,
    /// The standard library's, with what it is built from.
    Standard,
    /// Not known: C libraries, the loader, code without debug information.
    Unknown,
}
