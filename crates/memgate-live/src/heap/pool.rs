//! The counters of each thread, in a pool of fixed size.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed, Ordering::SeqCst};

use super::filter::{Filter, View, hash};
use super::gap::{Random, gap_bytes, mixed};
use super::interval::sampling_interval;
use super::memory::{ZeroIsValid, map};

/// How many threads have counters of their own at the same time. The others share theirs, which costs more and is as exact.
pub(super) const MOST_THREADS: usize = 16_384;

/// Says that the next sample is to be drawn anew. No thread comes to a sample at byte zero, so it means nothing else; and whatever
/// is compared with it has come so far, so that it is looked at.
const DRAW_ANEW: u64 = 0;

/// A thread looks again after so many bytes at the latest, whether or not there is a sample. So a block of this size is always
/// looked at, and counted when it is there; smaller ones are counted before.
pub(super) const LOOK_EVERY_BYTES: u64 = 1024 * 1024;

/// What one thread counts, and where its next sample is. Sums go on from one thread that has it to the next.
///
/// Only its own thread adds, so an addition is a plain load and store; any thread may read. 128-byte aligned, because neighbours
/// within that share, by the adjacent-line prefetchers of x86-64 and the cache lines of Apple silicon.
#[derive(Debug)]
#[repr(C, align(128))]
pub(super) struct Slot {
    pub(super) allocated_bytes: AtomicU64,
    /// The block that brings `allocated_bytes` so far is looked at.
    next_look: AtomicU64,
    pub(super) allocations: AtomicU64,
    pub(super) freed_bytes: AtomicU64,
    pub(super) frees: AtomicU64,
    /// What says which blocks may be sampled. Made of zeroes only while the pool has not handed this out yet.
    filter: View,
    /// The block that brings `allocated_bytes` so far is sampled.
    next_sample: AtomicU64,
    /// The mean gap with which `next_sample` was drawn.
    interval_bytes: AtomicU64,
    random: AtomicU64,
    /// The next free one of the pool, counted from one.
    next_free: AtomicU32,
}

#[expect(unsafe_code, reason = "says that zeroes are a slot")]
// SAFETY: made of atomic integers, for which every pattern of bits is a value, and of an atomic pointer, which may be null.
unsafe impl ZeroIsValid for Slot {}

/// Adds to a counter that only this thread writes.
#[inline(always)]
pub(super) fn bump(counter: &AtomicU64, by: u64) {
    counter.store(counter.load(Relaxed).wrapping_add(by), Relaxed);
}

impl Slot {
    /// One in which nobody counts: every call looks further.
    pub(super) const fn nobodys() -> Self {
        Self {
            allocated_bytes: AtomicU64::new(0),
            next_look: AtomicU64::new(DRAW_ANEW),
            allocations: AtomicU64::new(0),
            freed_bytes: AtomicU64::new(0),
            frees: AtomicU64::new(0),
            filter: View::of_anything(),
            next_sample: AtomicU64::new(0),
            interval_bytes: AtomicU64::new(0),
            random: AtomicU64::new(0),
            next_free: AtomicU32::new(0),
        }
    }

    /// How many bytes there are with a block of `size` more, if they can simply be counted: neither is it to be looked at, nor is
    /// this nobody's slot.
    #[inline(always)]
    pub(super) fn allocated_with(&self, size: usize) -> Option<u64> {
        let allocated = self.allocated_bytes.load(Relaxed).wrapping_add(size as u64);
        (allocated < self.next_look.load(Relaxed)).then_some(allocated)
    }

    /// Whether a block may be sampled, or this is nobody's slot. Otherwise its free can simply be counted.
    #[inline(always)]
    #[expect(unsafe_code, reason = "says that the slot has been handed out")]
    pub(super) fn may_be_sampled(&self, block: *mut u8) -> bool {
        // SAFETY: no slot leaves `Pool::take` with zeroes there, and none is made with them elsewhere.
        unsafe { self.filter.may_hold(hash(block.addr() as u64)) }
    }

    /// Looks through what fits the number of live samples now. For the slot's own thread, now and then.
    pub(super) fn look_through(&self, filter: &'static Filter) {
        self.filter.look_through(filter);
    }

    /// Counts a block that [`allocated_with`](Self::allocated_with) allowed.
    #[inline(always)]
    pub(super) fn count_allocation(&self, allocated: u64) {
        self.allocated_bytes.store(allocated, Relaxed);
        bump(&self.allocations, 1);
    }

    /// Counts a free.
    #[inline(always)]
    pub(super) fn count_free(&self, size: usize) {
        bump(&self.freed_bytes, size as u64);
        bump(&self.frees, 1);
    }

    /// Counts a block, and gives the mean gap if it is sampled. For the slot's own thread.
    pub(super) fn count_or_sample(&self, size: usize) -> Option<u64> {
        let before = self.allocated_bytes.load(Relaxed);
        let after = before.wrapping_add(size as u64);
        self.count_allocation(after);
        if self.next_look.load(Relaxed) == DRAW_ANEW {
            // What was drawn before is as good as any other: gaps remember nothing.
            self.draw(before);
        }
        let look = self.next_look.load(Relaxed);
        let sample = self.next_sample.load(Relaxed);
        if after < sample {
            if look != DRAW_ANEW {
                let next = sample.min(after.saturating_add(LOOK_EVERY_BYTES));
                // Unless it is to be drawn anew since then.
                let _ = self.next_look.compare_exchange(look, next, SeqCst, Relaxed);
            }
            return None;
        }
        let interval = self.interval_bytes.load(Relaxed);
        // From the end of the block: it is sampled once, however many of its bytes would be.
        self.draw(after);
        (interval > 0).then_some(interval)
    }

    /// Draws where the next sample is.
    fn draw(&self, from: u64) {
        loop {
            let interval = sampling_interval();
            let mut random = Random::new(self.random.load(Relaxed));
            let next = match interval {
                0 => u64::MAX,
                _ => from.saturating_add(gap_bytes(interval, random.bits())),
            };
            self.random.store(random.state(), Relaxed);
            self.interval_bytes.store(interval, Relaxed);
            self.next_sample.store(next, Relaxed);
            self.next_look.store(next.min(from.saturating_add(LOOK_EVERY_BYTES)), SeqCst);
            // Whoever changes the interval stores it first and then asks all to draw anew: either that is seen here, or it
            // comes after what was just stored.
            if sampling_interval() == interval {
                return;
            }
        }
    }

    /// Has its thread draw anew at its next call.
    pub(super) fn draw_anew(&self) {
        self.next_look.store(DRAW_ANEW, SeqCst);
    }

    /// Begins other random numbers, for another thread or another process.
    pub(super) fn seed(&self, seed: u64) {
        self.random.store(mixed(seed ^ self.random.load(Relaxed)), Relaxed);
        self.draw_anew();
    }
}

/// All slots.
#[derive(Debug)]
pub(super) struct Pool {
    slots: &'static [Slot],
    used: usize,
    /// The first that was given back, counted from one.
    free: u32,
}

impl Pool {
    /// One that has none.
    pub(super) const fn new() -> Self {
        Self { slots: &[], used: 0, free: 0 }
    }

    /// Maps memory for so many, unless there is none.
    pub(super) fn reserve(&mut self, slots: usize) {
        if let Some(slots) = map(slots) {
            self.slots = slots;
        }
    }

    /// Those that are used or were.
    pub(super) fn used(&self) -> &'static [Slot] {
        self.slots.get(..self.used).unwrap_or(&[])
    }

    /// One that no other thread has.
    pub(super) fn take(&mut self) -> Option<&'static Slot> {
        if let Some(slot) = self.free.checked_sub(1).and_then(|index| self.slots.get(index as usize)) {
            self.free = slot.next_free.load(Relaxed);
            return Some(slot);
        }
        let slot = self.slots.get(self.used)?;
        slot.filter.forget();
        self.used += 1;
        Some(slot)
    }

    /// Takes one back whose thread is gone.
    pub(super) fn give_back(&mut self, slot: &Slot) {
        let place = std::ptr::from_ref(slot).addr().wrapping_sub(self.slots.as_ptr().addr());
        self.push(slot, Some(place / size_of::<Slot>()).filter(|number| *number < self.used));
    }

    /// Takes all back but `kept`: the other threads are gone.
    #[cfg(any(unix, test))]
    pub(super) fn take_back_all_but(&mut self, kept: &Slot) {
        self.free = 0;
        for (number, slot) in self.used().iter().enumerate() {
            if !std::ptr::eq(slot, kept) {
                self.push(slot, Some(number));
            }
        }
    }

    fn push(&mut self, slot: &Slot, number: Option<usize>) {
        if let Some(number) = number.and_then(|number| u32::try_from(number + 1).ok()) {
            slot.next_free.store(self.free, Relaxed);
            self.free = number;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(slots: usize) -> Pool {
        let mut pool = Pool::new();
        pool.reserve(slots);
        pool
    }

    #[test]
    fn what_is_given_back_is_taken_again_with_its_sums() {
        let mut pool = pool(3);
        let [first, second, third] = [(); 3].map(|()| pool.take().unwrap());
        assert!(pool.take().is_none());
        second.count_free(10);
        pool.give_back(second);
        pool.give_back(first);
        let again = pool.take().unwrap();
        assert!(std::ptr::eq(again, first));
        let again = pool.take().unwrap();
        assert!(std::ptr::eq(again, second) && again.freed_bytes.load(Relaxed) == 10);
        assert!(pool.take().is_none());
        pool.take_back_all_but(third);
        assert!((0..2).all(|_| !std::ptr::eq(pool.take().unwrap(), third)) && pool.take().is_none());
        assert_eq!(pool.used().len(), 3);
    }

    #[test]
    fn nobodys_slot_counts_nothing_by_itself() {
        let slot = Slot::nobodys();
        assert!(slot.allocated_with(1).is_none() && slot.may_be_sampled(std::ptr::null_mut()));
        let mut pool = pool(1);
        let slot = pool.take().unwrap();
        assert!(slot.allocated_with(1).is_none() && slot.may_be_sampled(std::ptr::null_mut()));
    }

    #[test]
    fn a_block_is_sampled_as_often_as_it_should_be() {
        const BLOCKS: u64 = if cfg!(miri) { 2_000 } else { 400_000 };
        let slot = Slot::nobodys();
        slot.seed(3);
        let mean = sampling_interval();
        for size in [mean / 16, mean, 3 * mean] {
            let mut sampled = 0;
            for _ in 0..BLOCKS {
                match slot.allocated_with(size as usize) {
                    Some(allocated) => slot.count_allocation(allocated),
                    None => sampled += u64::from(slot.count_or_sample(size as usize) == Some(mean)),
                }
            }
            let expected = super::super::weight::probability(size, mean);
            let found = sampled as f64 / BLOCKS as f64;
            let deviation = (expected * (1.0 - expected) / BLOCKS as f64).sqrt();
            assert!((found - expected).abs() < 4.0 * deviation, "{size}: {found} for {expected}");
        }
        assert_eq!(slot.allocations.load(Relaxed), 3 * BLOCKS);
    }

    #[test]
    fn to_draw_anew_is_neither_to_sample_nor_to_forget() {
        let slot = Slot::nobodys();
        slot.seed(5);
        let mut sampled = 0;
        for _ in 0..10_000 {
            // Before each block of a byte: with a mean of half a million, none is sampled but by rare chance.
            slot.draw_anew();
            sampled += u64::from(slot.count_or_sample(1).is_some());
        }
        assert!(sampled <= 2, "{sampled}");
        assert_eq!(slot.allocated_bytes.load(Relaxed), 10_000);
    }
}
