//! Takes the call stack by the unwind tables: slow, and right where no frame pointers are kept.

use std::sync::atomic::Ordering::Relaxed;

use crate::last_stack::{LastStack, MOST_FRAMES, Walked};
use crate::unwind;

impl LastStack {
    /// Takes the calling thread's stack by the unwind tables.
    #[cold]
    #[inline(never)]
    pub(crate) fn walk_by_unwind_tables(&self) -> Walked {
        let mut is_cut = false;
        let met = unwind::addresses(|index, address| {
            // The tables don't say where frame records lie; none is at zero, so this one is never taken for known.
            is_cut = !self.meet(index, 0, address);
            !is_cut
        });
        if is_cut {
            return Walked::cut(met);
        }
        let shared = self.shared_by_address(met);
        Walked::whole(shared, met - shared)
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
