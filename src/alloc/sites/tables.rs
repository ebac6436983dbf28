//! The tables of the engine as one value.

use super::capacity::{Capacity, ReserveError};
use super::events::Events;
use super::last_stacks::{LastStacks, Seat};
use super::tree::Tree;
use super::window::Window;
use memgate_protocol::capture::node;
use memgate_stacks::LastStack;
use memgate_stacks::SpinLock;

/// The tables of the engine, each in memory of its own, which is given back when this is dropped.
///
/// A process has one; see [`process`](super::process). Each assertion of a test has its own; see
/// [`thread_recording`](super::thread_recording).
#[derive(Debug)]
pub(super) struct Tables {
    pub(super) tree: Tree,
    last_stacks: LastStacks,
    pub(super) window: Window,
    /// Apart from the others, which every thread reads and hardly any writes.
    pub(super) events: Apart<SpinLock<Events>>,
}

/// On cache lines of its own: 128 bytes, because neighbours within that share on x86-64 and Apple silicon.
#[derive(Debug)]
#[repr(align(128))]
pub(super) struct Apart<T>(T);

impl<T> std::ops::Deref for Apart<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        &self.0
    }
}

impl Tables {
    /// Reserves tables that can hold so much; or half of it, or a quarter and so on, where there is no memory for that.
    ///
    /// # Errors
    /// When there is not even memory for little.
    pub(super) fn reserve(mut capacity: Capacity) -> Result<Self, ReserveError> {
        const ATTEMPTS: u32 = 6;
        for _ in 0..ATTEMPTS {
            if let Some(tables) = Self::try_reserve(capacity) {
                return Ok(tables);
            }
            capacity = capacity.halved();
        }
        Err(ReserveError)
    }

    fn try_reserve(capacity: Capacity) -> Option<Self> {
        Some(Self {
            // The largest first: where that fails, little has been taken, and that is given back.
            events: Apart(SpinLock::new(Events::reserve(capacity)?)),
            tree: Tree::reserve(capacity.nodes)?,
            last_stacks: LastStacks::reserve(capacity.threads)?,
            window: Window::default(),
        })
    }

    /// The node of the calling thread's stack, from the frame record at `frame` outwards. The thread claims a last stack with `seat`, which
    /// it keeps; where there are no more it takes turns with others.
    #[inline(always)]
    pub(super) fn stack<'t>(&'t self, seat: &Seat<'t>, frame: u64) -> u32 {
        match self.last_stacks.own(seat) {
            Some(own) => self.stack_with(own.get(), frame),
            None => self.stack_in_turns(seat, frame),
        }
    }

    /// Only the bounds are the thread's: to find them takes as long as some thousand walks, with a file that is opened, and all would wait.
    #[cold]
    #[inline(never)]
    fn stack_in_turns(&self, seat: &Seat<'_>, frame: u64) -> u32 {
        let window = self.window.number();
        let bounds = seat.bounds(window, || self.window.bounds());
        let shared = self.last_stacks.with_shared(|last| {
            last.make_ready(window, bounds);
            self.stack_with(last, frame)
        });
        shared.unwrap_or(node::BEYOND_LIMIT)
    }

    /// As [`stack`](Self::stack), with a last stack that nobody else has.
    ///
    /// Out of line: it is long, and each event would have it again, for threads with a last stack and for those without.
    #[inline(never)]
    pub(super) fn stack_with(&self, last: &LastStack, frame: u64) -> u32 {
        let window = self.window.number();
        if !last.is_ready(window) {
            self.make_ready(last, window);
        }
        #[expect(unsafe_code, reason = "reads the stack")]
        // SAFETY: `last` is this thread's own, since an `Own` is never sent, or nobody else has it as long as the lock of the
        // shared one is held. Its bounds are of this thread's stack: found for a window by this thread, and made the shared one's
        // just now.
        let walked = unsafe { last.walk(frame) };
        let base = if walked.is_whole() { node::ROOT } else { node::CUT };
        last.keep(walked, base, |parent, address| self.tree.child(parent, address))
    }

    #[cold]
    #[inline(never)]
    fn make_ready(&self, last: &LastStack, window: u32) {
        last.make_ready(window, self.window.bounds());
    }

    /// Takes all locks from their holders. What they were about to change may be half changed, so nothing may be recorded
    /// any more.
    ///
    /// # Safety
    /// In the child of a fork, which has none of the other threads, and by the thread that forked, which holds none of them.
    #[expect(unsafe_code, reason = "takes locks from their holders")]
    pub(super) unsafe fn release_locks_in_fork(&self) {
        // SAFETY: our caller says so. Half a change leaves numbers, whatever they are: rows, blocks and nodes are only reached
        // through bounds checks.
        unsafe { self.events.release_in_fork() };
        // SAFETY: our caller says so.
        unsafe { self.tree.release_in_fork() };
        // SAFETY: our caller says so.
        unsafe { self.last_stacks.release_in_fork() };
    }
}

#[cfg(test)]
mod tests {
    use super::super::memory::tests_support::{held, with_room_for, with_room_for_bytes};
    use super::*;

    const CAPACITY: Capacity = Capacity { nodes: 1 << 10, stacks: 100, blocks: 1 << 10, threads: 2 };

    #[test]
    fn tables_that_are_dropped_give_their_memory_back() {
        let before = held();
        let tables = Tables::reserve(CAPACITY).unwrap();
        assert!(held() >= before + 6);
        drop(tables);
        assert_eq!(held(), before);
    }

    #[test]
    fn half_a_reservation_is_given_back() {
        let before = held();
        let needed = {
            let tables = Tables::try_reserve(CAPACITY).unwrap();
            let needed = u32::try_from(held() - before).unwrap();
            drop(tables);
            needed
        };
        for room in 0..needed {
            assert!(with_room_for(room, || Tables::try_reserve(CAPACITY)).is_none(), "{room} of {needed}");
            assert_eq!(held(), before, "after {room} of {needed}");
        }
        assert!(with_room_for(needed, || Tables::try_reserve(CAPACITY)).is_some());
    }

    #[test]
    fn less_is_reserved_where_there_is_no_memory_for_more() {
        // The table of blocks takes the most: a mebibyte for so many, and 512 KiB for half as many.
        let capacity = Capacity { blocks: 1 << 14, ..CAPACITY };
        let before = held();
        assert!(with_room_for_bytes(600 << 10, || Tables::try_reserve(capacity)).is_none());
        assert!(with_room_for_bytes(600 << 10, || Tables::reserve(capacity)).is_ok());
        assert_eq!(with_room_for_bytes(600, || Tables::reserve(capacity)).err(), Some(ReserveError));
        assert_eq!(held(), before);
    }
}

#[cfg(all(test, target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"), not(miri)))]
mod stack_tests {
    use super::super::last_stacks::Seat;
    use super::*;
    use memgate_protocol::Unwinder;

    const CAPACITY: Capacity = Capacity { nodes: 1 << 12, stacks: 100, blocks: 1 << 10, threads: 1 };

    /// The node of a stack by itself: frame records that lie in this thread's stack, given from the inner end to the outer.
    fn node_of<'t>(tables: &'t Tables, seat: &Seat<'t>, addresses: [u64; 3]) -> u32 {
        let mut records = [[0_u64; 2]; 3];
        let start = (&raw const records).expose_provenance() as u64;
        for (index, address) in addresses.into_iter().enumerate() {
            records[index] = [if index < 2 { start + 16 * (index as u64 + 1) } else { 0 }, address];
        }
        std::hint::black_box(&mut records);
        tables.stack(seat, start)
    }

    fn looked_up(tables: &Tables, addresses: [u64; 3]) -> u32 {
        addresses.iter().rev().fold(node::ROOT, |node, address| tables.tree.child(node, *address))
    }

    #[test]
    fn a_stack_has_one_node_with_a_last_stack_of_its_own_and_with_the_shared_one() {
        let tables = Tables::reserve(CAPACITY).unwrap();
        tables.window.open(Unwinder::FramePointers, 0);
        let (first, second) = (Seat::new(), Seat::new());
        assert!(tables.last_stacks.own(&first).is_some() && tables.last_stacks.own(&second).is_none());
        for stack in [[1, 2, 3], [1, 2, 3], [4, 2, 3], [1, 2, 5], [1, 2, 3]] {
            let node = looked_up(&tables, stack);
            assert_eq!(node_of(&tables, &first, stack), node, "{stack:?}");
            assert_eq!(node_of(&tables, &second, stack), node, "{stack:?}");
        }
    }

    #[test]
    fn where_a_threads_stack_lies_is_asked_once_in_each_window_with_and_without_one_of_its_own() {
        let tables = Tables::reserve(CAPACITY).unwrap();
        let turns = std::sync::Barrier::new(3);
        // Nothing fails before the end, for which the others would wait.
        let events = || {
            let seat = Seat::new();
            [1, 2].map(|_| {
                if turns.wait().is_leader() {
                    tables.window.open(Unwinder::FramePointers, 0);
                }
                let are_right = [[1, 2, 3], [4, 2, 3], [1, 2, 3]].map(|stack| {
                    turns.wait();
                    node_of(&tables, &seat, stack) == looked_up(&tables, stack)
                });
                turns.wait();
                (are_right, tables.window.times_asked())
            })
        };
        std::thread::scope(|scope| {
            for thread in [(); 3].map(|()| scope.spawn(events)) {
                assert_eq!(thread.join().unwrap(), [([true; 3], 3), ([true; 3], 6)]);
            }
        });
    }
}
