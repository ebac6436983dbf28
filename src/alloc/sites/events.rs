//! What happens at each event while a window is recorded.

use super::blocks::{Blocks, CLOCK_MASK, MOST_ROWS, Owner};
use super::capacity::Capacity;
use super::peak::Peak;
use super::row::bump;
use super::rows::{OLDER, Rows};
use super::tree::Tree;

/// All that events change but the stacks themselves. Behind one lock, because the peak needs one order of all events.
#[derive(Debug)]
pub(super) struct Events {
    blocks: Blocks,
    pub(super) rows: Rows,
    peak: Peak,
    /// How many events there were.
    clock: u64,
    /// Blocks for which there was no room, so that their release is counted as that of an older block.
    lost_blocks: u64,
}

/// A block that is being reallocated.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::alloc) struct Moving {
    owner: Option<Owner>,
}

#[cfg(any(test, feature = "assertions"))]
impl Moving {
    /// Whether the block was allocated since the begin.
    pub(super) fn is_known(self) -> bool {
        self.owner.is_some()
    }
}

/// What was recorded besides the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Totals {
    pub(super) peak_bytes: i64,
    pub(super) events: u64,
    pub(super) lost_blocks: u64,
}

impl Events {
    /// Reserves room for so much. None when there is no memory.
    pub(super) fn reserve(capacity: Capacity) -> Option<Self> {
        let Capacity { stacks, blocks, .. } = capacity;
        Some(Self {
            // The largest first: where that fails, little has been taken.
            blocks: Blocks::reserve(blocks)?,
            rows: Rows::reserve(stacks.min(MOST_ROWS))?,
            peak: Peak::new(),
            clock: 0,
            lost_blocks: 0,
        })
    }

    /// Forgets everything but whose the rows are.
    pub(super) fn clear(&mut self) {
        self.blocks.clear();
        self.rows.clear();
        self.peak = Peak::new();
        self.clock = 0;
        self.lost_blocks = 0;
    }

    /// A block of `size` bytes was allocated at `address`, by the stack of a node of `tree`.
    #[inline(always)]
    pub(super) fn on_alloc(&mut self, tree: &Tree, node: u32, address: u64, size: usize) {
        let number = self.rows.of_node(tree, node);
        let size = signed(size);
        self.peak.change(size);
        let peak = self.peak.number();
        let Some(row) = self.rows.get_mut(number) else { return };
        row.touch(peak);
        bump(&mut row.allocs, 1);
        bump(&mut row.total_bytes, size);
        row.take_in(size);
        let born = self.tick() & CLOCK_MASK;
        self.remember(address, Owner { row: number, origin: number, born });
    }

    /// A block of `size` bytes is about to be freed.
    #[inline(always)]
    pub(super) fn on_dealloc(&mut self, address: u64, size: usize) {
        let clock = self.tick();
        let owner = self.blocks.remove(address);
        let size = signed(size);
        self.peak.change(-size);
        self.take_from(owner, size, clock);
    }

    /// A block is about to be reallocated.
    #[inline(always)]
    pub(super) fn before_realloc(&mut self, address: u64) -> Moving {
        Moving { owner: self.blocks.remove(address) }
    }

    /// The block could not be reallocated, and stays what it was.
    pub(super) fn on_realloc_failed(&mut self, address: u64, moving: Moving) {
        if let Some(owner) = moving.owner {
            self.remember(address, owner);
        }
    }

    /// A block went from `old_size` to `new_size` bytes, and is at `address` now. It belongs to the stack of `node`.
    #[inline(always)]
    pub(super) fn on_realloc(
        &mut self,
        tree: &Tree,
        node: u32,
        moving: Moving,
        old_size: usize,
        address: u64,
        new_size: usize,
    ) {
        let clock = self.tick();
        let number = self.rows.of_node(tree, node);
        let (old_size, new_size) = (signed(old_size), signed(new_size));
        let growth = (new_size - old_size).max(0);
        // One change, as if in place.
        self.peak.change(new_size - old_size);
        self.take_from(moving.owner, old_size, clock);
        let peak = self.peak.number();
        let Some(row) = self.rows.get_mut(number) else { return };
        row.touch(peak);
        bump(&mut row.reallocs, 1);
        bump(&mut row.total_bytes, growth);
        bump(&mut row.realloc_growth_bytes, growth);
        bump(&mut row.realloc_new_bytes, new_size);
        row.take_in(new_size);
        // A block from before the window is new to whoever looks at origins.
        let origin = moving.owner.map_or(number, |owner| owner.origin);
        if let Some(row) = self.rows.get_mut(origin) {
            bump(&mut row.origin_reallocs, 1);
            bump(&mut row.origin_realloc_new_bytes, new_size);
        }
        self.remember(address, Owner { row: number, origin, born: clock & CLOCK_MASK });
    }

    /// Takes a block from its row; blocks that are not known are older than the window.
    #[inline(always)]
    fn take_from(&mut self, owner: Option<Owner>, size: i64, clock: u64) {
        let peak = self.peak.number();
        let number = owner.map_or(OLDER, |owner| owner.row);
        let Some(row) = self.rows.get_mut(number) else { return };
        row.touch(peak);
        row.give_up(size, owner.map(|owner| clock.wrapping_sub(owner.born) & CLOCK_MASK));
    }

    #[inline(always)]
    fn remember(&mut self, address: u64, owner: Owner) {
        if !self.blocks.insert(address, owner) {
            self.lost_blocks = self.lost_blocks.wrapping_add(1);
        }
    }

    #[inline(always)]
    fn tick(&mut self) -> u64 {
        self.clock = self.clock.wrapping_add(1);
        self.clock
    }

    /// Live bytes since the begin, of all stacks.
    pub(super) fn live_bytes(&self) -> i64 {
        self.peak.live_bytes()
    }

    /// Brings every row's share of the peak up to date, and gives the totals. After the recording has ended.
    pub(super) fn settle(&mut self) -> Totals {
        self.peak.settle();
        self.rows.touch_all(self.peak.number());
        Totals { peak_bytes: self.peak.highest_bytes(), events: self.clock, lost_blocks: self.lost_blocks }
    }
}

/// A layout's size is at most `isize::MAX`, so nothing is lost.
#[inline(always)]
fn signed(size: usize) -> i64 {
    size as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use memgate_protocol::StackNumbers;
    use memgate_protocol::capture::node;

    const CAPACITY: Capacity = Capacity { nodes: 100, stacks: 20, blocks: 100, threads: 1 };
    /// Stacks.
    const A: u32 = 10;
    const B: u32 = 20;

    /// What was recorded of a stack.
    fn numbers(events: &mut Events, node: u32) -> StackNumbers {
        events.settle();
        let mut rows = (0..events.rows.len()).filter_map(|row| events.rows.captured(row));
        rows.find(|row| row.node == node).map(|row| row.numbers).unwrap_or_default()
    }

    fn empty() -> (Tree, Events) {
        (Tree::reserve(CAPACITY.nodes).unwrap(), Events::reserve(CAPACITY).unwrap())
    }

    #[test]
    fn a_block_is_counted_where_it_was_allocated_and_freed_from_there() {
        let (tree, mut events) = empty();
        events.on_alloc(&tree, A, 0x1000, 100);
        events.on_alloc(&tree, B, 0x2000, 30);
        events.on_dealloc(0x1000, 100);
        let expected = StackNumbers {
            allocs: 1,
            total_bytes: 100,
            peak_bytes: 100,
            peak_blocks: 1,
            maximum_bytes: 100,
            maximum_blocks: 1,
            lifetime_events: 2,
            ..StackNumbers::default()
        };
        assert_eq!(numbers(&mut events, A), expected);
        assert_eq!((numbers(&mut events, B).peak_bytes, numbers(&mut events, B).retained_bytes), (30, 30));
        assert_eq!(events.settle(), Totals { peak_bytes: 130, events: 3, lost_blocks: 0 });
        assert_eq!(events.live_bytes(), 30);
    }

    #[test]
    fn shares_of_the_peak_add_up_to_it() {
        let (tree, mut events) = empty();
        let mut live: Vec<(u64, usize)> = Vec::new();
        let (mut now, mut highest) = (0, 0);
        for step in 1..200_u64 {
            let size = (step * 37 % 91 + 1) as usize;
            if step % 7 < 4 || live.is_empty() {
                events.on_alloc(&tree, if step % 3 == 0 { A } else { B }, step << 4, size);
                live.push((step << 4, size));
                now += size as i64;
            } else {
                let (address, size) = live.swap_remove(step as usize % live.len());
                events.on_dealloc(address, size);
                now -= size as i64;
            }
            highest = highest.max(now);
        }
        assert_eq!(events.settle().peak_bytes, highest);
        assert_eq!(numbers(&mut events, A).peak_bytes + numbers(&mut events, B).peak_bytes, highest);
        assert_eq!(events.live_bytes(), now);
    }

    #[test]
    fn a_reallocated_block_moves_to_the_stack_that_did_so() {
        let (tree, mut events) = empty();
        events.on_alloc(&tree, A, 0x1000, 100);
        let moving = events.before_realloc(0x1000);
        events.on_realloc(&tree, B, moving, 100, 0x3000, 150);
        let (a, b) = (numbers(&mut events, A), numbers(&mut events, B));
        assert_eq!((a.retained_bytes, a.origin_reallocs, a.origin_realloc_new_bytes), (0, 1, 150));
        assert_eq!((b.retained_bytes, b.reallocs, b.total_bytes, b.realloc_growth_bytes), (150, 1, 50, 50));
        assert_eq!(events.settle().peak_bytes, 150, "in place, not both at once");
        events.on_dealloc(0x3000, 150);
        assert_eq!(numbers(&mut events, B).retained_blocks, 0);
    }

    #[test]
    fn a_block_that_could_not_be_reallocated_stays_what_it_was() {
        let (tree, mut events) = empty();
        events.on_alloc(&tree, A, 0x1000, 100);
        let moving = events.before_realloc(0x1000);
        events.on_realloc_failed(0x1000, moving);
        events.on_dealloc(0x1000, 100);
        let a = numbers(&mut events, A);
        assert_eq!((a.retained_bytes, a.lifetime_events, a.reallocs), (0, 1, 0));
    }

    #[test]
    fn blocks_from_before_the_window_are_freed_from_the_row_of_the_older() {
        let (tree, mut events) = empty();
        events.on_dealloc(0x1000, 70);
        let moving = events.before_realloc(0x2000);
        events.on_realloc(&tree, A, moving, 10, 0x2000, 40);
        let older = numbers(&mut events, node::OLDER);
        assert_eq!((older.retained_bytes, older.retained_blocks, older.lifetime_events), (-80, -2, 0));
        let a = numbers(&mut events, A);
        assert_eq!((a.retained_bytes, a.realloc_growth_bytes, a.origin_reallocs), (40, 30, 1));
    }

    #[test]
    fn blocks_that_find_no_room_are_counted_as_lost() {
        /// What the smallest table holds, or the one for so few blocks where that is larger.
        const ROOM: u64 = if cfg!(miri) { 128 } else { 1 << 11 };
        let (tree, mut events) = empty();
        let address = |number: u64| 0x1000 + number * 32;
        for number in 0..ROOM + 50 {
            events.on_alloc(&tree, A, address(number), 1);
        }
        let lost = events.settle().lost_blocks;
        assert_eq!(lost, 50);
        events.on_dealloc(address(ROOM + 49), 1);
        assert_eq!(numbers(&mut events, node::OLDER).retained_bytes, -1);
        assert_eq!(numbers(&mut events, A).retained_bytes as u64, ROOM + 50);
    }

    #[test]
    fn nothing_is_left_after_clearing() {
        let (tree, mut events) = empty();
        events.on_alloc(&tree, A, 0x1000, 100);
        events.clear();
        assert_eq!(events.settle(), Totals { peak_bytes: 0, events: 0, lost_blocks: 0 });
        events.on_dealloc(0x1000, 100);
        assert_eq!(numbers(&mut events, node::OLDER).retained_bytes, -100, "it is from before the window");
        assert_eq!(numbers(&mut events, A), StackNumbers::default());
    }
}
