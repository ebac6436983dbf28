//! The calling thread's stack.

use std::cell::Cell;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

use memgate_stacks::{Bounds, are_kept, take_return_addresses};

/// How many frames are taken of one stack, from the inner end.
pub(crate) const MOST_FRAMES: usize = 128;

thread_local! {
    /// Where frame records of this thread can lie, once it is known. Constant and without a destructor.
    static BOUNDS: Cell<Option<Bounds>> = const { Cell::new(None) };
    /// How often this thread has looked for them in vain.
    static LOOKS: Cell<u8> = const { Cell::new(0) };
}

/// A thread that is on another stack each time, as one that only runs coroutines, looks no more after this: it takes longer than a sample.
const MOST_LOOKS: u8 = 16;

/// Whether stacks can be taken on this platform at all, however a program is built.
const CAN_BE_TAKEN: bool =
    cfg!(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"), not(miri)));

/// What is said of a profile whose samples have no stacks.
pub(crate) const WHY_THERE_ARE_NONE: &str = if CAN_BE_TAKEN {
    "this program has no frame pointers, so that samples have no stacks: build it with RUSTFLAGS=\"-C force-frame-pointers=yes\""
} else {
    "samples have no stacks, which can't be taken on this platform"
};

/// Whether this program keeps frame pointers.
static FRAME_POINTERS: AtomicU8 = AtomicU8::new(UNKNOWN);
const UNKNOWN: u8 = 0;
const KEPT: u8 = 1;
const NOT_KEPT: u8 = 2;

/// Puts down the return addresses of the calling thread's stack, from the frame record at `frame` outwards; gives how many. None where the
/// program keeps no frame pointers. Neither allocates nor locks where
/// the system says what is mapped.
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
            let bounds = bounds();
            // SAFETY: the bounds are of this thread's stack, or none.
            let are_kept = unsafe { are_kept(bounds) };
            // Of a stack whose bounds are unknown, nothing is known.
            if bounds != Bounds::NONE {
                FRAME_POINTERS.store(if are_kept { KEPT } else { NOT_KEPT }, Relaxed);
            }
            are_kept
        }
        found => found == KEPT,
    }
}

/// Where frame records of the calling thread can lie.
fn bounds() -> Bounds {
    BOUNDS.get().unwrap_or_else(|| {
        // Not from the C library, which takes a lock and allocates: this may be a signal handler that has interrupted just that. Where the
        // system does not say, it is asked all the same, since there would be no stacks at all otherwise.
        let bounds = Bounds::as_mapped().unwrap_or_else(Bounds::of_this_thread);
        let looks = LOOKS.get().saturating_add(1);
        LOOKS.set(looks);
        // On a stack that is not the thread's own, the next one may find it.
        if bounds != Bounds::NONE || looks >= MOST_LOOKS {
            BOUNDS.set(Some(bounds));
        }
        bounds
    })
}
