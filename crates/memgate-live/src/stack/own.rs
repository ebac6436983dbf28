//! The calling thread's stack.

use std::cell::Cell;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

use memgate_stacks::{Bounds, are_kept, take_return_addresses};

/// How many frames are taken of one stack, from the inner end.
pub(crate) const MOST_FRAMES: usize = 128;

thread_local! {
    /// Where frame records of this thread can lie, once it is known. Constant and without a destructor.
    static BOUNDS: Cell<Option<Bounds>> = const { Cell::new(None) };
}

/// Whether this program keeps frame pointers.
static FRAME_POINTERS: AtomicU8 = AtomicU8::new(UNKNOWN);
const UNKNOWN: u8 = 0;
const KEPT: u8 = 1;
const NOT_KEPT: u8 = 2;

/// Puts down the return addresses of the calling thread's stack, from the frame record at `frame` outwards; gives how many. None where the
/// program keeps no frame pointers. Not for signal handlers: what is asked once for each thread may allocate in the C library.
pub(crate) fn take(frame: u64, frames: &mut [u64]) -> usize {
    let bounds = if has_frame_pointers() { bounds() } else { Bounds::NONE };
    // SAFETY: the bounds are of this thread's stack, or none.
    unsafe { take_return_addresses(bounds, frame, frames) }
}

/// Whether this program keeps frame pointers, as it was found out when it was asked first. Without them, there are no stacks:
/// whatever lies where a frame pointer should be would lead to wrong ones.
pub(crate) fn has_frame_pointers() -> bool {
    match FRAME_POINTERS.load(Relaxed) {
        UNKNOWN => {
            // SAFETY: the bounds are of this thread's stack.
            let are_kept = unsafe { are_kept(bounds()) };
            FRAME_POINTERS.store(if are_kept { KEPT } else { NOT_KEPT }, Relaxed);
            are_kept
        }
        found => found == KEPT,
    }
}

/// Where frame records of the calling thread can lie.
fn bounds() -> Bounds {
    BOUNDS.get().unwrap_or_else(|| {
        // The C library may allocate meanwhile, from its own allocator; and reads `/proc/self/maps` in the main thread.
        let bounds = Bounds::of_this_thread();
        BOUNDS.set(Some(bounds));
        bounds
    })
}
