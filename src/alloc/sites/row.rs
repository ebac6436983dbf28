//! What is counted for one stack.

use super::memory::ZeroIsValid;
use memgate_protocol::StackNumbers;

/// The counters of one stack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C, align(128))]
pub(super) struct Row {
    // What every event touches lies in the first 64 bytes.
    pub(super) allocs: i64,
    pub(super) total_bytes: i64,
    pub(super) live_bytes: i64,
    pub(super) live_blocks: i64,
    peak_bytes: i64,
    peak_blocks: i64,
    /// The number of the peak that `peak_bytes` and `peak_blocks` are of.
    peak_number: u64,
    lifetime_events: i64,
    pub(super) reallocs: i64,
    pub(super) realloc_growth_bytes: i64,
    pub(super) realloc_new_bytes: i64,
    maximum_bytes: i64,
    maximum_blocks: i64,
    pub(super) origin_reallocs: i64,
    pub(super) origin_realloc_new_bytes: i64,
    /// The node whose stack this row is of.
    pub(super) node: u32,
}

#[expect(unsafe_code, reason = "says that zeroes are a row")]
// SAFETY: made of integers alone.
unsafe impl ZeroIsValid for Row {}

/// Adds to a counter. Wraps, since nothing here may panic.
#[inline(always)]
pub(super) fn bump(counter: &mut i64, by: i64) {
    *counter = counter.wrapping_add(by);
}

impl Row {
    /// Brings the share of the peak up to date, before live bytes change. `peak` is the number of the last peak.
    #[inline(always)]
    pub(super) fn touch(&mut self, peak: u64) {
        if self.peak_number != peak {
            self.peak_number = peak;
            self.peak_bytes = self.live_bytes;
            self.peak_blocks = self.live_blocks;
        }
    }

    /// Is given a block.
    #[inline(always)]
    pub(super) fn take_in(&mut self, size: i64) {
        bump(&mut self.live_blocks, 1);
        bump(&mut self.live_bytes, size);
        if self.live_bytes > self.maximum_bytes {
            self.maximum_bytes = self.live_bytes;
            self.maximum_blocks = self.live_blocks;
        }
    }

    /// Has a block taken from it, that lived for so many events; `None` for one from before the window.
    #[inline(always)]
    pub(super) fn give_up(&mut self, size: i64, age: Option<u64>) {
        bump(&mut self.live_bytes, -size);
        bump(&mut self.live_blocks, -1);
        if let Some(age) = age {
            bump(&mut self.lifetime_events, age as i64);
        }
    }

    /// Forgets all that was counted, but not which stack it is of.
    pub(super) fn clear(&mut self) {
        *self = Self { node: self.node, ..Self::default() };
    }

    /// What was counted.
    pub(super) fn numbers(&self) -> StackNumbers {
        StackNumbers {
            allocs: self.allocs,
            reallocs: self.reallocs,
            total_bytes: self.total_bytes,
            realloc_growth_bytes: self.realloc_growth_bytes,
            realloc_new_bytes: self.realloc_new_bytes,
            peak_bytes: self.peak_bytes,
            peak_blocks: self.peak_blocks,
            retained_bytes: self.live_bytes,
            retained_blocks: self.live_blocks,
            maximum_bytes: self.maximum_bytes,
            maximum_blocks: self.maximum_blocks,
            lifetime_events: self.lifetime_events,
            leaked_bytes: 0,
            leaked_blocks: 0,
            origin_reallocs: self.origin_reallocs,
            origin_realloc_new_bytes: self.origin_realloc_new_bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_of_a_peak_is_what_was_live_when_it_was_left() {
        let mut row = Row::default();
        row.touch(0);
        row.take_in(100);
        row.touch(1);
        row.give_up(100, Some(3));
        row.touch(1);
        row.take_in(40);
        let numbers = row.numbers();
        assert_eq!((numbers.peak_bytes, numbers.peak_blocks), (100, 1));
        row.touch(2);
        assert_eq!((row.numbers().peak_bytes, row.numbers().peak_blocks), (40, 1));
    }

    #[test]
    fn the_maximum_is_of_this_row_alone() {
        let mut row = Row::default();
        for size in [10, 20, 30] {
            row.take_in(size);
        }
        row.give_up(30, None);
        row.take_in(25);
        let numbers = row.numbers();
        assert_eq!((numbers.maximum_bytes, numbers.maximum_blocks), (60, 3));
        assert_eq!((numbers.retained_bytes, numbers.retained_blocks), (55, 3));
        assert_eq!(numbers.lifetime_events, 0, "a block from before the window has no age");
    }

    #[test]
    fn a_cleared_row_is_of_the_same_stack() {
        let mut row = Row { node: 7, allocs: 1, ..Row::default() };
        row.touch(9);
        row.take_in(5);
        row.clear();
        assert_eq!(row, Row { node: 7, ..Row::default() });
    }
}
