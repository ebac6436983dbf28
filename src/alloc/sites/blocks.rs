//! Which stack each live block belongs to: an open-addressed table from addresses to rows.
//!
//! Rejected: a header before each block, which would change what the inner allocator is asked for, and which blocks from
//! before the window do not have.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicU64, AtomicUsize};

use super::tables::Tables;

/// A live block, in 16 bytes:
///
/// ```text
/// place   63 ───────── 16 15 ── 0      owner  63 ── 44 43 ── 24 23 ── 0
///         address          clock (high)       row      origin   clock (low)
/// ```
#[derive(Debug)]
pub(super) struct Entry {
    place: AtomicU64,
    owner: AtomicU64,
}

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
const SMALLEST: usize = 1 << 12;

/// The table lies from `SIZE` to `2 × SIZE`; a larger one is filled before the smaller is left. All under the recorder's
/// lock.
static SIZE: AtomicUsize = AtomicUsize::new(SMALLEST);
static USED: AtomicUsize = AtomicUsize::new(0);

/// How long the memory must be for `blocks` live blocks.
pub(super) fn table_length(blocks: usize) -> usize {
    (blocks.next_power_of_two() * 4).max(SMALLEST * 2)
}

fn entry(tables: &Tables, size: usize, position: usize) -> Option<&'static Entry> {
    tables.blocks.get(size + (position & (size - 1)))
}

/// Where a block would like to be. Neighbours in a kibibyte stay neighbours, as they are often used together; kibibytes
/// are scattered.
#[inline(always)]
fn home(address: u64) -> usize {
    let scattered = (address >> 10).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 26;
    ((scattered << 6) | ((address >> 4) & 63)) as usize
}

/// Enters a block. False when there is no room, or the address has more bits than any platform's here.
///
/// An entry of the same address is written over: its block is gone, and was freed when nobody looked.
#[inline(always)]
pub(super) fn insert(tables: &Tables, address: u64, owner: Owner) -> bool {
    let size = SIZE.load(Relaxed);
    if USED.load(Relaxed) * 2 >= size && !grow(tables, size) {
        return false;
    }
    address >> (64 - ADDRESS_SHIFT) == 0 && put(tables, SIZE.load(Relaxed), address, pack(address, owner))
}

#[inline(always)]
fn put(tables: &Tables, size: usize, address: u64, (place, owner): (u64, u64)) -> bool {
    let start = home(address);
    for distance in 0..size {
        let Some(entry) = entry(tables, size, start.wrapping_add(distance)) else { return false };
        let there = entry.place.load(Relaxed);
        let is_vacant = there == 0;
        if is_vacant || there >> ADDRESS_SHIFT == address {
            if is_vacant {
                USED.store(USED.load(Relaxed) + 1, Relaxed);
            }
            entry.place.store(place, Relaxed);
            entry.owner.store(owner, Relaxed);
            return true;
        }
    }
    false
}

/// Takes a block out. None when it is not known.
#[inline(always)]
pub(super) fn remove(tables: &Tables, address: u64) -> Option<Owner> {
    let size = SIZE.load(Relaxed);
    let start = home(address);
    for distance in 0..size {
        let position = start.wrapping_add(distance);
        let entry = entry(tables, size, position)?;
        let place = entry.place.load(Relaxed);
        if place == 0 {
            return None;
        }
        if place >> ADDRESS_SHIFT == address {
            let owner = unpack(place, entry.owner.load(Relaxed));
            entry.place.store(0, Relaxed);
            USED.store(USED.load(Relaxed).wrapping_sub(1), Relaxed);
            close_gap(tables, size, position);
            return Some(owner);
        }
    }
    None
}

/// Moves entries back into the gap that a removed one left, so that every entry can be reached from its home without
/// crossing a vacancy (Knuth, The Art of Computer Programming, volume 3, section 6.4, algorithm R).
fn close_gap(tables: &Tables, size: usize, mut gap: usize) {
    let mask = size - 1;
    let mut position = gap;
    for _ in 1..size {
        position = position.wrapping_add(1);
        let Some(candidate) = entry(tables, size, position) else { return };
        let place = candidate.place.load(Relaxed);
        if place == 0 {
            return;
        }
        let from_home = position.wrapping_sub(home(place >> ADDRESS_SHIFT)) & mask;
        let from_gap = position.wrapping_sub(gap) & mask;
        if from_home >= from_gap {
            let Some(vacancy) = entry(tables, size, gap) else { return };
            vacancy.place.store(place, Relaxed);
            vacancy.owner.store(candidate.owner.load(Relaxed), Relaxed);
            candidate.place.store(0, Relaxed);
            gap = position;
        }
    }
}

/// Enters every block into a table of twice the size. False when there is no room.
#[cold]
#[inline(never)]
fn grow(tables: &Tables, size: usize) -> bool {
    let larger = size * 2;
    if tables.blocks.len() < larger * 2 {
        return false;
    }
    // Left over from an earlier window, when it was last used.
    clear_table(tables, larger);
    USED.store(0, Relaxed);
    for position in 0..size {
        let Some(entry) = entry(tables, size, position) else { return false };
        let place = entry.place.load(Relaxed);
        if place != 0 {
            put(tables, larger, place >> ADDRESS_SHIFT, (place, entry.owner.load(Relaxed)));
        }
    }
    SIZE.store(larger, Relaxed);
    true
}

/// Forgets every block.
pub(super) fn clear(tables: &Tables) {
    SIZE.store(SMALLEST, Relaxed);
    USED.store(0, Relaxed);
    clear_table(tables, SMALLEST);
}

fn clear_table(tables: &Tables, size: usize) {
    for position in 0..size {
        if let Some(entry) = entry(tables, size, position)
            // Looked at before it is written, so that pages that were never used stay so.
            && entry.place.load(Relaxed) != 0
        {
            entry.place.store(0, Relaxed);
        }
    }
}

#[inline(always)]
fn pack(address: u64, owner: Owner) -> (u64, u64) {
    let Owner { row, origin, born } = owner;
    let place = address << ADDRESS_SHIFT | born >> CLOCK_LOW_BITS & CLOCK_HIGH_MASK;
    (place, u64::from(row) << 44 | u64::from(origin) << CLOCK_LOW_BITS | born & CLOCK_LOW_MASK)
}

#[inline(always)]
fn unpack(place: u64, owner: u64) -> Owner {
    Owner {
        row: (owner >> 44) as u32,
        origin: (owner >> CLOCK_LOW_BITS) as u32 & (MOST_ROWS as u32 - 1),
        born: (place & CLOCK_HIGH_MASK) << CLOCK_LOW_BITS | owner & CLOCK_LOW_MASK,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::super::tables::Capacity;
    use super::super::tables::tests_support::alone;
    use super::*;

    #[test]
    fn an_owner_survives_packing() {
        let owner = Owner { row: 0xF_FFFE, origin: 0x8_0001, born: 0xAB_CDEF_0123 };
        let address = 0x7FFF_FFFF_FFF0;
        let (place, packed) = pack(address, owner);
        assert_eq!(place >> ADDRESS_SHIFT, address);
        assert_eq!(unpack(place, packed), owner);
    }

    /// A linear congruential generator (Knuth's MMIX).
    fn next(state: &mut u64) -> u64 {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        *state >> 24
    }

    fn owner(number: u64) -> Owner {
        Owner { row: (number % 1_000) as u32, origin: (number % 77) as u32, born: number & CLOCK_MASK }
    }

    fn capacity(blocks: usize) -> Capacity {
        Capacity { nodes: 16, stacks: 16, blocks, threads: 1 }
    }

    #[test]
    fn random_blocks_agree_with_a_map() {
        let (tables, _alone) = alone(capacity(1 << 15));
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
            clear(&tables);
            let mut model: HashMap<u64, Owner> = HashMap::new();
            for step in 0..60_000_u64 {
                let address = addresses[(next(&mut state) % 4) as usize](next(&mut state));
                // Grows, and then shrinks.
                if next(&mut state) % 100 < if step < 40_000 { 70 } else { 20 } {
                    assert!(insert(&tables, address, owner(step)));
                    model.insert(address, owner(step));
                } else {
                    assert_eq!(
                        remove(&tables, address),
                        model.remove(&address),
                        "round {round}, step {step}"
                    );
                }
                assert_eq!(USED.load(Relaxed), model.len());
            }
            for (address, owner) in model {
                assert_eq!(remove(&tables, address), Some(owner));
            }
            assert_eq!(USED.load(Relaxed), 0);
        }
    }

    #[test]
    fn blocks_that_want_one_place_are_kept_apart_around_the_end_of_the_table() {
        let (tables, _alone) = alone(capacity(1 << 10));
        clear(&tables);
        let last = SMALLEST - 1;
        // As many as one long cluster that goes on at the table's start, some with places of their own further on.
        let near = |address: &u64| {
            let place = home(*address) & (SMALLEST - 1);
            place >= last - 2 || place < 3
        };
        let addresses: Vec<u64> = (1..).map(|number| number << 4).filter(near).take(60).collect();
        for forwards in [true, false] {
            for (number, address) in (0..).zip(&addresses) {
                assert!(insert(&tables, *address, owner(number)));
            }
            let order: Vec<usize> = if forwards { (0..60).collect() } else { (0..60).rev().collect() };
            for (taken, index) in order.iter().enumerate() {
                assert_eq!(remove(&tables, addresses[*index]), Some(owner(*index as u64)));
                for left in order.iter().skip(taken + 1) {
                    let (address, owner) = (addresses[*left], owner(*left as u64));
                    assert_eq!(remove(&tables, address), Some(owner), "{index} took {left} along");
                    assert!(insert(&tables, address, owner));
                }
            }
        }
        assert_eq!(USED.load(Relaxed), 0);
    }

    #[test]
    fn what_finds_no_room_is_refused_and_what_is_there_stays() {
        let (tables, _alone) = alone(capacity(1 << 13));
        clear(&tables);
        let address = |number: u64| 0x1000_0000 + number * 48;
        let entered = (0..20_000).filter(|number| insert(&tables, address(*number), owner(*number))).count();
        assert_eq!(entered, 1 << 13);
        for number in 0..20_000 {
            let expected = (number < 1 << 13).then(|| owner(number));
            assert_eq!(remove(&tables, address(number)), expected);
        }
        // An address that has more bits than are kept.
        assert!(!insert(&tables, 1 << 48, owner(1)));
        assert_eq!(remove(&tables, 1 << 48), None);
        assert_eq!(USED.load(Relaxed), 0);
    }

    #[test]
    fn nothing_is_left_of_a_larger_table_after_it_was_cleared() {
        let (tables, _alone) = alone(capacity(1 << 14));
        for round in 0..3_u64 {
            clear(&tables);
            let address = |number: u64| 0x5000_0000 + (number * 3 + round) * 16;
            for number in 0..10_000 {
                assert_eq!(remove(&tables, address(number)), None);
                assert!(insert(&tables, address(number), owner(number)));
                // Over a block whose release nobody saw.
                assert!(insert(&tables, address(number), owner(number + round)));
            }
            assert_eq!(USED.load(Relaxed), 10_000);
            assert!(SIZE.load(Relaxed) >= 20_000);
            assert_eq!(remove(&tables, address(9_999)), Some(owner(9_999 + round)));
        }
    }
}
