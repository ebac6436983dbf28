//! The stacks that were sampled, each once, and what was allocated there.

use super::memory::{ZeroIsValid, map};
use crate::profile::Estimate;

/// The row of all stacks for which there was no room, and of those that have no frame.
pub(super) const OTHER: u32 = 0;

/// How much a table holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct StackCapacity {
    pub(super) stacks: usize,
    /// Of all stacks together.
    pub(super) frames: usize,
}

/// What a process has: 1 MiB of rows and 8 MiB of frames, if there ever are so many.
pub(super) const CAPACITY: StackCapacity = StackCapacity { stacks: 16_384, frames: 1 << 20 };

/// One stack.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Row {
    /// Its first frame among those of all.
    start: u32,
    length: u32,
    hash: u64,
    allocated: Estimate,
}

#[expect(unsafe_code, reason = "says that zeroes are a row")]
// SAFETY: made of numbers alone, for which zeroes are one.
unsafe impl ZeroIsValid for Row {}

/// The stacks, in the order in which they came. What is put down stays.
#[derive(Debug)]
pub(super) struct StackTable {
    /// Numbers of rows by hash value, open addressing; zero where there is none. Twice as many as rows at least, so that it is
    /// never full.
    index: &'static mut [u32],
    rows: &'static mut [Row],
    frames: &'static mut [u64],
    length: usize,
    used_frames: usize,
    other: Estimate,
    samples: u64,
    overflowed: u64,
}

impl StackTable {
    /// One without memory, which puts everything into the row [`OTHER`].
    pub(super) const fn new() -> Self {
        Self {
            index: &mut [],
            rows: &mut [],
            frames: &mut [],
            length: 0,
            used_frames: 0,
            other: Estimate::NONE,
            samples: 0,
            overflowed: 0,
        }
    }

    /// Maps memory for so much, unless there is none.
    pub(super) fn reserve(&mut self, capacity: StackCapacity) {
        let index = map((2 * capacity.stacks).next_power_of_two());
        if let (Some(index), Some(rows), Some(frames)) = (index, map(capacity.stacks), map(capacity.frames)) {
            (self.index, self.rows, self.frames) = (index, rows, frames);
        }
    }

    /// How many stacks there are, without the row [`OTHER`].
    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// How many there can be.
    pub(super) fn most(&self) -> usize {
        self.rows.len()
    }

    /// How many samples there are.
    pub(super) fn samples(&self) -> u64 {
        self.samples
    }

    /// How many samples are in the row [`OTHER`] because there was no room.
    pub(super) fn overflowed(&self) -> u64 {
        self.overflowed
    }

    /// Adds a sample to its stack, whose frames are given from the inner end. Gives the stack's number.
    pub(super) fn add(&mut self, frames: &[u64], size_bytes: u64, weight: f64) -> u32 {
        self.samples += 1;
        let number = if frames.is_empty() { Some(OTHER) } else { self.intern(frames) };
        let number = number.unwrap_or_else(|| {
            self.overflowed += 1;
            OTHER
        });
        match row_of(number).and_then(|row| self.rows.get_mut(row)) {
            Some(row) => row.allocated.add_sample(size_bytes, weight),
            None => self.other.add_sample(size_bytes, weight),
        }
        number
    }

    /// The frames of a stack, and what was allocated there. The row [`OTHER`] has no frames.
    pub(super) fn get(&self, number: u32) -> Option<(&[u64], Estimate)> {
        let Some(row) = row_of(number) else { return Some((&[], self.other)) };
        let row = self.rows.get(..self.length)?.get(row)?;
        Some((self.frames_of(row), row.allocated))
    }

    fn frames_of(&self, row: &Row) -> &[u64] {
        self.frames.get(row.start as usize..).unwrap_or(&[]).get(..row.length as usize).unwrap_or(&[])
    }

    /// The number of a stack, which is put down if it is new. None when there is no room.
    fn intern(&mut self, frames: &[u64]) -> Option<u32> {
        let hash = hash(frames);
        let mask = self.index.len().checked_sub(1)?;
        let mut place = hash as usize & mask;
        loop {
            let number = *self.index.get(place)?;
            let Some(row) = row_of(number) else { break };
            let row = self.rows.get(row)?;
            if row.hash == hash && self.frames_of(row) == frames {
                return Some(number);
            }
            place = (place + 1) & mask;
        }
        let start = self.used_frames;
        let row = self.rows.get_mut(self.length)?;
        self.frames.get_mut(start..)?.get_mut(..frames.len())?.copy_from_slice(frames);
        *row = Row {
            start: u32::try_from(start).ok()?,
            length: u32::try_from(frames.len()).ok()?,
            hash,
            allocated: Estimate::default(),
        };
        self.used_frames += frames.len();
        self.length += 1;
        let number = u32::try_from(self.length).ok()?;
        *self.index.get_mut(place)? = number;
        Some(number)
    }
}

/// The row of a number; [`OTHER`] has none among them.
fn row_of(number: u32) -> Option<usize> {
    number.checked_sub(1).map(|row| row as usize)
}

/// A hash value of a stack: each frame is mixed in by a multiplication.
fn hash(frames: &[u64]) -> u64 {
    let hash = frames.iter().fold(frames.len() as u64, |hash, frame| {
        (hash ^ frame).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29)
    });
    super::gap::mixed(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(stacks: usize, frames: usize) -> StackTable {
        let mut table = StackTable::new();
        table.reserve(StackCapacity { stacks, frames });
        table
    }

    #[test]
    fn a_stack_is_put_down_once() {
        let mut table = table(8, 64);
        let stacks: [&[u64]; 5] = [&[1, 2, 3], &[1, 2], &[2, 1], &[1, 2, 3, 4], &[9]];
        for round in 1..=3 {
            for (number, frames) in (1..).zip(stacks) {
                assert_eq!(table.add(frames, 100, 5.0), number);
                let (found, allocated) = table.get(number).unwrap();
                assert_eq!(
                    (found, allocated.samples, allocated.bytes),
                    (frames, round, 500.0 * round as f64)
                );
            }
        }
        assert_eq!((table.length(), table.samples(), table.overflowed()), (5, 15, 0));
        assert!(table.get(6).is_none());
    }

    #[test]
    fn what_finds_no_room_is_added_to_the_other_row() {
        for (stacks, frames) in [(4, 64), (64, 4)] {
            let mut table = table(stacks, frames);
            for stack in 1..=10_u64 {
                let number = table.add(&[stack], stack, 2.0);
                assert_eq!(number == OTHER, stack > 4, "{stack}");
            }
            let (none, other) = table.get(OTHER).unwrap();
            assert!(none.is_empty());
            assert_eq!(
                (other.samples, other.objects, other.bytes),
                (6, 12.0, 2.0 * (5.0 + 6.0 + 7.0 + 8.0 + 9.0 + 10.0))
            );
            assert_eq!((table.samples(), table.overflowed(), table.length()), (10, 6, 4));
            assert_eq!(table.add(&[2], 1, 1.0), 2, "what is there is still found");
        }
    }

    #[test]
    fn without_memory_everything_is_in_the_other_row() {
        let mut table = StackTable::new();
        assert_eq!(table.add(&[1, 2], 10, 1.5), OTHER);
        assert_eq!((table.get(OTHER).unwrap().1.bytes, table.overflowed(), table.most()), (15.0, 1, 0));
    }

    #[test]
    fn stacks_without_frames_are_no_overflow() {
        let mut table = table(4, 64);
        assert_eq!(table.add(&[], 10, 1.0), OTHER);
        assert_eq!((table.overflowed(), table.samples()), (0, 1));
    }
}
