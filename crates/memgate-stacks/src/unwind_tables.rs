//! Takes the call stack by the unwind tables: slow, and right where no frame pointers are kept.

use std::sync::atomic::Ordering::Relaxed;

use crate::last_stack::{LastStack, MOST_FRAMES, Walked};
use crate::unwind;

/// Whether a walk ends where the last one did, at the same frame, without a look at what is outside of it.
///
/// The outermost functions of musl have no table, and LLVM's unwinder, which Rust's musl targets have, learns that from a search
/// through all tables of the program, at the end of each walk: four fifths of it in a program of 1 MB, and more in larger ones.
/// Elsewhere it would save nothing, and a stack that once ended early, at code without tables, could be taken for whole again.
const ENDS_AT_KNOWN_END: bool = cfg!(target_env = "musl");

impl LastStack {
    /// Takes the calling thread's stack by the unwind tables.
    #[cold]
    #[inline(never)]
    pub(crate) fn walk_by_unwind_tables(&self) -> Walked {
        let (mut met, mut is_cut, mut outermost) = (0, false, 0);
        unwind::addresses(|address, frame| {
            // The tables don't say where frame records lie; none is at zero, so this one is never taken for known.
            is_cut = !self.meet(met, 0, address);
            if is_cut {
                return false;
            }
            met += 1;
            outermost = frame;
            !(ENDS_AT_KNOWN_END && self.is_known_end(address, frame))
        });
        if is_cut {
            return Walked::cut(met);
        }
        self.end.store(outermost, Relaxed);
        let shared = self.shared_by_address(met);
        Walked::whole(shared, met - shared)
    }

    /// Whether a frame is the outermost one of the last stack, which was whole. Not of any other thread's: each has a stack of
    /// its own.
    fn is_known_end(&self, address: u64, frame: u64) -> bool {
        let known = self.known.first().filter(|_| self.length.load(Relaxed) > 0);
        known.is_some_and(|known| known.address.load(Relaxed) == address) && self.end.load(Relaxed) == frame
    }

    /// How many frames the `met` ones and the known ones have in common, from the outer end, by return addresses alone.
    fn shared_by_address(&self, met: usize) -> usize {
        let length = self.length.load(Relaxed);
        (0..length.min(met).min(MOST_FRAMES))
            .take_while(|&depth| {
                let known = self.known.get(depth).map(|known| known.address.load(Relaxed));
                let now = self.met.get(met - 1 - depth).map(|met| met.address.load(Relaxed));
                known == now
            })
            .count()
    }
}
