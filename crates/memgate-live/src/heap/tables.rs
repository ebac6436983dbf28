//! The tables of a process as one value.

use memgate_stacks::{Held, SpinLock};

use super::busy::Busy;
use super::filter::{Filter, hash};
use super::live_samples::{ENTRIES_IN_ALL, Inserted, LiveSample, LiveSamples};
use super::memory::map;
use super::stack_table::{CAPACITY, StackTable};
use crate::profile::Estimate;

/// Live samples lie in so many tables, chosen by the upper bits of the hash value. So each cell of the filter belongs to one.
const TABLES_BITS: u32 = 6;
const TABLES: usize = 1 << TABLES_BITS;

/// Stacks and live samples. All locks are in here, and nobody holds two of them but for a fork.
#[derive(Debug)]
pub(super) struct Tables {
    stacks: Apart<SpinLock<StackTable>>,
    live: [Apart<SpinLock<LiveSamples>>; TABLES],
}

/// On cache lines of its own.
#[derive(Debug)]
#[repr(align(128))]
struct Apart<T>(T);

/// How full the tables are.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Fill {
    pub(super) samples: u64,
    pub(super) stacks: usize,
    pub(super) stacks_capacity: usize,
    /// Samples in the row of all stacks for which there was no room.
    pub(super) overflowed: u64,
    pub(super) live_samples: usize,
    pub(super) live_samples_capacity: usize,
    /// Samples whose end will not be seen.
    pub(super) dropped: Estimate,
}

impl Tables {
    /// Ones that hold nothing.
    pub(super) const fn new() -> Self {
        Self {
            stacks: Apart(SpinLock::new(StackTable::new())),
            live: [const { Apart(SpinLock::new(LiveSamples::new())) }; TABLES],
        }
    }

    /// Maps memory for them. Where there is none, they hold nothing, and say so.
    pub(super) fn reserve(&self, _: &Busy) {
        self.stacks.0.hold().reserve(CAPACITY);
        let Some(entries) = map(TABLES * ENTRIES_IN_ALL) else { return };
        for (live, entries) in self.live.iter().zip(entries.chunks_exact_mut(ENTRIES_IN_ALL)) {
            live.0.hold().lie_in(entries);
        }
    }

    /// The stacks, for some tens of instructions.
    pub(super) fn stacks(&self, _: &Busy) -> Held<'_, StackTable> {
        self.stacks.0.hold()
    }

    /// The tables of live samples, each for as long as it takes to look at them once.
    pub(super) fn live<'t>(&'t self, _: &'t Busy) -> impl Iterator<Item = Held<'t, LiveSamples>> {
        self.live.iter().map(|live| live.0.hold())
    }

    fn live_of(&self, hash: u32) -> Option<&SpinLock<LiveSamples>> {
        self.live.get((hash >> (u32::BITS - TABLES_BITS)) as usize).map(|live| &live.0)
    }

    /// Puts down a sampled block that nobody knows of yet.
    pub(super) fn add(
        &self,
        _: &Busy,
        filter: &Filter,
        frames: &[u64],
        address: u64,
        size_bytes: u64,
        weight: f64,
    ) {
        // First what was allocated, then what lives: whoever reads them the other way round never sees more live.
        let stack = self.stacks.0.hold().add(frames, size_bytes, weight);
        let hash = hash(address);
        let Some(live) = self.live_of(hash) else { return };
        let mut live = live.hold();
        if live.insert(LiveSample { address, size_bytes, weight, stack }) == Inserted::New {
            filter.add(hash);
        }
    }

    /// A block is about to be freed that may be sampled.
    pub(super) fn remove(&self, _: &Busy, filter: &Filter, address: u64) -> Option<LiveSample> {
        let mut live = self.live_of(hash(address))?.hold();
        remove(&mut live, filter, address)
    }

    /// As [`remove`](Self::remove), for a signal handler in a thread that may hold the lock: what it can't take out stays, until
    /// another block is sampled or freed at that address.
    pub(super) fn try_remove(&self, filter: &Filter, address: u64) -> Option<LiveSample> {
        let mut live = self.live_of(hash(address))?.try_hold()?;
        remove(&mut live, filter, address)
    }

    /// Puts a sampled block back that was not freed after all.
    pub(super) fn put_back(&self, _: &Busy, filter: &Filter, sample: LiveSample) {
        let hash = hash(sample.address);
        let Some(live) = self.live_of(hash) else { return };
        if live.hold().insert(sample) == Inserted::New {
            filter.add(hash);
        }
    }

    /// How full they are.
    pub(super) fn fill(&self, busy: &Busy) -> Fill {
        let mut fill = Fill::default();
        for live in self.live(busy) {
            fill.live_samples += live.length();
            fill.live_samples_capacity += live.most();
            fill.dropped.add(&live.dropped());
        }
        let stacks = self.stacks(busy);
        fill.samples = stacks.samples();
        fill.stacks = stacks.length();
        fill.stacks_capacity = stacks.most();
        fill.overflowed = stacks.overflowed();
        fill
    }

    /// Takes all locks, so that nobody is in the midst of a change; until [`release_all`](Self::release_all).
    #[cfg(any(unix, test))]
    pub(super) fn hold_all(&self, _: &Busy) {
        for live in &self.live {
            std::mem::forget(live.0.hold());
        }
        std::mem::forget(self.stacks.0.hold());
    }

    /// Gives all locks back.
    ///
    /// # Safety
    /// This thread has taken them with [`hold_all`](Self::hold_all), in this process or in the one that it is a copy of.
    #[cfg(any(unix, test))]
    pub(super) unsafe fn release_all(&self) {
        for live in &self.live {
            // SAFETY: held by this thread, which has forgotten it, and nothing is half changed.
            unsafe { live.0.release_in_fork() };
        }
        // SAFETY: as above.
        unsafe { self.stacks.0.release_in_fork() };
    }
}

fn remove(live: &mut LiveSamples, filter: &Filter, address: u64) -> Option<LiveSample> {
    let found = live.remove(address)?;
    filter.remove(hash(address));
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables() -> (Box<Tables>, Box<Filter>) {
        let tables = Box::new(Tables::new());
        tables.reserve(&Busy::enter().unwrap());
        (tables, Filter::boxed())
    }

    #[test]
    fn a_sample_is_there_until_it_is_removed() {
        let (tables, filter) = tables();
        let busy = Busy::enter().unwrap();
        tables.add(&busy, &filter, &[1, 2], 0x5000, 64, 10.0);
        assert!(filter.may_hold(hash(0x5000)));
        let fill = tables.fill(&busy);
        assert_eq!((fill.samples, fill.stacks, fill.live_samples), (1, 1, 1));
        let removed = tables.remove(&busy, &filter, 0x5000).unwrap();
        assert_eq!((removed.size_bytes, removed.stack), (64, 1));
        assert!(!filter.may_hold(hash(0x5000)) && tables.remove(&busy, &filter, 0x5000).is_none());
        tables.put_back(&busy, &filter, removed);
        assert_eq!(tables.try_remove(&filter, 0x5000), Some(removed));
        assert_eq!(tables.fill(&busy).live_samples, 0);
        assert_eq!(tables.stacks(&busy).get(1).unwrap().1.bytes, 640.0);
    }

    #[test]
    fn an_address_that_is_sampled_again_is_counted_once() {
        let (tables, filter) = tables();
        let busy = Busy::enter().unwrap();
        for size in [1, 2] {
            tables.add(&busy, &filter, &[1], 0x5000, size, 10.0);
        }
        assert_eq!(tables.remove(&busy, &filter, 0x5000).map(|sample| sample.size_bytes), Some(2));
        assert!(!filter.may_hold(hash(0x5000)));
    }

    #[test]
    fn full_tables_go_on_to_count() {
        let (tables, filter) = tables();
        let busy = Busy::enter().unwrap();
        let capacity = tables.fill(&busy);
        // More than there is room for, of stacks and of live blocks.
        let samples = if cfg!(miri) { 300 } else { 200_000_u64 };
        for sample in 1..=samples {
            tables.add(&busy, &filter, &[sample, 1], 16 * sample, 8, 2.0);
        }
        let fill = tables.fill(&busy);
        assert_eq!(fill.samples, samples);
        assert_eq!(fill.live_samples as u64 + fill.dropped.samples, samples);
        assert_eq!(fill.stacks as u64 + fill.overflowed, samples);
        assert!(cfg!(miri) || (fill.stacks == capacity.stacks_capacity && fill.dropped.samples > 80_000));
        let sum: f64 =
            (0..=fill.stacks as u32).map(|stack| tables.stacks(&busy).get(stack).unwrap().1.bytes).sum();
        assert_eq!(sum, 16.0 * samples as f64);
        for sample in 1..=samples {
            let _ = tables.remove(&busy, &filter, 16 * sample);
        }
        assert_eq!(tables.fill(&busy).live_samples, 0);
    }

    #[test]
    fn all_locks_can_be_taken_and_given_back() {
        let (tables, filter) = tables();
        let busy = Busy::enter().unwrap();
        tables.add(&busy, &filter, &[1], 0x5000, 1, 1.0);
        tables.hold_all(&busy);
        assert!(tables.try_remove(&filter, 0x5000).is_none(), "a signal handler does not wait");
        // SAFETY: just taken.
        unsafe { tables.release_all() };
        assert!(tables.try_remove(&filter, 0x5000).is_some());
    }
}
