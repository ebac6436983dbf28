//! Where frame records can lie.

#[cfg(feature = "mapped")]
use crate::mapped;
use crate::{last_error, unwind};

/// A frame record is two words: where the next one lies, and where its function returns to.
const RECORD_BYTES: u64 = 16;

/// The addresses at which a frame record can begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    pub(crate) low: u64,
    /// The first address at which none can begin.
    pub(crate) limit: u64,
}

impl Bounds {
    /// No address, so that nothing is read: stacks are taken by the unwind tables.
    pub const NONE: Self = Self { low: 0, limit: 0 };

    /// The calling thread's stack; [`NONE`](Self::NONE) where the system can't tell.
    pub fn of_this_thread() -> Self {
        last_error::kept(unwind::stack_bounds).map_or(Self::NONE, |(low, high)| Self::between(low, high))
    }

    /// The same without asking the C library, which may be in the middle of answering, so that this may be called inside of `malloc`.
    /// [`NONE`](Self::NONE) on a stack that is not a thread's own, as a coroutine's. None where the system does not say, as without `/proc`.
    #[cfg(feature = "mapped")]
    pub fn as_mapped() -> Option<Self> {
        Self::as_mapped_around(crate::frame::stack_pointer())
    }

    /// The same for a signal handler, which may run on a stack of its own: `top` is where the interrupted stack pointer was.
    #[cfg(feature = "mapped")]
    pub fn as_mapped_around(top: u64) -> Option<Self> {
        let found = last_error::kept(|| mapped::stack_bounds(top))?;
        Some(found.map_or(Self::NONE, |(low, high)| Self::between(low, high)))
    }

    /// A stack from `low` to the address before `high`.
    pub(crate) const fn between(low: u64, high: u64) -> Self {
        Self { low, limit: high.saturating_sub(RECORD_BYTES - 1) }
    }

    /// What of it lies further in than the frame record at `frame`.
    pub fn inside_of(self, frame: u64) -> Self {
        Self { limit: self.limit.min(frame), ..self }
    }

    /// Whether a frame record can begin at `frame`.
    #[inline(always)]
    pub fn holds(self, frame: u64) -> bool {
        (self.low..self.limit).contains(&frame) && is_aligned(frame)
    }

    /// Whether a frame record that the one at `frame` points to can be one: further out, aligned, and within.
    #[inline(always)]
    pub(crate) fn leads_on(self, frame: u64, outer: u64) -> bool {
        outer > frame && outer < self.limit && is_aligned(outer)
    }
}

#[inline(always)]
fn is_aligned(frame: u64) -> bool {
    frame % 8 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_has_room_for_two_words_before_the_end() {
        let bounds = Bounds::between(0x1000, 0x2000);
        assert!(bounds.holds(0x1000) && bounds.holds(0x2000 - 16));
        for frame in [0, 0x1000 - 8, 0x2000 - 8, 0x2000, u64::MAX - 7] {
            assert!(!bounds.holds(frame), "{frame:#x}");
        }
        assert!(!Bounds::between(0x1000, 0x2004).holds(0x2000 - 8), "its second word would end beyond");
        assert!(!Bounds::NONE.holds(0) && !Bounds::between(0, 8).holds(0));
    }

    #[test]
    fn a_record_is_aligned() {
        let bounds = Bounds::between(0x1000, 0x2000);
        for offset in 1..8 {
            assert!(!bounds.holds(0x1800 + offset), "{offset}");
            assert!(!bounds.leads_on(0x1800, 0x1808 + offset), "{offset}");
        }
    }

    #[test]
    fn each_record_lies_further_out_than_the_one_before() {
        let bounds = Bounds::between(0x1000, 0x2000);
        assert!(bounds.leads_on(0x1800, 0x1808) && bounds.leads_on(0x1800, 0x2000 - 16));
        for outer in [0, 0x17F8, 0x1800, 0x2000 - 8, u64::MAX - 7] {
            assert!(!bounds.leads_on(0x1800, outer), "{outer:#x}");
        }
    }

    #[test]
    fn what_is_inside_of_a_frame_ends_before_it() {
        let inside = Bounds::between(0x1000, 0x2000).inside_of(0x1800);
        assert!(inside.holds(0x17F8) && !inside.holds(0x1800));
        assert_eq!(inside.inside_of(0x1900), inside);
        assert_eq!(Bounds::NONE.inside_of(0x1800), Bounds::NONE);
    }
}
