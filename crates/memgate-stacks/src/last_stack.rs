//! The stack that a thread had last.
//!
//! From one event to the next, most of the outer frames stay. What is found unchanged, frame by frame, needs neither
//! hashing nor looking up. And it can be compared faster than it could be walked: where the next frame lies is known
//! from the last time, so the processor need not wait for one frame to be read before it reads the next.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize};

use crate::bounds::Bounds;
use crate::frame::without_signature;

/// How many frames are taken of one stack, from the inner end.
pub const MOST_FRAMES: usize = 512;

/// A frame as it was met: where its frame record lies, the return address as it is stored there, and the caller's number
/// for the stack from there outwards.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) frame: AtomicU64,
    pub(crate) address: AtomicU64,
    node: AtomicU32,
}

/// Room for one frame of a walk.
#[derive(Debug)]
pub(crate) struct Met {
    pub(crate) frame: AtomicU64,
    pub(crate) address: AtomicU64,
}

/// The last stack of one thread, and room for its next.
///
/// All bytes zero are the one that knows nothing yet. Made of atomics that are read and written as if they were none: only
/// one walk at a time uses it, and a shared reference is what a thread-local can give.
#[derive(Debug)]
pub struct LastStack {
    /// For what the bounds were found out; zero for nothing.
    epoch: AtomicU32,
    low: AtomicU64,
    limit: AtomicU64,
    /// How many of `known` hold.
    pub(crate) length: AtomicUsize,
    /// What the outermost frame record pointed to; by unwind tables, where the outermost frame is.
    pub(crate) end: AtomicU64,
    /// From the outer end to the inner. Those whose frame is not zero lie within the bounds, each further in than the one
    /// before.
    pub(crate) known: [Known; MOST_FRAMES],
    /// From the inner end to the outer.
    pub(crate) met: [Met; MOST_FRAMES],
}

/// What of a stack is as it was last time, and how much is new. Holds until the next walk with the same [`LastStack`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a stack that is not kept was taken for nothing"]
pub struct Walked {
    /// Outer frames that are the known ones.
    shared: usize,
    /// Frames further in, which were met.
    new: usize,
    is_whole: bool,
}

impl Walked {
    /// All frames of a stack.
    #[inline(always)]
    pub(crate) fn whole(shared: usize, new: usize) -> Self {
        Self { shared, new, is_whole: true }
    }

    /// The `met` inner frames of a stack that is deeper than the limit, without what is outside of them.
    pub(crate) fn cut(met: usize) -> Self {
        Self { shared: 0, new: met.min(MOST_FRAMES), is_whole: false }
    }

    /// Whether it goes to the stack's outer end, and so is no deeper than [`MOST_FRAMES`].
    #[inline(always)]
    pub fn is_whole(self) -> bool {
        self.is_whole
    }
}

impl LastStack {
    /// Whether [`make_ready`](Self::make_ready) was called for this epoch, and nothing else since.
    #[inline(always)]
    pub fn is_ready(&self, epoch: u32) -> bool {
        self.epoch.load(Relaxed) == epoch
    }

    /// Takes the bounds within which the calling thread's frame records lie, and forgets the last stack, which may reach
    /// further out. No epoch is zero.
    pub fn make_ready(&self, epoch: u32, bounds: Bounds) {
        self.low.store(bounds.low, Relaxed);
        self.limit.store(bounds.limit, Relaxed);
        self.length.store(0, Relaxed);
        self.epoch.store(epoch, Relaxed);
    }

    /// Is ready for nothing, as when another thread is to use it.
    pub fn unmake_ready(&self) {
        self.epoch.store(0, Relaxed);
    }

    #[inline(always)]
    pub(crate) fn bounds(&self) -> Bounds {
        Bounds { low: self.low.load(Relaxed), limit: self.limit.load(Relaxed) }
    }

    /// Puts down a frame of the stack that is being walked. False when there is no more room.
    #[inline(always)]
    pub(crate) fn meet(&self, index: usize, frame: u64, address: u64) -> bool {
        let Some(met) = self.met.get(index) else { return false };
        met.frame.store(frame, Relaxed);
        met.address.store(address, Relaxed);
        true
    }

    /// Remembers the stack that was walked, and gives the caller's number for it.
    ///
    /// The number is what `child` makes of the number of the stack outside and a return address, for each frame that is new,
    /// beginning with `base` where the outermost is.
    #[inline(always)]
    pub fn keep(&self, walked: Walked, base: u32, mut child: impl FnMut(u32, u64) -> u32) -> u32 {
        let Walked { shared, new, is_whole } = walked;
        let mut node = match shared.checked_sub(1).and_then(|index| self.known.get(index)) {
            Some(outer) => outer.node.load(Relaxed),
            None => base,
        };
        let met = self.met.get(..new).unwrap_or(&[]);
        let room = self.known.get(shared..).unwrap_or(&[]);
        for (met, known) in met.iter().rev().zip(room) {
            // Compared as it is stored, and told apart as it is: what lies where it lay has the signature that it had.
            let address = met.address.load(Relaxed);
            node = child(node, without_signature(address));
            known.frame.store(met.frame.load(Relaxed), Relaxed);
            known.address.store(address, Relaxed);
            known.node.store(node, Relaxed);
        }
        // Known frames begin at a stack's outer end, which a cut one does not have.
        self.length.store(if is_whole { shared + new } else { 0 }, Relaxed);
        node
    }
}

#[cfg(test)]
pub(crate) mod tests_support {
    use std::collections::HashMap;

    use super::*;

    /// One that knows nothing yet.
    pub(crate) fn empty() -> Box<LastStack> {
        let zero = AtomicU64::default;
        Box::new(LastStack {
            epoch: AtomicU32::default(),
            low: zero(),
            limit: zero(),
            length: AtomicUsize::default(),
            end: zero(),
            known: std::array::from_fn(|_| Known {
                frame: zero(),
                address: zero(),
                node: AtomicU32::default(),
            }),
            met: std::array::from_fn(|_| Met { frame: zero(), address: zero() }),
        })
    }

    /// Numbers for stacks, and the stacks that have them.
    #[derive(Default)]
    pub(crate) struct Stacks {
        numbers: HashMap<(u32, u64), u32>,
    }

    impl Stacks {
        pub(crate) fn child(&mut self, parent: u32, address: u64) -> u32 {
            let next = self.numbers.len() as u32 + 100;
            *self.numbers.entry((parent, address)).or_insert(next)
        }

        /// The number of a stack, given from the outer end to the inner.
        pub(crate) fn looked_up(&mut self, base: u32, stack: &[u64]) -> u32 {
            stack.iter().fold(base, |node, address| self.child(node, *address))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::tests_support::{Stacks, empty};
    use super::*;

    const ROOT: u32 = 1;
    const CUT: u32 = 2;

    /// Makes a stack known of which the first `shared` addresses from the outer end are the last one's.
    fn know(stacks: &mut Stacks, last: &LastStack, stack: &[u64], shared: usize) -> u32 {
        for (index, address) in stack[shared..].iter().rev().enumerate() {
            assert!(last.meet(index, 0x1000 + address, *address));
        }
        let walked = Walked::whole(shared, stack.len() - shared);
        last.keep(walked, ROOT, |parent, address| stacks.child(parent, address))
    }

    #[test]
    fn what_is_shared_leads_to_the_number_of_the_whole() {
        let (mut stacks, last) = (Stacks::default(), empty());
        let cases: [(&[u64], usize); 6] = [
            (&[1, 2, 3, 4], 0),
            (&[1, 2, 3, 4], 4),
            (&[1, 2, 5], 2),
            (&[1, 2, 5, 6, 7], 3),
            (&[1], 1),
            (&[9, 2, 5], 0),
        ];
        for (stack, shared) in cases {
            let node = know(&mut stacks, &last, stack, shared);
            assert_eq!(node, stacks.looked_up(ROOT, stack), "{stack:?}");
            assert_eq!(last.length.load(Relaxed), stack.len());
            for (known, address) in last.known.iter().zip(stack) {
                assert_eq!(known.address.load(Relaxed), *address);
            }
        }
        assert_ne!(stacks.looked_up(ROOT, &[1, 2, 5]), stacks.looked_up(ROOT, &[9, 2, 5]));
    }

    #[test]
    fn there_is_room_for_as_many_frames_as_are_taken() {
        let (mut stacks, last) = (Stacks::default(), empty());
        let stack: Vec<u64> = (0..MOST_FRAMES as u64).map(|frame| 0x4000 + frame).collect();
        let whole = stacks.looked_up(ROOT, &stack);
        assert_eq!(know(&mut stacks, &last, &stack, 0), whole);
        assert_eq!(know(&mut stacks, &last, &stack, MOST_FRAMES), whole);
        assert!(!last.meet(MOST_FRAMES, 1, 1));
    }

    #[test]
    fn nothing_is_known_of_a_stack_that_was_cut() {
        let (mut stacks, last) = (Stacks::default(), empty());
        know(&mut stacks, &last, &[1, 2, 3], 0);
        for (index, address) in [8, 7].into_iter().enumerate() {
            assert!(last.meet(index, 0x1000, address));
        }
        let walked = Walked::cut(2);
        assert!(!walked.is_whole());
        let node = last.keep(walked, CUT, |parent, address| stacks.child(parent, address));
        assert_eq!(node, stacks.looked_up(CUT, &[7, 8]));
        assert_eq!(last.length.load(Relaxed), 0);
        assert_eq!(last.keep(Walked::cut(0), CUT, |_, _| unreachable!("there are no frames")), CUT);
    }

    #[test]
    fn new_bounds_forget_what_was_known() {
        let (mut stacks, last) = (Stacks::default(), empty());
        assert!(!last.is_ready(1));
        last.make_ready(1, Bounds::between(0x1000, 0x9000));
        know(&mut stacks, &last, &[1, 2, 3], 0);
        assert!(last.is_ready(1) && !last.is_ready(2));
        last.make_ready(2, Bounds::NONE);
        assert_eq!((last.length.load(Relaxed), last.bounds()), (0, Bounds::NONE));
        last.unmake_ready();
        assert!(!last.is_ready(2));
    }
}
