//! Call stacks as a tree of return addresses.
//!
//! A node stands for a whole stack: its own return address, and the node of the frame outside. Two stacks have one node
//! only if all their addresses are equal; a hash finds the node, and never decides.
//!
//! Nodes are only ever added, and are complete before they can be found, so looking one up takes no lock.

use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};

use super::memory::{Reserved, ZeroIsValid};
use memgate_protocol::capture::StackNode;
use memgate_protocol::capture::node::{BEYOND_LIMIT, FIRST};
use memgate_stacks::SpinLock;

/// A stack: one return address, and the stack outside of it.
#[derive(Debug)]
struct Node {
    address: AtomicU64,
    parent: AtomicU32,
    /// See [`Tree::row`].
    row: AtomicU32,
}

#[expect(unsafe_code, reason = "says that zeroes are a node that is not used")]
// SAFETY: made of atomic integers alone.
unsafe impl ZeroIsValid for Node {}

/// The stacks.
#[derive(Debug)]
pub(super) struct Tree {
    nodes: Reserved<Node>,
    /// An index of `size` slots lies from `size` to `2 × size`. So a larger one is filled while others still look things up
    /// in the smaller, and memory is cleared by nobody.
    index: Reserved<AtomicU32>,
    /// The size of the index in use, a power of two; written under `growing`.
    index_size: AtomicUsize,
    /// Held by whoever adds a node.
    growing: SpinLock<Growing>,
}

/// How far the tree has grown.
#[derive(Debug)]
struct Growing {
    /// Nodes in use, the reserved ones included.
    used: u32,
}

/// Small where every step takes long, so that tests meet larger ones too.
const SMALLEST_INDEX: usize = if cfg!(miri) { 1 << 5 } else { 1 << 12 };

enum Found<'t> {
    Node(u32),
    Vacancy(&'t AtomicU32),
    Nothing,
}

impl Tree {
    /// Reserves room for so many nodes, the reserved ones included. None when there is no memory.
    pub(super) fn reserve(nodes: usize) -> Option<Self> {
        // Half full at most, and twice as long as the largest, so that each size has a place of its own.
        let index_length = nodes.checked_next_power_of_two()?.checked_mul(4)?.max(SMALLEST_INDEX * 2);
        Some(Self {
            nodes: Reserved::new(nodes)?,
            index: Reserved::new(index_length)?,
            index_size: AtomicUsize::new(SMALLEST_INDEX),
            growing: SpinLock::new(Growing { used: FIRST }),
        })
    }

    #[inline(always)]
    fn index_slot(&self, size: usize, position: usize) -> Option<&AtomicU32> {
        self.index.get(size + (position & (size - 1)))
    }

    /// The node of the stack that is `parent` and, inside of it, a frame that returns to `address`.
    #[inline]
    pub(super) fn child(&self, parent: u32, address: u64) -> u32 {
        let hash = hash(parent, address);
        match self.find(self.index_size.load(Ordering::Acquire), hash, parent, address) {
            Found::Node(node) => node,
            Found::Vacancy(_) | Found::Nothing => self.insert(hash, parent, address),
        }
    }

    #[inline(always)]
    fn find(&self, size: usize, hash: usize, parent: u32, address: u64) -> Found<'_> {
        for distance in 0..size {
            let Some(slot) = self.index_slot(size, hash.wrapping_add(distance)) else {
                return Found::Nothing;
            };
            let index = slot.load(Ordering::Acquire);
            if index == 0 {
                return Found::Vacancy(slot);
            }
            let Some(node) = self.nodes.get(index as usize) else { return Found::Nothing };
            if node.address.load(Ordering::Relaxed) == address
                && node.parent.load(Ordering::Relaxed) == parent
            {
                return Found::Node(index);
            }
        }
        Found::Nothing
    }

    #[cold]
    #[inline(never)]
    fn insert(&self, hash: usize, parent: u32, address: u64) -> u32 {
        let mut growing = self.growing.hold();
        let size = self.index_size.load(Ordering::Relaxed);
        // Another thread may have been here first.
        let vacancy = match self.find(size, hash, parent, address) {
            Found::Node(node) => return node,
            Found::Vacancy(slot) => slot,
            Found::Nothing => return BEYOND_LIMIT,
        };
        let number = growing.used;
        let Some(node) = self.nodes.get(number as usize) else { return BEYOND_LIMIT };
        node.address.store(address, Ordering::Relaxed);
        node.parent.store(parent, Ordering::Relaxed);
        growing.used += 1;
        vacancy.store(number, Ordering::Release);
        if number as usize * 2 > size {
            self.grow(&growing, size * 2);
        }
        number
    }

    /// Fills a larger index, and then lets it be seen. Stays with the old one when there is no room.
    fn grow(&self, growing: &Growing, size: usize) {
        if self.index.len() < size * 2 {
            return;
        }
        for used in FIRST..growing.used {
            let Some(node) = self.nodes.get(used as usize) else { return };
            let (parent, address) =
                (node.parent.load(Ordering::Relaxed), node.address.load(Ordering::Relaxed));
            if let Found::Vacancy(slot) = self.find(size, hash(parent, address), parent, address) {
                slot.store(used, Ordering::Relaxed);
            }
        }
        self.index_size.store(size, Ordering::Release);
    }

    /// A word that is kept beside a node for the rows: the number of the row that counts for its stack, zero while there is
    /// none. Here, because whoever has a node has it at hand.
    #[inline(always)]
    pub(super) fn row(&self, node: u32) -> Option<&AtomicU32> {
        self.nodes.get(node as usize).map(|node| &node.row)
    }

    /// The nodes from [`FIRST`] on.
    pub(super) fn nodes(&self) -> Vec<StackNode> {
        let used = self.growing.hold().used as usize;
        let nodes = self.nodes.get(FIRST as usize..used).unwrap_or(&[]);
        let mut all = Vec::with_capacity(nodes.len());
        for node in nodes {
            let (parent, address) =
                (node.parent.load(Ordering::Relaxed), node.address.load(Ordering::Relaxed));
            all.push(StackNode { parent, address });
        }
        all
    }

    /// As [`SpinLock::release_in_fork`].
    ///
    /// # Safety
    /// As there; half a growth is one that nobody has been told of.
    #[expect(unsafe_code, reason = "takes a lock from its holder")]
    pub(super) unsafe fn release_in_fork(&self) {
        // SAFETY: our caller says so, and a number is never half changed.
        unsafe { self.growing.release_in_fork() };
    }
}

#[inline(always)]
fn hash(parent: u32, address: u64) -> usize {
    // The multiplier of Fibonacci hashing; the high bits are the good ones.
    let mixed = (address ^ (u64::from(parent) << 40 | u64::from(parent))).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ (mixed >> 32)) as usize
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};
    use std::sync::Barrier;

    use super::*;
    use memgate_protocol::capture::node::ROOT;

    /// With room for so many nodes besides the reserved ones.
    fn tree(nodes: usize) -> Tree {
        Tree::reserve(nodes + FIRST as usize).unwrap()
    }

    #[test]
    fn a_stack_is_one_node_and_a_node_one_stack() {
        const NODES: u64 = if cfg!(miri) { 100 } else { 40_000 };
        let tree = tree(NODES as usize);
        let mut stacks: HashMap<u32, (u32, u64)> = HashMap::new();
        let mut known = vec![ROOT];
        // More than the smallest index has slots for, and addresses that differ in one bit or are swapped with parents.
        for number in 0..NODES {
            let parent = known[(number.wrapping_mul(2_654_435_761) % known.len() as u64) as usize];
            let address = match number % 3 {
                0 => 0x5555_0000_0000 + number * 4,
                1 => u64::from(parent) << 40 | number,
                _ => 1 << (number % 64),
            };
            let node = tree.child(parent, address);
            assert_ne!(node, BEYOND_LIMIT);
            assert_eq!(tree.child(parent, address), node);
            assert_eq!(*stacks.entry(node).or_insert((parent, address)), (parent, address));
            known.push(node);
        }
        for (node, (parent, address)) in &stacks {
            assert_eq!(tree.child(*parent, *address), *node);
            let there = &tree.nodes[*node as usize];
            assert_eq!(
                (there.parent.load(Ordering::Relaxed), there.address.load(Ordering::Relaxed)),
                (*parent, *address)
            );
        }
        assert_eq!(stacks.values().collect::<HashSet<_>>().len(), stacks.len());
    }

    #[test]
    fn what_finds_no_room_is_beyond_the_limit_and_what_is_there_stays() {
        let tree = tree(100);
        let nodes: Vec<u32> = (0..150).map(|address| tree.child(ROOT, 0x9999_0000 + address)).collect();
        assert_eq!(nodes.iter().filter(|node| **node == BEYOND_LIMIT).count(), 50);
        assert!(nodes[..100].iter().all(|node| *node != BEYOND_LIMIT));
        for (address, node) in (0..).zip(&nodes) {
            assert_eq!(tree.child(ROOT, 0x9999_0000 + address), *node);
        }
        assert_eq!(tree.child(BEYOND_LIMIT, 1), BEYOND_LIMIT);
    }

    #[test]
    fn threads_that_meet_a_stack_at_once_give_it_one_node() {
        const THREADS: usize = 4;
        const NODES: u64 = if cfg!(miri) { 60 } else { 5_000 };
        let tree = tree(NODES as usize);
        let barrier = Barrier::new(THREADS);
        let by_thread = std::thread::scope(|scope| {
            let threads = [(); THREADS].map(|()| {
                scope.spawn(|| {
                    barrier.wait();
                    let mut node = ROOT;
                    let address = |number: u64| 0x7777_0000_0000 + number;
                    (0..NODES)
                        .map(|number| {
                            node = tree.child(if number % 100 == 0 { ROOT } else { node }, address(number));
                            node
                        })
                        .collect::<Vec<_>>()
                })
            });
            threads.map(|thread| thread.join().unwrap())
        });
        assert!(by_thread.iter().all(|nodes| *nodes == by_thread[0]));
        assert_eq!(by_thread[0].iter().collect::<HashSet<_>>().len() as u64, NODES);
        assert!(!by_thread[0].contains(&BEYOND_LIMIT));
    }

    #[test]
    fn every_node_is_given_with_the_one_outside() {
        let tree = tree(10);
        assert_eq!(tree.nodes(), []);
        let outer = tree.child(ROOT, 0x10);
        let inner = tree.child(outer, 0x20);
        assert_eq!((outer, inner), (FIRST, FIRST + 1));
        assert_eq!(
            tree.nodes(),
            [(ROOT, 0x10), (outer, 0x20)].map(|(parent, address)| StackNode { parent, address })
        );
    }

    #[test]
    fn two_trees_know_nothing_of_each_other() {
        let (one, other) = (tree(10), tree(10));
        one.child(ROOT, 0x10);
        assert_eq!(one.child(ROOT, 0x20), FIRST + 1);
        assert_eq!(other.child(ROOT, 0x20), FIRST);
    }

    #[test]
    fn a_row_is_kept_beside_its_node() {
        let tree = tree(10);
        let node = tree.child(ROOT, 0x10);
        tree.row(node).unwrap().store(5, Ordering::Relaxed);
        assert_eq!(tree.row(tree.child(ROOT, 0x10)).unwrap().load(Ordering::Relaxed), 5);
        assert!(tree.row(1_000_000).is_none());
    }
}
