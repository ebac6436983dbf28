//! Which stack each live block belongs to: an open-addressed table from addresses to rows.
//!
//! Rejected: a header before each block, which would change what the inner allocator is asked for, and which blocks from
//! before the window do not have.

use super::memory::{Reserved, ZeroIsValid};

/// A live block, in 16 bytes:
///
/// ```text
/// place   63 ───────── 16 15 ── 0      owner  63 ── 44 43 ── 24 23 ── 0
///         address          clock (high)       row      origin   clock (low)
/// ```
#[derive(Clone, Copy, Debug)]
struct Entry {
    place: u64,
    owner: u64,
}

#[expect(unsafe_code, reason = "says that zeroes are a vacancy")]
// SAFETY: made of integers alone.
unsafe impl ZeroIsValid for Entry {}

/// Whose a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Owner {
    /// The row of the stack that allocated or last reallocated the block.
    pub(super) row: u32,
    /// The row of the stack that allocated it first.
    pub(super) origin: u32,
    /// The event at which it was allocated, modulo 2^40.
    pub(super) born: u64,
}

/// How many rows can be told apart here.
pub(super) const MOST_ROWS: usize = 1 << 20;
/// Clocks are kept modulo 2^40, and lifetimes are their differences.
pub(super) const CLOCK_MASK: u64 = (1 << 40) - 1;
const CLOCK_LOW_BITS: u32 = 24;
const CLOCK_LOW_MASK: u64 = (1 << CLOCK_LOW_BITS) - 1;
const CLOCK_HIGH_MASK: u64 = (1 << ADDRESS_SHIFT) - 1;
/// Addresses have 48 bits.
const ADDRESS_SHIFT: u32 = 16;
/// Of a table; small where every step takes long, so that tests meet larger ones too.
const SMALLEST: usize = if cfg!(miri) { 1 << 5 } else { 1 << 12 };

/// The live blocks, and whose they are.
#[derive(Debug)]
pub(super) struct Blocks {
    /// The table in use lies from `size` to `2 × size`; a larger one is filled before the smaller is left.
    memory: Reserved<Entry>,
    /// A power of two.
    size: usize,
    /// At most half of `size`, so that every search meets a vacancy.
    used: usize,
}

/// Where a block would like to be. Neighbours in a kibibyte stay neighbours, as they are often used together; kibibytes
/// are scattered.
#[inline(always)]
fn home(address: u64) -> usize {
    let scattered = (address >> 10).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 26;
    ((scattered << 6) | ((address >> 4) & 63)) as usize
}

impl Blocks {
    /// Reserves room for so many blocks. None when there is no memory.
    pub(super) fn reserve(blocks: usize) -> Option<Self> {
        let length = (blocks.checked_next_power_of_two()?.checked_mul(4)?).max(SMALLEST * 2);
        Some(Self { memory: Reserved::new(length)?, size: SMALLEST, used: 0 })
    }

    #[inline(always)]
    fn entry(&mut self, size: usize, position: usize) -> Option<&mut Entry> {
        self.memory.get_mut(size + (position & (size - 1)))
    }

    /// Enters a block. False when there is no room, or the address has more bits than any platform's here.
    ///
    /// An entry of the same address is written over: its block is gone, and was freed when nobody looked.
    #[inline(always)]
    pub(super) fn insert(&mut self, address: u64, owner: Owner) -> bool {
        if self.used * 2 >= self.size && !self.grow() {
            return false;
        }
        address >> (64 - ADDRESS_SHIFT) == 0 && self.put(self.size, address, pack(address, owner))
    }

    #[inline(always)]
    fn put(&mut self, size: usize, address: u64, entry: Entry) -> bool {
        let start = home(address);
        for distance in 0..size {
            let Some(there) = self.entry(size, start.wrapping_add(distance)) else { return false };
            let is_vacant = there.place == 0;
            if is_vacant || there.place >> ADDRESS_SHIFT == address {
                *there = entry;
                if is_vacant {
                    self.used += 1;
                }
                return true;
            }
        }
        false
    }

    /// Takes a block out. None when it is not known.
    #[inline(always)]
    pub(super) fn remove(&mut self, address: u64) -> Option<Owner> {
        let size = self.size;
        let start = home(address);
        for distance in 0..size {
            let position = start.wrapping_add(distance);
            let entry = self.entry(size, position)?;
            if entry.place == 0 {
                return None;
            }
            if entry.place >> ADDRESS_SHIFT == address {
                let owner = unpack(*entry);
                entry.place = 0;
                self.used = self.used.wrapping_sub(1);
                self.close_gap(position);
                return Some(owner);
            }
        }
        None
    }

    /// Moves entries back into the gap that a removed one left, so that every entry can be reached from its home without
    /// crossing a vacancy (Knuth, The Art of Computer Programming, volume 3, section 6.4, algorithm R).
    #[inline(always)]
    fn close_gap(&mut self, mut gap: usize) {
        let size = self.size;
        let mask = size - 1;
        let mut position = gap;
        for _ in 1..size {
            position = position.wrapping_add(1);
            let Some(candidate) = self.entry(size, position).copied() else { return };
            if candidate.place == 0 {
                return;
            }
            let from_home = position.wrapping_sub(home(candidate.place >> ADDRESS_SHIFT)) & mask;
            let from_gap = position.wrapping_sub(gap) & mask;
            if from_home >= from_gap {
                let Some(vacancy) = self.entry(size, gap) else { return };
                *vacancy = candidate;
                let Some(moved) = self.entry(size, position) else { return };
                moved.place = 0;
                gap = position;
            }
        }
    }

    /// Enters every block into a table of twice the size. False when there is no room.
    #[cold]
    #[inline(never)]
    fn grow(&mut self) -> bool {
        let size = self.size;
        let larger = size * 2;
        if self.memory.len() < larger * 2 {
            return false;
        }
        // Left over from an earlier window, when it was last used.
        self.clear_table(larger);
        self.used = 0;
        for position in 0..size {
            let Some(entry) = self.entry(size, position).copied() else { return false };
            if entry.place != 0 {
                self.put(larger, entry.place >> ADDRESS_SHIFT, entry);
            }
        }
        self.size = larger;
        true
    }

    /// Forgets every block.
    pub(super) fn clear(&mut self) {
        self.size = SMALLEST;
        self.used = 0;
        self.clear_table(SMALLEST);
    }

    fn clear_table(&mut self, size: usize) {
        for entry in self.memory.get_mut(size..size * 2).unwrap_or(&mut []) {
            // Looked at before it is written, so that pages that were never used stay so.
            if entry.place != 0 {
                entry.place = 0;
            }
        }
    }
}

#[inline(always)]
fn pack(address: u64, owner: Owner) -> Entry {
    let Owner { row, origin, born } = owner;
    Entry {
        place: address << ADDRESS_SHIFT | born >> CLOCK_LOW_BITS & CLOCK_HIGH_MASK,
        owner: u64::from(row) << 44 | u64::from(origin) << CLOCK_LOW_BITS | born & CLOCK_LOW_MASK,
    }
}

#[inline(always)]
fn unpack(entry: Entry) -> Owner {
    let Entry { place, owner } = entry;
    Owner {
        row: (owner >> 44) as u32,
        origin: (owner >> CLOCK_LOW_BITS) as u32 & (MOST_ROWS as u32 - 1),
        born: (place & CLOCK_HIGH_MASK) << CLOCK_LOW_BITS | owner & CLOCK_LOW_MASK,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn an_owner_survives_packing() {
        let owner = Owner { row: 0xF_FFFE, origin: 0x8_0001, born: 0xAB_CDEF_0123 };
        let address = 0x7FFF_FFFF_FFF0;
        let entry = pack(address, owner);
        assert_eq!(entry.place >> ADDRESS_SHIFT, address);
        assert_eq!(unpack(entry), owner);
    }

    /// A linear congruential generator (Knuth's MMIX).
    fn next(state: &mut u64) -> u64 {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        *state >> 24
    }

    fn owner(number: u64) -> Owner {
        Owner { row: (number % 1_000) as u32, origin: (number % 77) as u32, born: number & CLOCK_MASK }
    }

    #[test]
    fn random_blocks_agree_with_a_map() {
        const STEPS: u64 = if cfg!(miri) { 120 } else { 60_000 };
        let mut blocks = Blocks::reserve(STEPS as usize).unwrap();
        // Neighbours as most allocators give them, blocks of a page that all have one place in their kibibyte, blocks
        // closer together than places, and any.
        let addresses: [fn(u64) -> u64; 4] = [
            |number| 0x7F00_0000_0000 + number % 6_000 * 32,
            |number| 0x10_0000 + number % 6_000 * 4_096,
            |number| 0x20_0000 + number % 6_000 * 8,
            |number| (number % 6_000 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 17 << 1,
        ];
        let mut state = 1;
        for round in 0..3 {
            blocks.clear();
            let mut model: HashMap<u64, Owner> = HashMap::new();
            for step in 0..STEPS {
                let address = addresses[(next(&mut state) % 4) as usize](next(&mut state));
                // Grows, and then shrinks.
                if next(&mut state) % 100 < if step < STEPS / 3 * 2 { 70 } else { 20 } {
                    assert!(blocks.insert(address, owner(step)));
                    model.insert(address, owner(step));
                } else {
                    assert_eq!(blocks.remove(address), model.remove(&address), "round {round}, step {step}");
                }
                assert_eq!(blocks.used, model.len());
            }
            for (address, owner) in model {
                assert_eq!(blocks.remove(address), Some(owner));
            }
            assert_eq!(blocks.used, 0);
        }
    }

    #[test]
    fn blocks_that_want_one_place_are_kept_apart_around_the_end_of_the_table() {
        const NUMBER: usize = if cfg!(miri) { 8 } else { 60 };
        let mut blocks = Blocks::reserve(NUMBER).unwrap();
        blocks.clear();
        let last = SMALLEST - 1;
        // As many as one long cluster that goes on at the table's start, some with places of their own further on.
        let near = |address: &u64| {
            let place = home(*address) & (SMALLEST - 1);
            place >= last - 2 || place < 3
        };
        let addresses: Vec<u64> = (1..).map(|number| number << 4).filter(near).take(NUMBER).collect();
        for forwards in [true, false] {
            for (number, address) in (0..).zip(&addresses) {
                assert!(blocks.insert(*address, owner(number)));
            }
            let order: Vec<usize> =
                if forwards { (0..NUMBER).collect() } else { (0..NUMBER).rev().collect() };
            for (taken, index) in order.iter().enumerate() {
                assert_eq!(blocks.remove(addresses[*index]), Some(owner(*index as u64)));
                for left in order.iter().skip(taken + 1) {
                    let (address, owner) = (addresses[*left], owner(*left as u64));
                    assert_eq!(blocks.remove(address), Some(owner), "{index} took {left} along");
                    assert!(blocks.insert(address, owner));
                }
            }
        }
        assert_eq!(blocks.used, 0);
    }

    #[test]
    fn what_finds_no_room_is_refused_and_what_is_there_stays() {
        const ROOM: u64 = if cfg!(miri) { 1 << 6 } else { 1 << 13 };
        let mut blocks = Blocks::reserve(ROOM as usize).unwrap();
        blocks.clear();
        let address = |number: u64| 0x1000_0000 + number * 48;
        let entered = (0..ROOM * 2).filter(|number| blocks.insert(address(*number), owner(*number))).count();
        assert_eq!(entered, ROOM as usize);
        for number in 0..ROOM * 2 {
            let expected = (number < ROOM).then(|| owner(number));
            assert_eq!(blocks.remove(address(number)), expected);
        }
        // An address that has more bits than are kept.
        assert!(!blocks.insert(1 << 48, owner(1)));
        assert_eq!(blocks.remove(1 << 48), None);
        assert_eq!(blocks.used, 0);
    }

    #[test]
    fn nothing_is_left_of_a_larger_table_after_it_was_cleared() {
        const NUMBER: u64 = if cfg!(miri) { 100 } else { 10_000 };
        let mut blocks = Blocks::reserve(NUMBER as usize).unwrap();
        for round in 0..if cfg!(miri) { 2 } else { 3_u64 } {
            blocks.clear();
            let address = |number: u64| 0x5000_0000 + (number * 3 + round) * 16;
            for number in 0..NUMBER {
                assert_eq!(blocks.remove(address(number)), None);
                assert!(blocks.insert(address(number), owner(number)));
                // Over a block whose release nobody saw.
                assert!(blocks.insert(address(number), owner(number + round)));
            }
            assert_eq!(blocks.used as u64, NUMBER);
            assert!(blocks.size as u64 >= NUMBER * 2);
            assert_eq!(blocks.remove(address(NUMBER - 1)), Some(owner(NUMBER - 1 + round)));
        }
    }
}
