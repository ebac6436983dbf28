//! The stack that a thread had at its last event.
//!
//! From one event to the next, most of the outer frames stay. What is found unchanged, frame by frame, needs neither
//! hashing nor looking up. And it can be compared faster than it could be walked: where the next frame lies is known
//! from the last time, so the processor need not wait for one frame to be read before it reads the next.

use std::cell::Cell;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize};

use super::lock::{Held, SpinLock};
use super::tables::Tables;
use super::tree;

/// How many frames are taken of one stack, from the inner end.
pub(super) const MOST_FRAMES: usize = 512;

/// A frame as it was met: where its frame record lies, where it returns to, and the stack from there outwards.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) frame: AtomicU64,
    pub(super) address: AtomicU64,
    pub(super) node: AtomicU32,
}

/// Room for one frame of a walk.
#[derive(Debug)]
pub(super) struct Met {
    pub(super) frame: AtomicU64,
    pub(super) address: AtomicU64,
}

/// The last stack of one thread, and room for its next. Only its own thread uses it.
#[derive(Debug)]
pub(super) struct LastStack {
    /// The window for which the bounds were found out; none has the number zero.
    pub(super) window: AtomicU32,
    /// The bounds within which frame records can lie.
    pub(super) low: AtomicU64,
    pub(super) high: AtomicU64,
    /// How many of `known` hold.
    pub(super) length: AtomicUsize,
    /// What the outermost frame record pointed to.
    pub(super) end: AtomicU64,
    /// From the outer end to the inner.
    pub(super) known: [Known; MOST_FRAMES],
    /// From the inner end to the outer.
    pub(super) met: [Met; MOST_FRAMES],
}

static CLAIMED: AtomicUsize = AtomicUsize::new(0);
/// Guards the one that the threads beyond the limit share.
pub(super) static SHARED: SpinLock = SpinLock::new();

thread_local! {
    // Constant and without a destructor: no initialisation, no registration, usable until the thread's last moment.
    static MINE: Cell<Option<&'static LastStack>> = const { Cell::new(None) };
}

/// This thread's last stack, and the lock that must be held while it is used, if it is not its own.
#[inline(always)]
pub(super) fn mine(tables: &Tables) -> Option<(&'static LastStack, Option<Held<'static>>)> {
    match MINE.get() {
        Some(last) => Some((last, None)),
        None => claim(tables),
    }
}

#[cold]
#[inline(never)]
fn claim(tables: &Tables) -> Option<(&'static LastStack, Option<Held<'static>>)> {
    let (shared, own) = tables.last_stacks.split_first()?;
    let claimed =
        CLAIMED.fetch_update(Relaxed, Relaxed, |claimed| (claimed < own.len()).then_some(claimed + 1));
    if let Some(last) = claimed.ok().and_then(|index| own.get(index)) {
        MINE.set(Some(last));
        return Some((last, None));
    }
    let held = SHARED.hold();
    // It holds another thread's stack and bounds.
    shared.window.store(0, Relaxed);
    Some((shared, Some(held)))
}

impl LastStack {
    /// Puts down a frame of the stack that is being walked. False when there is no more room.
    #[inline(always)]
    pub(super) fn meet(&self, index: usize, frame: u64, address: u64) -> bool {
        let Some(met) = self.met.get(index) else { return false };
        met.frame.store(frame, Relaxed);
        met.address.store(address, Relaxed);
        true
    }

    /// Makes the stack known that has `shared` outer frames in common with the last, or starts at `base` if it has
    /// none, and goes on inwards with the `new` frames that were met. Gives its node.
    #[inline(always)]
    pub(super) fn become_known(&self, tables: &Tables, base: u32, shared: usize, new: usize) -> u32 {
        let mut node = match shared.checked_sub(1).and_then(|index| self.known.get(index)) {
            Some(outer) => outer.node.load(Relaxed),
            None => base,
        };
        let met = self.met.get(..new).unwrap_or(&[]);
        let room = self.known.get(shared..).unwrap_or(&[]);
        for (met, known) in met.iter().rev().zip(room) {
            let address = met.address.load(Relaxed);
            node = tree::child(tables, node, address);
            known.frame.store(met.frame.load(Relaxed), Relaxed);
            known.address.store(address, Relaxed);
            known.node.store(node, Relaxed);
        }
        self.length.store(shared + new, Relaxed);
        node
    }
}

/// As if no table had ever been used. Threads keep the one that they have.
#[cfg(test)]
pub(super) fn forget_all() {
    CLAIMED.store(0, Relaxed);
}

#[cfg(test)]
mod tests {
    use super::super::tables::Capacity;
    use super::super::tables::tests_support::alone;
    use super::*;
    use memgate_protocol::capture::node::{CUT, ROOT};

    const CAPACITY: Capacity = Capacity { nodes: 1 << 18, stacks: 16, blocks: 16, threads: 2 };

    /// Makes a stack known of which the first `shared` addresses from the outer end are the last one's.
    fn know(tables: &Tables, last: &LastStack, stack: &[u64], shared: usize) -> u32 {
        for (index, address) in stack[shared..].iter().rev().enumerate() {
            assert!(last.meet(index, 0x1000 + address, *address));
        }
        last.become_known(tables, ROOT, shared, stack.len() - shared)
    }

    fn looked_up(tables: &Tables, stack: &[u64]) -> u32 {
        stack.iter().fold(ROOT, |node, address| tree::child(tables, node, *address))
    }

    #[test]
    fn what_is_shared_leads_to_the_node_of_the_whole() {
        let (tables, _alone) = alone(CAPACITY);
        let last = &tables.last_stacks[0];
        let stacks: [(&[u64], usize); 6] = [
            (&[1, 2, 3, 4], 0),
            (&[1, 2, 3, 4], 4),
            (&[1, 2, 5], 2),
            (&[1, 2, 5, 6, 7], 3),
            (&[1], 1),
            (&[9, 2, 5], 0),
        ];
        for (stack, shared) in stacks {
            assert_eq!(know(&tables, last, stack, shared), looked_up(&tables, stack), "{stack:?}");
            assert_eq!(last.length.load(Relaxed), stack.len());
            for (known, address) in last.known.iter().zip(stack) {
                assert_eq!(known.address.load(Relaxed), *address);
            }
        }
        assert_ne!(looked_up(&tables, &[1, 2, 5]), looked_up(&tables, &[9, 2, 5]));
        assert_eq!(last.become_known(&tables, CUT, 0, 0), CUT);
    }

    #[test]
    fn there_is_room_for_as_many_frames_as_are_taken() {
        let (tables, _alone) = alone(CAPACITY);
        let last = &tables.last_stacks[0];
        let stack: Vec<u64> = (0..MOST_FRAMES as u64).map(|frame| 0x4000 + frame).collect();
        assert_eq!(know(&tables, last, &stack, 0), looked_up(&tables, &stack));
        assert_eq!(know(&tables, last, &stack, MOST_FRAMES), looked_up(&tables, &stack));
        assert!(!last.meet(MOST_FRAMES, 1, 1));
    }

    #[test]
    fn threads_beyond_the_limit_take_turns_with_the_shared_one() {
        let (tables, _alone) = alone(CAPACITY);
        let mine_of = || std::ptr::from_ref(mine(&tables).unwrap().0).addr();
        std::thread::scope(|scope| {
            for number in 0..5 {
                let first = scope.spawn(|| (mine_of(), mine_of(), mine(&tables).unwrap().1.is_some()));
                let (first, second, is_shared) = first.join().unwrap();
                assert_eq!(first, second);
                let shared = std::ptr::from_ref(&tables.last_stacks[0]).addr();
                assert_eq!((is_shared, first == shared), (number >= 2, number >= 2));
            }
        });
    }
}
