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
    use super::*;

    #[test]
    fn an_owner_survives_packing() {
        let owner = Owner { row: 0xF_FFFE, origin: 0x8_0001, born: 0xAB_CDEF_0123 };
        let address = 0x7FFF_FFFF_FFF0;
        let (place, packed) = pack(address, owner);
        assert_eq!(place >> ADDRESS_SHIFT, address);
        assert_eq!(unpack(place, packed), owner);
    }
}
