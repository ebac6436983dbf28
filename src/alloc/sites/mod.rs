//! The engine `sites`: the metrics by call stack.
//!
//! An event of the allocator takes this way:
//!
//! 1. [`walk`] follows the frame pointers and compares them with the stack that this thread had last ([`last_stack`]);
//!    what is the same is not looked up again.
//! 2. [`tree`] interns what is new: a tree of return addresses, so that a stack is one number, and two stacks are the
//!    same only if every frame is.
//! 3. [`recorder`], under one lock, adds the event to the stack's row ([`rows`]), keeps the peak, and remembers which
//!    stack a block belongs to ([`blocks`]).
//!
//! All tables lie in memory that is reserved before the first window ([`memory`]), straight from `System`: nothing here
//! allocates, and what no longer fits is counted and reported.

mod blocks;
mod check;
mod last_stack;
mod lock;
#[expect(unsafe_code, reason = "reserves memory for the tables, outside of the global allocator")]
mod memory;
mod recorder;
mod recording;
mod rows;
mod tables;
mod tree;
#[expect(unsafe_code, reason = "calls the platform's unwinder and asks for the bounds of a thread's stack")]
mod unwind;
#[expect(unsafe_code, reason = "follows frame pointers through the stack")]
mod walk;

pub use check::trusted_unwinder;
pub(super) use recorder::{before_realloc, on_alloc, on_dealloc, on_realloc, on_realloc_failed};
pub(crate) use recording::{Recorded, Recording};
pub(crate) use tables::Capacity;
pub(crate) use tree::nodes;

/// Takes all locks from their holders, in the child of a fork. What they were about to change may be half changed, so nothing
/// is recorded there any more.
#[cfg(all(unix, not(miri)))]
pub(super) fn release_locks_in_fork() {
    recorder::EVENTS.release_in_fork();
    last_stack::SHARED.release_in_fork();
    tree::GROWING.release_in_fork();
}

/// Whether call stacks can be taken on this platform.
pub(crate) const IS_SUPPORTED: bool =
    cfg!(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"), not(miri)));
