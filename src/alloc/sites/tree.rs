//! Call stacks as a tree of return addresses.
//!
//! A node stands for a whole stack: its own return address, and the node of the frame outside. Two stacks have one node
//! only if all their addresses are equal; a hash finds the node, and never decides.
//!
//! Nodes are only ever added, and are complete before they can be found, so looking one up takes no lock.

use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};

use super::lock::SpinLock;
use super::tables::Tables;
use memgate_protocol::capture::node::{BEYOND_LIMIT, FIRST};

/// A stack: one return address, and the stack outside of it.
#[derive(Debug)]
pub(super) struct Node {
    address: AtomicU64,
    parent: AtomicU32,
    /// The row that counts for this stack; zero while there is none.
    pub(super) row: AtomicU32,
}

/// Nodes that are in use, the reserved ones included; written under [`GROWING`].
static USED: AtomicU32 = AtomicU32::new(FIRST);
/// The size of the index in use; see [`index_slot`].
static INDEX_SIZE: AtomicUsize = AtomicUsize::new(SMALLEST_INDEX);
pub(super) static GROWING: SpinLock = SpinLock::new();

const SMALLEST_INDEX: usize = 1 << 12;

/// How long the index's memory must be for `nodes` nodes.
pub(super) fn index_length(nodes: usize) -> usize {
    // Half full at most, and twice as long as the largest, so that each size has a place of its own.
    (nodes.next_power_of_two() * 4).max(SMALLEST_INDEX * 2)
}

/// An index of `size` slots, a power of two, lies from `size` to `2 × size`. So a larger one is filled while others still
/// look things up in the smaller, and memory is cleared by nobody.
fn index_slot(tables: &Tables, size: usize, position: usize) -> Option<&'static AtomicU32> {
    tables.index.get(size + (position & (size - 1)))
}

/// The node of the stack that is `parent` and, inside of it, a frame that returns to `address`.
#[inline]
pub(super) fn child(tables: &Tables, parent: u32, address: u64) -> u32 {
    let hash = hash(parent, address);
    match find(tables, INDEX_SIZE.load(Ordering::Acquire), hash, parent, address) {
        Found::Node(node) => node,
        Found::Vacancy(_) | Found::Nothing => insert(tables, hash, parent, address),
    }
}

enum Found {
    Node(u32),
    Vacancy(&'static AtomicU32),
    Nothing,
}

#[inline(always)]
fn find(tables: &Tables, size: usize, hash: usize, parent: u32, address: u64) -> Found {
    for distance in 0..size {
        let Some(slot) = index_slot(tables, size, hash.wrapping_add(distance)) else { return Found::Nothing };
        let index = slot.load(Ordering::Acquire);
        if index == 0 {
            return Found::Vacancy(slot);
        }
        let Some(node) = tables.nodes.get(index as usize) else { return Found::Nothing };
        if node.address.load(Ordering::Relaxed) == address && node.parent.load(Ordering::Relaxed) == parent {
            return Found::Node(index);
        }
    }
    Found::Nothing
}

#[cold]
#[inline(never)]
fn insert(tables: &Tables, hash: usize, parent: u32, address: u64) -> u32 {
    let _held = GROWING.hold();
    let size = INDEX_SIZE.load(Ordering::Relaxed);
    // Another thread may have been here first.
    let vacancy = match find(tables, size, hash, parent, address) {
        Found::Node(node) => return node,
        Found::Vacancy(slot) => slot,
        Found::Nothing => return BEYOND_LIMIT,
    };
    let used = USED.load(Ordering::Relaxed);
    let Some(node) = tables.nodes.get(used as usize) else { return BEYOND_LIMIT };
    node.address.store(address, Ordering::Relaxed);
    node.parent.store(parent, Ordering::Relaxed);
    USED.store(used + 1, Ordering::Release);
    vacancy.store(used, Ordering::Release);
    if used as usize * 2 > size {
        grow(tables, size * 2);
    }
    used
}

/// Fills a larger index, and then lets it be seen. Stays with the old one when there is no room.
fn grow(tables: &Tables, size: usize) {
    if tables.index.len() < size * 2 {
        return;
    }
    for used in FIRST..USED.load(Ordering::Relaxed) {
        let Some(node) = tables.nodes.get(used as usize) else { return };
        let (parent, address) = (node.parent.load(Ordering::Relaxed), node.address.load(Ordering::Relaxed));
        if let Found::Vacancy(slot) = find(tables, size, hash(parent, address), parent, address) {
            slot.store(used, Ordering::Relaxed);
        }
    }
    INDEX_SIZE.store(size, Ordering::Release);
}

#[inline(always)]
fn hash(parent: u32, address: u64) -> usize {
    // The multiplier of Fibonacci hashing; the high bits are the good ones.
    let mixed = (address ^ (u64::from(parent) << 40 | u64::from(parent))).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ (mixed >> 32)) as usize
}

/// The nodes from [`FIRST`] on, as (number of the node outside, return address).
pub(crate) fn nodes() -> impl Iterator<Item = (u32, u64)> {
    let nodes = super::tables::get().map_or(&[][..], |tables| tables.nodes);
    (FIRST..USED.load(Ordering::Acquire)).filter_map(move |number| {
        let node = nodes.get(number as usize)?;
        Some((node.parent.load(Ordering::Relaxed), node.address.load(Ordering::Relaxed)))
    })
}

/// As if no table had ever been used.
#[cfg(test)]
pub(super) fn forget_all() {
    USED.store(FIRST, Ordering::Relaxed);
    INDEX_SIZE.store(SMALLEST_INDEX, Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};
    use std::sync::Barrier;

    use super::super::tables::Capacity;
    use super::super::tables::tests_support::alone;
    use super::*;
    use memgate_protocol::capture::node::ROOT;

    /// With room for so many nodes besides the reserved ones.
    fn capacity(nodes: usize) -> Capacity {
        Capacity { nodes: nodes + FIRST as usize, stacks: 16, blocks: 16, threads: 1 }
    }

    #[test]
    fn a_stack_is_one_node_and_a_node_one_stack() {
        let (tables, _alone) = alone(capacity(60_000));
        let mut stacks: HashMap<u32, (u32, u64)> = HashMap::new();
        let mut known = vec![ROOT];
        // More than the smallest index has slots for, and addresses that differ in one bit or are swapped with parents.
        for number in 0..40_000_u64 {
            let parent = known[(number.wrapping_mul(2_654_435_761) % known.len() as u64) as usize];
            let address = match number % 3 {
                0 => 0x5555_0000_0000 + number * 4,
                1 => u64::from(parent) << 40 | number,
                _ => 1 << (number % 64),
            };
            let node = child(&tables, parent, address);
            assert_ne!(node, BEYOND_LIMIT);
            assert_eq!(child(&tables, parent, address), node);
            assert_eq!(*stacks.entry(node).or_insert((parent, address)), (parent, address));
            known.push(node);
        }
        for (node, (parent, address)) in &stacks {
            assert_eq!(child(&tables, *parent, *address), *node);
            let there = &tables.nodes[*node as usize];
            assert_eq!(
                (there.parent.load(Ordering::Relaxed), there.address.load(Ordering::Relaxed)),
                (*parent, *address)
            );
        }
        assert_eq!(stacks.values().collect::<HashSet<_>>().len(), stacks.len());
    }

    #[test]
    fn what_finds_no_room_is_beyond_the_limit_and_what_is_there_stays() {
        let (tables, _alone) = alone(capacity(100));
        let nodes: Vec<u32> = (0..150).map(|address| child(&tables, ROOT, 0x9999_0000 + address)).collect();
        assert_eq!(nodes.iter().filter(|node| **node == BEYOND_LIMIT).count(), 50);
        assert!(nodes[..100].iter().all(|node| *node != BEYOND_LIMIT));
        for (address, node) in (0..).zip(&nodes) {
            assert_eq!(child(&tables, ROOT, 0x9999_0000 + address), *node);
        }
        assert_eq!(child(&tables, BEYOND_LIMIT, 1), BEYOND_LIMIT);
    }

    #[test]
    fn threads_that_meet_a_stack_at_once_give_it_one_node() {
        const THREADS: usize = 4;
        let (tables, _alone) = alone(capacity(60_000));
        let barrier = Barrier::new(THREADS);
        let by_thread = std::thread::scope(|scope| {
            let threads = [(); THREADS].map(|()| {
                scope.spawn(|| {
                    barrier.wait();
                    let mut node = ROOT;
                    let address = |number: u64| 0x7777_0000_0000 + number;
                    (0..20_000)
                        .map(|number| {
                            node =
                                child(&tables, if number % 100 == 0 { ROOT } else { node }, address(number));
                            node
                        })
                        .collect::<Vec<_>>()
                })
            });
            threads.map(|thread| thread.join().unwrap())
        });
        assert!(by_thread.iter().all(|nodes| *nodes == by_thread[0]));
        assert_eq!(by_thread[0].iter().collect::<HashSet<_>>().len(), 20_000);
        assert!(!by_thread[0].contains(&BEYOND_LIMIT));
    }
}
