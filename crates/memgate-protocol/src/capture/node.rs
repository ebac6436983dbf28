//! Numbers of nodes. Those below [`FIRST`] are not in the file, and stand for something.

/// The stack with no frames.
pub const ROOT: u32 = 0;
/// No stack: blocks from before the window.
pub const OLDER: u32 = 1;
/// Every stack that found no room.
pub const BEYOND_LIMIT: u32 = 2;
/// The outer end of a stack that was deeper than the limit.
pub const CUT: u32 = 3;
/// The first node of the file.
pub const FIRST: u32 = 4;
