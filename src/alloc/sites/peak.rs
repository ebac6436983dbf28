//! The peak of all stacks together, kept without looking at more than one row an event.
//!
//! Whenever live bytes are about to leave a highest value, the peak gets a new number. A row that is touched later, and still
//! has an older number, keeps what it had live until then as its share of the peak. (memray's `HighWaterMarkAggregator` does
//! so when it reads a recording.)

/// Live bytes since the begin, and the highest that they were.
#[derive(Debug)]
pub(super) struct Peak {
    live_bytes: i64,
    highest_bytes: i64,
    /// Whether live bytes are at a peak that no row has been told of.
    is_new: bool,
    number: u64,
}

impl Peak {
    /// The peak at the begin, when nothing is live yet.
    pub(super) const fn new() -> Self {
        Self { live_bytes: 0, highest_bytes: 0, is_new: true, number: 0 }
    }

    /// Moves the live count, and with it the peak. Before any row is touched.
    #[inline(always)]
    pub(super) fn change(&mut self, bytes: i64) {
        let live = self.live_bytes.wrapping_add(bytes);
        self.live_bytes = live;
        if live > self.highest_bytes {
            self.highest_bytes = live;
            self.is_new = true;
        } else if self.is_new {
            self.settle();
        }
    }

    /// Gives the peak a number, if it has none yet: from now on rows keep their shares of it.
    pub(super) fn settle(&mut self) {
        if self.is_new {
            self.is_new = false;
            self.number += 1;
        }
    }

    /// The number of the last peak that was left; rows that have an older one did not change since before it.
    #[inline(always)]
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// Live bytes since the begin.
    pub(super) fn live_bytes(&self) -> i64 {
        self.live_bytes
    }

    /// The highest that live bytes were.
    pub(super) fn highest_bytes(&self) -> i64 {
        self.highest_bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peak_has_a_number_once_it_is_left() {
        let mut peak = Peak::new();
        let numbers = [100, 50, -50, -50, 100, -10, 20, -5].map(|change| {
            peak.change(change);
            (peak.live_bytes(), peak.highest_bytes(), peak.number())
        });
        assert_eq!(
            numbers,
            [
                (100, 100, 0),
                (150, 150, 0),
                (100, 150, 1),
                (50, 150, 1),
                // As high as before is not higher.
                (150, 150, 1),
                (140, 150, 1),
                (160, 160, 1),
                (155, 160, 2),
            ]
        );
    }

    #[test]
    fn what_was_live_at_the_begin_is_the_peak_when_it_only_falls() {
        let mut peak = Peak::new();
        peak.change(-30);
        assert_eq!((peak.highest_bytes(), peak.number()), (0, 1));
    }

    #[test]
    fn settling_numbers_the_peak_once() {
        let mut peak = Peak::new();
        peak.change(10);
        peak.settle();
        peak.settle();
        assert_eq!(peak.number(), 1);
    }
}
