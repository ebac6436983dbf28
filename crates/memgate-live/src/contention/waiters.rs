//! Who waits for one lock, in one word: how many, and since when all together.
//!
//! Of n waiters that began at b1 … bn, the time waited until t is n·t − Σb. So the count and the sum of the beginnings are enough to say how
//! long all of them have waited since the sum was taken last. Whoever releases the lock is charged with that, and the sum begins anew.
//! The word is zero while nobody waits: that is all that a release looks at then.
//!
//! Rejected: a list of waiters, which would be a lock beside the lock; and a sum that each waiter leaves behind, which would be found by
//! itself when it releases, and not by whom it waited for.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// So many bits are the sum of beginnings, in steps of the clock: 2^48 of them are 208 days of waiting.
const SUM_BITS: u32 = 48;
const SUM_MASK: u64 = (1 << SUM_BITS) - 1;
const MOST_WAITERS: u64 = (1 << (u64::BITS - SUM_BITS)) - 1;

/// Those that wait for one lock.
#[derive(Debug, Default)]
pub(crate) struct Waiters(AtomicU64);

impl Waiters {
    /// Nobody.
    pub(crate) const fn none() -> Self {
        Self(AtomicU64::new(0))
    }

    /// Whether anybody waits. One load.
    #[inline(always)]
    pub(crate) fn are_any(&self) -> bool {
        self.0.load(Relaxed) != 0
    }

    /// Somebody begins to wait. False when there are too many to be counted, and then it is nobody that departs.
    pub(super) fn arrive(&self, now: u64) -> bool {
        self.change(|count, sum| (count < MOST_WAITERS).then(|| (count + 1, sum.wrapping_add(now)))).is_some()
    }

    /// Somebody who arrived has the lock. What has been waited since the last release is nobody's doing: the lock was free, and the system
    /// has been waking this one.
    pub(super) fn depart(&self, now: u64) {
        self.change(|count, _| count.checked_sub(1).map(|count| (count, count.wrapping_mul(now))));
    }

    /// The lock is about to be released: how many steps all have waited since somebody arrived or it was released last.
    pub(super) fn charge(&self, now: u64) -> u64 {
        let before = self.change(|count, _| Some((count, count.wrapping_mul(now))));
        before.map_or(0, |(count, sum)| {
            let waited = count.wrapping_mul(now).wrapping_sub(sum) & SUM_MASK;
            // Somebody who arrived after `now` was read has not waited yet.
            if waited > SUM_MASK / 2 { 0 } else { waited }
        })
    }

    /// Changes the count and the sum at once; gives what they were.
    fn change(&self, to: impl Fn(u64, u64) -> Option<(u64, u64)>) -> Option<(u64, u64)> {
        let changed = self.0.fetch_update(Relaxed, Relaxed, |word| {
            let (count, sum) = to(word >> SUM_BITS, word & SUM_MASK)?;
            Some(if count == 0 { 0 } else { count << SUM_BITS | sum & SUM_MASK })
        });
        changed.ok().map(|word| (word >> SUM_BITS, word & SUM_MASK))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_charged_with_what_all_have_waited_since_the_last() {
        let waiters = Waiters::none();
        assert!(!waiters.are_any() && waiters.charge(50) == 0);
        assert!(waiters.arrive(100) && waiters.arrive(130));
        assert!(waiters.are_any());
        // 50 and 20.
        assert_eq!(waiters.charge(150), 70);
        // Both for another ten.
        assert_eq!(waiters.charge(160), 20);
        // The system takes its time to wake one of them, and charges nobody.
        waiters.depart(190);
        assert_eq!(waiters.charge(200), 10);
        waiters.depart(201);
        assert!(!waiters.are_any());
    }

    #[test]
    fn the_sum_may_overflow_its_bits() {
        let waiters = Waiters::none();
        let begin = SUM_MASK - 10;
        for waiter in 0..3 {
            assert!(waiters.arrive(begin + waiter));
        }
        assert_eq!(waiters.charge(begin + 20), 20 + 19 + 18);
        // Read before the last of them arrived.
        assert!(waiters.arrive(begin + 30));
        assert_eq!(waiters.charge(begin + 19), 0);
    }

    #[test]
    fn more_than_can_be_counted_are_left_out() {
        let waiters = Waiters::none();
        for _ in 0..MOST_WAITERS {
            assert!(waiters.arrive(7));
        }
        assert!(!waiters.arrive(7));
        assert_eq!(waiters.charge(8), MOST_WAITERS);
        for _ in 0..MOST_WAITERS {
            waiters.depart(9);
        }
        assert!(!waiters.are_any());
        waiters.depart(9);
        assert!(!waiters.are_any());
    }
}
