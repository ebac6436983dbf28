//! Takes the call stack of the calling thread, from inside an allocator if need be.
//!
//! A piece by itself: it knows nothing of what a stack is taken for, has no state of its own, and imports nothing of the
//! engines. What it keeps from one walk to the next is a [`LastStack`], which its caller owns: one for each thread.
//!
//! ```text
//! LastStack::make_ready   once for each epoch and thread: the bounds within which frame records can lie
//! LastStack::walk         what of this stack is as it was last time, and what is new
//! LastStack::keep         remembers it, and gives the caller's number for the whole stack
//! ```
//!
//! From one walk to the next most of the outer frames stay. Each frame is remembered with a number that the caller chose for
//! the stack from there outwards, so that what is found unchanged, frame by frame, is neither hashed nor looked up.
//!
//! # What a caller can rely on
//! - Nothing here allocates, locks, panics or calls back, but for what [`LastStack::keep`] is given; so it can be called
//!   inside an allocator. The exceptions are for the start, when nothing is measured yet: [`trusted_unwinder`] allocates,
//!   and [`Bounds::of_this_thread`] may on the C library's side. Where [`trusted_unwinder`] says that frame pointers can't be
//!   trusted, the platform's unwinder is called, which takes locks of its own, and may allocate once.
//! - Memory is only read where this thread's stack is mapped: at aligned addresses from the stack pointer up to the end that
//!   the system tells, whatever the frame pointer's register holds and whatever lies where a frame record should be. Wrong
//!   frame records give wrong stacks, and nothing worse.
//! - A walk ends: each frame lies further out than the one before, and there are at most [`MOST_FRAMES`](last_stack::MOST_FRAMES).
//!
//! # What a caller has to keep
//! - A [`LastStack`] belongs to one walk at a time, from `walk` to the end of `keep`, and its bounds are those of the thread
//!   that walks. This is what makes [`LastStack::walk`] unsafe to call. A signal handler that allocates would break it, and
//!   breaks the allocators of C libraries as well.
//! - Frames that must not be seen are outside of the bounds; see [`Bounds::inside_of`].

mod bounds;
mod check;
#[expect(unsafe_code, reason = "reads registers and the stack")]
mod frame;
#[expect(unsafe_code, reason = "follows frame pointers through the stack")]
mod frame_pointers;
mod last_stack;
mod unwind;
mod unwind_tables;

pub(super) use bounds::Bounds;
pub use check::trusted_unwinder;
pub(super) use frame::frame_record;
pub(super) use last_stack::LastStack;

/// Whether call stacks can be taken on this platform.
pub(crate) const IS_SUPPORTED: bool =
    cfg!(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"), not(miri)));
