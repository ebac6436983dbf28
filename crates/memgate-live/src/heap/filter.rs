//! Which blocks may be sampled: a bit for each of many hash values.

use std::sync::atomic::{AtomicPtr, AtomicU8, AtomicU32, Ordering::Relaxed};

/// The word of a hash value is found by shifting it so far, and its bit, counted modulo 32, by shifting it less.
const BIT_SHIFT: u32 = 15;
/// How far to shift it for the number of a second counter within the word.
const SECOND_SHIFT: u32 = 10;
/// Among all words: 16 KiB. Fewer for Miri, which looks at each of them whenever a reference to all is made.
const FINE: Level =
    if cfg!(miri) { Level { shift: 24, begins_at: 262 } } else { Level { shift: 20, begins_at: 269 } };
/// Among the words of which each stands for sixteen of those: 1 KiB, which stay in the processor's first cache whatever the program
/// itself wants to have there.
const COARSE: Level = Level { shift: 24, begins_at: 6 };
/// The coarse ones are looked at while no more samples than so many live: then, they say "maybe" in vain to 3 frees of 100 at most.
const MOST_FOR_COARSE: u32 = 256;
/// A counter that has come so far stays there, since nobody knows how many more there were.
const STUCK: u8 = u8::MAX;

/// Where words lie in an array that is aligned to [`ALIGNMENT`].
#[derive(Clone, Copy)]
struct Level {
    shift: u32,
    /// So that the address of the first word, modulo the alignment, is the shift; see [`View`].
    begins_at: usize,
}

/// In bytes, and in the bits of a hash value.
const ALIGNMENT: u32 = 32;

impl Level {
    const fn length(self) -> usize {
        1 << (u32::BITS - self.shift)
    }

    const fn end(self) -> usize {
        assert!((self.begins_at * size_of::<AtomicU32>()) as u32 % ALIGNMENT == self.shift);
        self.begins_at + self.length()
    }

    fn words(self, words: &Words<WORDS>) -> &[AtomicU32] {
        words.0.get(self.begins_at..self.end()).unwrap_or(&[])
    }
}

const WORDS: usize = FINE.end();
const _: () = assert!(COARSE.end() <= FINE.begins_at);

#[derive(Debug)]
#[repr(C, align(32))]
struct Words<const LENGTH: usize>([AtomicU32; LENGTH]);

/// Spreads addresses: Fibonacci hashing, of which the upper bits are the good ones.
///
/// Of the lower half of an address, for which one instruction is enough.
#[inline(always)]
pub(super) fn hash(address: u64) -> u32 {
    (address as u32).wrapping_mul(0x9E37_79B9)
}

fn bit(hash: u32) -> u32 {
    1_u32.wrapping_shl(hash >> BIT_SHIFT)
}

/// One for each bit of each word.
type Counters = [AtomicU8; FINE.length() * 32];

/// How many sampled blocks have each hash value, so that a free need look no further when there is none.
///
/// Counters, since they come down again: a loop frees the address that was sampled once, again and again. Calls of the allocator look
/// at bits instead, one for each counter that is not zero, because eight times as many have room in the processor's first cache; and as
/// long as few samples live, at those that stand for sixteen counters. Both know of all live samples, so either is right at any time.
#[derive(Debug)]
pub(super) struct Filter {
    words: Words<WORDS>,
    counters: Counters,
    /// Counters by other bits, for the few frees that the first ones let through: to look for their blocks among the live samples takes a
    /// lock and some lines that no cache has, and so longer than all else.
    second: Counters,
    /// How many samples were added and not removed.
    live: AtomicU32,
}

/// The words that the calls of one thread look at.
///
/// A pointer to the first. Its address, modulo [`ALIGNMENT`], is how far a hash value is shifted to find its word: so one word says all,
/// and a free takes it from the line in which it counts. Offsets into the filter were rejected: its address would be one more load.
#[derive(Debug)]
pub(super) struct View(AtomicPtr<AtomicU32>);

/// Words of which every bit says "maybe".
static ANYTHING: Words<23> = {
    let mut words = [const { AtomicU32::new(u32::MAX) }; 23];
    words[0] = AtomicU32::new(0);
    Words(words)
};
/// Where they begin, as a [`Level`] whose shift is 28: after seven others, of which nobody asks.
const ANYTHING_AT: usize = 7;

impl View {
    /// One in which every block may be sampled.
    pub(super) const fn of_anything() -> Self {
        Self(AtomicPtr::new((&raw const ANYTHING).cast::<AtomicU32>().wrapping_add(ANYTHING_AT).cast_mut()))
    }

    /// Lets every block be sampled from now on.
    pub(super) fn forget(&self) {
        self.0.store(Self::of_anything().0.into_inner(), Relaxed);
    }

    /// Looks at what fits the number of live samples.
    pub(super) fn look_through(&self, filter: &'static Filter) {
        self.0.store(filter.begin(), Relaxed);
    }

    /// Whether a block with this hash value may be sampled.
    ///
    /// Relaxed is enough for whoever frees a block: it was sampled before its address was given away, and whatever brought the
    /// address here brought that, too.
    ///
    /// # Safety
    /// The view must not be made of zeroes.
    #[inline(always)]
    pub(super) unsafe fn may_hold(&self, hash: u32) -> bool {
        let first = self.0.load(Relaxed);
        let place = hash.wrapping_shr(first.addr() as u32);
        // SAFETY: the address is that of the first of as many words as there are values of so many bits, in a static.
        let word = unsafe { first.add(place as usize) };
        // SAFETY: as above.
        let word = unsafe { &*word };
        word.load(Relaxed).wrapping_shr(hash >> BIT_SHIFT) & 1 != 0
    }
}

impl Filter {
    pub(super) const fn new() -> Self {
        Self {
            words: Words([const { AtomicU32::new(0) }; WORDS]),
            counters: [const { AtomicU8::new(0) }; FINE.length() * 32],
            second: [const { AtomicU8::new(0) }; FINE.length() * 32],
            live: AtomicU32::new(0),
        }
    }

    /// An empty one for tests. It is never moved, for which Miri would take long.
    #[cfg(test)]
    pub(super) fn boxed() -> Box<Self> {
        // SAFETY: made of atomic integers alone, of which zero is a value.
        unsafe { Box::new_zeroed().assume_init() }
    }

    /// The first word of the level that fits the number of live samples.
    fn begin(&self) -> *mut AtomicU32 {
        let level = if self.live.load(Relaxed) <= MOST_FOR_COARSE { COARSE } else { FINE };
        self.words.0.as_ptr().cast_mut().wrapping_add(level.begins_at)
    }

    /// Whether a block with this hash value may be sampled, as exactly as is known here.
    pub(super) fn may_hold(&self, hash: u32) -> bool {
        let word = FINE.words(&self.words).get((hash >> FINE.shift) as usize);
        word.is_some_and(|word| word.load(Relaxed) & bit(hash) != 0)
            && counter(&self.second, hash, SECOND_SHIFT).is_some_and(|counter| counter.load(Relaxed) != 0)
    }

    /// A block was sampled. Only for the holder of the lock of the shard that the hash value belongs to, so that nobody else
    /// changes its words and counters meanwhile.
    pub(super) fn add(&self, hash: u32) {
        self.live.fetch_add(1, Relaxed);
        let more = |count: u8| count.saturating_add(1);
        change(&self.second, hash, SECOND_SHIFT, more);
        if change(&self.counters, hash, BIT_SHIFT, more) == Some(0) {
            for level in [FINE, COARSE] {
                if let Some(word) = level.words(&self.words).get((hash >> level.shift) as usize) {
                    word.store(word.load(Relaxed) | bit(hash), Relaxed);
                }
            }
        }
    }

    /// A sampled block is no more. Only for the holder, as [`add`](Self::add).
    pub(super) fn remove(&self, hash: u32) {
        self.live.fetch_sub(1, Relaxed);
        let left = |count: u8| if count == STUCK { STUCK } else { count.saturating_sub(1) };
        change(&self.second, hash, SECOND_SHIFT, left);
        if change(&self.counters, hash, BIT_SHIFT, left) != Some(1) {
            return;
        }
        let clear = |word: &AtomicU32| word.store(word.load(Relaxed) & !bit(hash), Relaxed);
        let fine = FINE.words(&self.words);
        if let Some(word) = fine.get((hash >> FINE.shift) as usize) {
            clear(word);
        }
        // Those that one coarse word stands for.
        let place = (hash >> COARSE.shift) as usize;
        let each = FINE.length() / COARSE.length();
        let others = fine.get(place * each..(place + 1) * each).unwrap_or(&[]);
        if others.iter().all(|word| word.load(Relaxed) & bit(hash) == 0)
            && let Some(word) = COARSE.words(&self.words).get(place)
        {
            clear(word);
        }
    }
}

/// The counter of a hash value, by the bits that are left when it is shifted so far.
fn counter(counters: &Counters, hash: u32, shift: u32) -> Option<&AtomicU8> {
    counters.get(((hash >> FINE.shift) * 32 + (hash >> shift) % 32) as usize)
}

/// Changes the counter of a hash value, and gives what it was.
fn change(counters: &Counters, hash: u32, shift: u32, to: impl Fn(u8) -> u8) -> Option<u8> {
    let counter = counter(counters, hash, shift)?;
    let count = counter.load(Relaxed);
    counter.store(to(count), Relaxed);
    Some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter() -> &'static Filter {
        Box::leak(Filter::boxed())
    }

    /// Whether each level may hold it: as views say, and as the filter itself does.
    fn levels(filter: &Filter, hash: u32) -> [bool; 3] {
        let [coarse, fine] = [COARSE, FINE].map(|level| {
            let first = filter.words.0.as_ptr().cast_mut().wrapping_add(level.begins_at);
            // SAFETY: it is of the first word of a level.
            unsafe { View(AtomicPtr::new(first)).may_hold(hash) }
        });
        [coarse, fine, filter.may_hold(hash)]
    }

    fn is_empty(filter: &Filter) -> bool {
        filter.words.0.iter().all(|word| word.load(Relaxed) == 0)
            && filter.counters.iter().chain(&filter.second).all(|counter| counter.load(Relaxed) == 0)
    }

    #[test]
    fn what_was_added_may_be_there_until_it_is_removed() {
        let filter = filter();
        for address in [0x7F00_0000_1230, 0, u64::MAX, 0xFFFF_FFF0] {
            let address = hash(address);
            assert_eq!(levels(filter, address), [false; 3]);
            filter.add(address);
            filter.add(address);
            filter.remove(address);
            assert_eq!(levels(filter, address), [true; 3]);
            filter.remove(address);
            assert_eq!(levels(filter, address), [false; 3]);
        }
        assert!(is_empty(filter));
    }

    #[test]
    #[cfg_attr(miri, ignore = "arithmetic of minutes, and no memory of its own")]
    fn both_levels_know_of_all() {
        let filter = filter();
        let blocks = 20_000;
        let hashes: Vec<u32> = (1..blocks).map(|block| hash(0x7F12_3456_0000 + 144 * block)).collect();
        hashes.iter().for_each(|hash| filter.add(*hash));
        for (index, hash) in hashes.iter().enumerate() {
            assert_eq!(levels(filter, *hash), [true; 3], "{index}");
            filter.remove(*hash);
        }
        assert!(is_empty(filter));
    }

    #[test]
    #[cfg_attr(miri, ignore = "arithmetic of minutes, and no memory of its own")]
    fn a_counter_that_ran_over_never_says_that_there_is_nothing() {
        let filter = filter();
        (0..300).for_each(|_| filter.add(0));
        (0..300).for_each(|_| filter.remove(0));
        assert_eq!(levels(filter, 0), [true; 3]);
    }

    #[test]
    #[cfg_attr(miri, ignore = "arithmetic of minutes, and no memory of its own")]
    fn a_view_is_as_fine_as_it_has_to_be() {
        let filter = filter();
        let view = View::of_anything();
        let shift = || {
            view.look_through(filter);
            view.0.load(Relaxed).addr() as u32 % ALIGNMENT
        };
        assert_eq!(shift(), COARSE.shift);
        (0..=MOST_FOR_COARSE).for_each(|block| filter.add(hash(16 * u64::from(block))));
        assert_eq!(shift(), FINE.shift);
        filter.remove(hash(0));
        assert_eq!(shift(), COARSE.shift);
    }

    #[test]
    fn a_view_of_anything_holds_back_nothing() {
        let view = View::of_anything();
        let filter = filter();
        for hash in [0, 1, 1 << 31, u32::MAX] {
            // SAFETY: just made.
            assert!(unsafe { view.may_hold(hash) });
            view.look_through(filter);
            // SAFETY: as above.
            assert!(!unsafe { view.may_hold(hash) });
            view.forget();
        }
    }

    #[test]
    #[cfg_attr(miri, ignore = "arithmetic of minutes, and no memory of its own")]
    fn few_blocks_are_mistaken_for_sampled_ones() {
        // Those of one size, up to such as take much longer to free than to be looked for.
        for stride in [16, 64, 144, 4_096, 1 << 16] {
            for samples in [MOST_FOR_COARSE, 4_096] {
                let filter = filter();
                // One of seven is sampled.
                let address = |block: u64| 0x7F12_3456_0010 + stride * block;
                let samples = u64::from(samples);
                (0..samples).for_each(|block| filter.add(hash(address(7 * block))));
                let view = View::of_anything();
                view.look_through(filter);
                // SAFETY: it looks through a filter.
                let is_mistaken =
                    |block: &u64| !block.is_multiple_of(7) && unsafe { view.may_hold(hash(address(*block))) };
                let mistaken = (0..7 * samples).filter(is_mistaken).count() as f64 / (6 * samples) as f64;
                assert!(mistaken < 0.1, "{stride}, {samples}: {mistaken}");
                let is_looked_for =
                    |block: &u64| !block.is_multiple_of(7) && filter.may_hold(hash(address(*block)));
                let looked_for = (0..7 * samples).filter(is_looked_for).count() as f64 / (6 * samples) as f64;
                assert!(stride > 1_024 || looked_for < 0.005, "{stride}, {samples}: {looked_for}");
            }
        }
    }
}
