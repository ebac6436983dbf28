//! The window that is recorded: which frames are its own.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64};

use memgate_protocol::Unwinder;
use memgate_stacks::Bounds;

/// The window that is recorded, or was last. Opened while nothing is recorded; read by every thread that is.
#[derive(Debug, Default)]
pub(super) struct Window {
    /// Counts the windows, from one.
    number: AtomicU32,
    /// Whether frame pointers are trusted in it.
    by_frame_pointers: AtomicBool,
    /// Whether the C library may not be asked where a stack lies, since it may be in the middle of answering.
    #[cfg(feature = "preloaded")]
    is_inside_malloc: AtomicBool,
    /// The frame record of the harness, in the thread that opened the window; frames from there outwards are not taken. Zero
    /// for none.
    frame: AtomicU64,
    #[cfg(test)]
    times_asked: AtomicU32,
}

impl Window {
    /// Says that a window is opened by the calling thread, in the function whose frame record is at `frame`; zero to take
    /// all frames to the outer end of each stack.
    pub(super) fn open(&self, unwinder: Unwinder, frame: u64) {
        self.by_frame_pointers.store(unwinder == Unwinder::FramePointers, Relaxed);
        self.frame.store(if Bounds::of_this_thread().holds(frame) { frame } else { 0 }, Relaxed);
        // Zero is the epoch of a last stack that is ready for none.
        let number = self.number.load(Relaxed).wrapping_add(1).max(1);
        self.number.store(number, Relaxed);
    }

    /// Says that all that a process does is recorded, from inside of the C library's own functions.
    #[cfg(feature = "preloaded")]
    pub(super) fn open_inside_malloc(&self) {
        self.is_inside_malloc.store(true, Relaxed);
        self.by_frame_pointers.store(true, Relaxed);
        self.number.store(1, Relaxed);
    }

    /// Counts the windows, from one.
    #[inline(always)]
    pub(super) fn number(&self) -> u32 {
        self.number.load(Relaxed)
    }

    /// Where the frame records of the calling thread can lie that belong to the window.
    pub(super) fn bounds(&self) -> Bounds {
        #[cfg(test)]
        self.times_asked.fetch_add(1, Relaxed);
        if !self.by_frame_pointers.load(Relaxed) {
            return Bounds::NONE;
        }
        #[cfg(feature = "preloaded")]
        if self.is_inside_malloc.load(Relaxed) {
            return Bounds::as_mapped().unwrap_or(Bounds::NONE);
        }
        let bounds = Bounds::of_this_thread();
        let frame = self.frame.load(Relaxed);
        // Two threads' stacks have no address in common, so this is the thread that opened the window.
        if bounds.holds(frame) { bounds.inside_of(frame) } else { bounds }
    }

    /// How often it was asked for bounds.
    #[cfg(test)]
    pub(super) fn times_asked(&self) -> u32 {
        self.times_asked.load(Relaxed)
    }
}

#[cfg(all(test, target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"), not(miri)))]
mod tests {
    use super::*;

    #[test]
    fn the_thread_that_opened_the_window_ends_at_its_frame_and_others_where_their_stacks_do() {
        let window = Window::default();
        let record = [0_u64; 2];
        let frame = (&raw const record).addr() as u64;
        window.open(Unwinder::FramePointers, frame);
        assert_eq!(window.number(), 1);
        assert!(window.bounds().holds(frame - 8) && !window.bounds().holds(frame));
        std::thread::scope(|scope| {
            scope.spawn(|| assert_eq!(window.bounds(), Bounds::of_this_thread()));
        });
        window.open(Unwinder::FramePointers, 0);
        assert_eq!((window.number(), window.bounds()), (2, Bounds::of_this_thread()));
    }

    #[test]
    fn a_frame_that_cannot_be_one_is_not_taken_for_the_harness() {
        let window = Window::default();
        window.open(Unwinder::FramePointers, 0x1001);
        assert_eq!(window.bounds(), Bounds::of_this_thread());
    }

    #[test]
    fn nothing_is_read_where_frame_pointers_are_not_trusted() {
        let window = Window::default();
        let record = [0_u64; 2];
        window.open(Unwinder::UnwindTables, (&raw const record).addr() as u64);
        assert_eq!(window.bounds(), Bounds::NONE);
    }
}
