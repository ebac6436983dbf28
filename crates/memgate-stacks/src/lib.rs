//! Takes the call stack of the calling thread, from inside an allocator if need be.
//!
//! It knows nothing of what a stack is taken for, and has no state of its own. There are two ways to take one:
//! [`take_return_addresses`] puts it down as it is, for whoever takes few of them; and a [`LastStack`] keeps what is needed from one
//! walk to the next, for whoever takes one at every call of an allocator. Its caller owns it: one for each thread.
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
//! A signal handler takes the stack that it interrupts by `take_interrupted`, behind the feature `mapped`.
//!
//! A [`SpinLock`] is what its callers guard their tables with, since no lock of std may be taken there.
//!
//! # What a caller can rely on
//! - Nothing here allocates, locks, panics or calls back, but for what [`LastStack::keep`] is given; so it can be called
//!   inside an allocator. The exceptions are for the start, when nothing is measured yet: [`agrees_with_unwind_tables`]
//!   allocates, and [`Bounds::of_this_thread`] may on the C library's side (`Bounds::as_mapped`, behind the feature `mapped`, never does). A [`LastStack`] with the bounds [`Bounds::NONE`], which is for
//!   where frame pointers can't be trusted, calls the platform's unwinder, which takes locks of its own, and may allocate once.
//!   [`take_return_addresses`] never does.
//! - What it asks the system leaves the number of the thread's last error as it was.
//! - Memory is only read where this thread's stack is mapped: at aligned addresses from the stack pointer up to the end that
//!   the system tells, whatever the frame pointer's register holds and whatever lies where a frame record should be. Wrong
//!   frame records give wrong stacks, and nothing worse.
//! - A walk ends: each frame lies further out than the one before, and there are at most [`MOST_FRAMES`].
//!
//! # What a caller has to keep
//! - A [`LastStack`] belongs to one walk at a time, from `walk` to the end of `keep`, and its bounds are those of the thread
//!   that walks. This is what makes [`LastStack::walk`] unsafe to call. A signal handler that allocates would break it, and
//!   breaks the allocators of C libraries as well.
//! - Frames that must not be seen are outside of the bounds; see [`Bounds::inside_of`].
//!
//! # Stability
//! None is promised: this is a part of memgate, which asks for its exact version.

mod bounds;
mod check;
#[expect(unsafe_code, reason = "reads registers and the stack")]
mod frame;
#[expect(unsafe_code, reason = "follows frame pointers through the stack")]
mod frame_pointers;
#[cfg(feature = "mapped")]
#[expect(unsafe_code, reason = "reads registers that a signal handler is given, and the stack")]
mod interrupted;
#[expect(unsafe_code, reason = "follows frame pointers through the stack")]
mod kept;
mod last_error;
mod last_stack;
#[expect(unsafe_code, reason = "gives what it guards to one holder at a time")]
mod lock;
#[cfg(feature = "mapped")]
#[cfg_attr(
    all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"), not(miri)),
    expect(unsafe_code, reason = "reads a file by the C library's functions, and a register")
)]
mod mapped;
mod unwind;
mod unwind_tables;

pub use bounds::Bounds;
pub use check::agrees_with_unwind_tables;
pub use frame::frame_record;
pub use frame_pointers::take_return_addresses;
#[cfg(feature = "mapped")]
pub use interrupted::{Interrupted, take_interrupted};
pub use kept::are_kept;
pub use last_stack::{LastStack, MOST_FRAMES, Walked};
pub use lock::{Held, SpinLock};

/// Whether call stacks can be taken on this platform.
pub const IS_SUPPORTED: bool =
    cfg!(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"), not(miri)));
