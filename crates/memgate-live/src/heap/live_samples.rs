//! The sampled blocks that are live, by address.
//!
//! A table of open addressing for each of some tens of hash ranges, each in a lock of its own. A removal closes the gap by moving
//! back what comes after, so that no tombstones are left for a loop that frees one address again and again.

use super::memory::ZeroIsValid;
use crate::profile::Estimate;

/// A table begins with room for so many, and doubles.
const LEAST: usize = 64;
/// It doubles up to this.
const MOST: usize = 2_048;
/// What is mapped for one table: each size lies beside the one before, so that growing is copying within it.
pub(super) const ENTRIES_IN_ALL: usize = 2 * MOST - LEAST;

/// A sampled block.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct LiveSample {
    /// Zero in an entry that is free; no block lies there.
    pub(super) address: u64,
    pub(super) size_bytes: u64,
    /// How many blocks it stands for.
    pub(super) weight: f64,
    /// Its stack.
    pub(super) stack: u32,
}

#[expect(unsafe_code, reason = "says that zeroes are a free entry")]
// SAFETY: made of numbers alone, for which zeroes are one.
unsafe impl ZeroIsValid for LiveSample {}

const FREE: LiveSample = LiveSample { address: 0, size_bytes: 0, weight: 0.0, stack: 0 };

/// How an insertion went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inserted {
    /// It is there now.
    New,
    /// It took the place of another one at its address, of whose end nobody was told.
    InPlace,
    /// There was no room.
    Dropped,
}

/// One of the tables. The smallest has no memory and holds nothing.
#[derive(Debug, Default)]
pub(super) struct LiveSamples {
    memory: &'static mut [LiveSample],
    /// How many entries are used now; a power of two, or zero.
    capacity: usize,
    length: usize,
    dropped: Estimate,
}

impl LiveSamples {
    pub(super) const fn new() -> Self {
        Self { memory: &mut [], capacity: 0, length: 0, dropped: Estimate::NONE }
    }

    /// Lies in memory for [`ENTRIES_IN_ALL`], all free.
    pub(super) fn lie_in(&mut self, memory: &'static mut [LiveSample]) {
        self.capacity = if memory.len() >= ENTRIES_IN_ALL { LEAST } else { 0 };
        self.memory = memory;
    }

    /// How many there are.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// How many there can be: a few entries stay free, so that looking for what is not there ends.
    pub(super) fn most(&self) -> usize {
        if self.capacity == 0 { 0 } else { limit(MOST) }
    }

    /// What found no room, whether or not it lives still.
    pub(super) fn dropped(&self) -> Estimate {
        self.dropped
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = &LiveSample> {
        self.entries().iter().filter(|entry| entry.address != 0)
    }

    fn entries(&self) -> &[LiveSample] {
        // After all smaller sizes, which add up to this one less the least.
        self.memory
            .get(self.capacity.saturating_sub(LEAST)..)
            .unwrap_or(&[])
            .get(..self.capacity)
            .unwrap_or(&[])
    }

    fn entries_mut(&mut self) -> &mut [LiveSample] {
        let start = self.capacity.saturating_sub(LEAST);
        self.memory.get_mut(start..).unwrap_or(&mut []).get_mut(..self.capacity).unwrap_or(&mut [])
    }

    /// Puts down a sample, whose address is not zero.
    pub(super) fn insert(&mut self, sample: LiveSample) -> Inserted {
        if self.length >= limit(self.capacity) && !self.grow() {
            self.dropped.add_sample(sample.size_bytes, sample.weight);
            return Inserted::Dropped;
        }
        match place(self.entries_mut(), sample) {
            Some(true) => {
                self.length += 1;
                Inserted::New
            }
            Some(false) => Inserted::InPlace,
            None => {
                self.dropped.add_sample(sample.size_bytes, sample.weight);
                Inserted::Dropped
            }
        }
    }

    /// Takes out the sample at an address, if there is one.
    pub(super) fn remove(&mut self, address: u64) -> Option<LiveSample> {
        let entries = self.entries_mut();
        let mask = entries.len().wrapping_sub(1);
        let mut gap = home(address) & mask;
        while entries.get(gap)?.address != address {
            if entries.get(gap)?.address == 0 {
                return None;
            }
            gap = (gap + 1) & mask;
        }
        let found = *entries.get(gap)?;
        let mut next = gap;
        loop {
            next = (next + 1) & mask;
            let moved = *entries.get(next)?;
            if moved.address == 0 {
                break;
            }
            // It may move back to the gap unless it belongs behind it.
            let from_home = next.wrapping_sub(home(moved.address)) & mask;
            if from_home >= next.wrapping_sub(gap) & mask {
                *entries.get_mut(gap)? = moved;
                gap = next;
            }
        }
        *entries.get_mut(gap)? = FREE;
        self.length = self.length.saturating_sub(1);
        Some(found)
    }

    /// Doubles the table. False when it can't.
    #[cold]
    fn grow(&mut self) -> bool {
        let (old, new) = (self.capacity, 2 * self.capacity);
        if old == 0 || old >= MOST {
            return false;
        }
        let Some((before, after)) = self.memory.split_at_mut_checked(new - LEAST) else { return false };
        let Some(to) = after.get_mut(..new) else { return false };
        let from = before.get(old - LEAST..).unwrap_or(&[]);
        for sample in from.iter().filter(|entry| entry.address != 0) {
            place(to, *sample);
        }
        self.capacity = new;
        true
    }
}

/// How many entries of so many are used at most.
fn limit(capacity: usize) -> usize {
    capacity / 8 * 7
}

/// Where a sample would like to lie, before it is made to fit. Of the whole address, and so other bits than those by which tables and
/// cells of the filter are chosen.
fn home(address: u64) -> usize {
    (address.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 34) as usize
}

/// Puts a sample where it belongs: at a free place, or that of the one at the same address (false). None when there is none.
fn place(entries: &mut [LiveSample], sample: LiveSample) -> Option<bool> {
    let mask = entries.len().wrapping_sub(1);
    let mut index = home(sample.address) & mask;
    for _ in 0..entries.len() {
        let entry = entries.get_mut(index)?;
        if entry.address == 0 || entry.address == sample.address {
            let is_new = entry.address == 0;
            *entry = sample;
            return Some(is_new);
        }
        index = (index + 1) & mask;
    }
    None
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::super::gap::Random;
    use super::super::memory::map;
    use super::*;

    fn table() -> LiveSamples {
        let mut table = LiveSamples::new();
        table.lie_in(map(ENTRIES_IN_ALL).unwrap());
        table
    }

    fn sample(address: u64, size_bytes: u64) -> LiveSample {
        LiveSample { address, size_bytes, weight: 2.0, stack: 3 }
    }

    #[test]
    fn it_holds_what_a_map_holds() {
        let (mut table, mut map, mut random) = (table(), HashMap::new(), Random::new(1));
        for step in 0..if cfg!(miri) { 400 } else { 200_000 } {
            // Few addresses, so that they come again; the map grows to all of them.
            let address = 16 + 16 * (random.bits() % 1_500);
            if random.bits() % 5 < 3 {
                let inserted = table.insert(sample(address, step));
                let expected =
                    if map.insert(address, step).is_some() { Inserted::InPlace } else { Inserted::New };
                assert_eq!(inserted, expected);
            } else {
                assert_eq!(table.remove(address).map(|sample| sample.size_bytes), map.remove(&address));
            }
            assert_eq!(table.length(), map.len());
        }
        let found: HashMap<u64, u64> =
            table.iter().map(|sample| (sample.address, sample.size_bytes)).collect();
        assert_eq!(found, map);
        assert_eq!(table.dropped(), Estimate::NONE);
    }

    #[test]
    fn what_is_freed_leaves_no_trace() {
        let mut table = table();
        for round in 0..if cfg!(miri) { 100 } else { 10_000 } {
            assert_eq!(table.insert(sample(0x1000 + 16 * (round % 40), 1)), Inserted::New);
            assert!(table.remove(0x1000 + 16 * (round % 40)).is_some());
        }
        assert!(table.entries().iter().all(|entry| *entry == FREE) && table.capacity == LEAST);
    }

    #[test]
    fn a_full_table_says_so_and_still_finds_what_it_has() {
        let mut table = table();
        let most = table.most() as u64;
        for index in 1..=most + 10 {
            let expected = if index <= most { Inserted::New } else { Inserted::Dropped };
            assert_eq!(table.insert(sample(16 * index, index)), expected, "{index}");
        }
        let sizes: u64 = (most + 1..=most + 10).sum();
        let dropped = table.dropped();
        assert_eq!((table.length() as u64, dropped.samples, dropped.bytes), (most, 10, 2.0 * sizes as f64));
        assert_eq!(table.remove(16 * (most + 1)), None);
        for index in (1..=most).rev() {
            assert_eq!(table.remove(16 * index), Some(sample(16 * index, index)));
        }
        assert_eq!(table.insert(sample(16, 1)), Inserted::New);
    }

    #[test]
    fn without_memory_it_holds_nothing() {
        let mut table = LiveSamples::new();
        assert_eq!(
            (table.insert(sample(16, 1)), table.remove(16), table.most()),
            (Inserted::Dropped, None, 0)
        );
        assert_eq!((table.iter().count(), table.dropped().samples), (0, 1));
    }
}
