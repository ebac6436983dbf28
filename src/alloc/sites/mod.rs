//! The engine `sites`: the metrics by call stack.
//!
//! An event of the allocator takes this way:
//!
//! 1. [`hooks`] is called by the allocator, and finds the process's [`Tables`](tables::Tables).
//! 2. [`memgate_stacks`] follows the frame pointers and compares them with the stack that this thread had last
//!    ([`last_stacks`]); what is the same is not looked up again.
//! 3. [`tree`] interns what is new: a tree of return addresses, so that a stack is one number, and two stacks are the
//!    same only if every frame is.
//! 4. [`events`], under one lock, adds the event to the stack's row ([`rows`]), keeps the [`peak`], and remembers which
//!    stack a block belongs to ([`blocks`]).
//!
//! Each table is a value that owns its memory, reserved before the first window ([`memory`]), straight from `System`: nothing
//! here allocates, and what no longer fits is counted and reported. A lock owns what it guards ([`SpinLock`](memgate_stacks::SpinLock)). The one static is
//! the process's own tables ([`process`]); a test of ours makes its own, and so does a user's ([`thread_recording`]).

mod blocks;
mod capacity;
#[cfg(feature = "preloaded")]
mod command_recording;
mod events;
mod growth;
mod hooks;
mod last_stacks;
#[expect(unsafe_code, reason = "reserves memory for the tables, outside of the global allocator")]
mod memory;
mod peak;
#[expect(unsafe_code, reason = "takes locks from their holders in a fork")]
mod process;
mod recording;
mod row;
mod rows;
mod tables;
#[cfg(any(test, feature = "assertions"))]
mod thread_recording;
mod tree;
mod window;

pub(crate) use capacity::Capacity;
#[cfg(feature = "preloaded")]
pub use command_recording::CommandRecording;
pub(super) use hooks::{before_realloc, on_alloc, on_dealloc, on_realloc, on_realloc_failed};
pub(crate) use recording::{Recorded, Recording};
#[cfg(any(test, feature = "assertions"))]
pub(crate) use thread_recording::ThreadRecording;
#[cfg(feature = "assertions")]
pub(crate) use thread_recording::{ThreadRecorded, Which};
