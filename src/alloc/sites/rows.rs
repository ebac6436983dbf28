//! The rows of all stacks, and which of them grow.

use std::sync::atomic::Ordering::Relaxed;

use super::growth::Growth;
use super::memory::Reserved;
use super::row::Row;
use super::tree::Tree;
use memgate_protocol::capture::{CapturedRow, node};

/// The row for blocks from before the window.
pub(super) const OLDER: u32 = 0;
/// The row for stacks that found no room.
const BEYOND_LIMIT: u32 = 1;
/// The first of a stack.
const FIRST: u32 = 2;

/// What is counted for each stack.
#[derive(Debug)]
pub(super) struct Rows {
    rows: Reserved<Row>,
    /// By row, as `rows`; apart from them, because no event touches these.
    growths: Reserved<Growth>,
    /// The growth of all rows together.
    whole: Growth,
    /// Rows in use, the first two included, which are no stack's.
    used: u32,
}

impl Rows {
    /// Reserves room for so many rows, those included that are no stack's. None when there is no memory.
    pub(super) fn reserve(rows: usize) -> Option<Self> {
        Some(Self {
            rows: Reserved::new(rows)?,
            growths: Reserved::new(rows)?,
            whole: Growth::default(),
            used: FIRST,
        })
    }

    /// The number of the row of a node of `tree`, given now if it has none.
    #[inline(always)]
    pub(super) fn of_node(&mut self, tree: &Tree, node: u32) -> u32 {
        match tree.row(node).map(|row| row.load(Relaxed)) {
            Some(row) if row != 0 => row,
            _ => self.give(tree, node),
        }
    }

    #[cold]
    #[inline(never)]
    fn give(&mut self, tree: &Tree, node: u32) -> u32 {
        match (tree.row(node), self.rows.get_mut(self.used as usize)) {
            (Some(place), Some(row)) if node != node::BEYOND_LIMIT => {
                row.node = node;
                place.store(self.used, Relaxed);
                self.used += 1;
                self.used - 1
            }
            _ => BEYOND_LIMIT,
        }
    }

    /// The row of this number.
    #[inline(always)]
    pub(super) fn get_mut(&mut self, number: u32) -> Option<&mut Row> {
        self.rows.get_mut(number as usize)
    }

    /// How many rows have ever been given, with the two that are no stack's.
    pub(super) fn len(&self) -> u32 {
        self.used.min(u32::try_from(self.rows.len()).unwrap_or(u32::MAX))
    }

    fn used_mut(&mut self) -> &mut [Row] {
        let length = self.len() as usize;
        self.rows.get_mut(..length).unwrap_or(&mut [])
    }

    /// Brings every row's share of the peak with this number up to date.
    pub(super) fn touch_all(&mut self, peak: u64) {
        for row in self.used_mut() {
            row.touch(peak);
        }
    }

    /// The row as a capture has it.
    pub(super) fn captured(&self, number: u32) -> Option<CapturedRow> {
        let row = self.rows.get(number as usize)?;
        let node = match number {
            OLDER => node::OLDER,
            BEYOND_LIMIT => node::BEYOND_LIMIT,
            _ => row.node,
        };
        Some(CapturedRow { node, numbers: row.numbers() })
    }

    /// Notes that an iteration has ended.
    pub(super) fn end_iteration(&mut self) {
        let (mut live_bytes, mut live_blocks) = (0_i64, 0_i64);
        for (row, growth) in self.rows.iter().zip(self.growths.iter_mut()).take(self.used as usize) {
            growth.end_iteration(row.live_bytes, row.live_blocks);
            live_bytes = live_bytes.wrapping_add(row.live_bytes);
            live_blocks = live_blocks.wrapping_add(row.live_blocks);
        }
        self.whole.end_iteration(live_bytes, live_blocks);
    }

    /// The least growth of a row's bytes and blocks, when it grew in every one of so many iterations.
    ///
    /// None where the whole did not grow in each: then blocks were replaced, and those that went were older than the
    /// iterations.
    pub(super) fn grown(&self, number: u32, iterations: u32) -> Option<(i64, i64)> {
        self.whole.least(iterations)?;
        self.growths.get(number as usize)?.least(iterations)
    }

    /// Forgets all that was counted, but not whose the rows are.
    pub(super) fn clear(&mut self) {
        for row in self.used_mut() {
            row.clear();
        }
        let used = self.used as usize;
        for growth in self.growths.iter_mut().take(used) {
            *growth = Growth::default();
        }
        self.whole = Growth::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tree with nodes of these numbers and more, and room for so many rows besides the two.
    fn tables(rows: usize) -> (Tree, Rows) {
        (Tree::reserve(100).unwrap(), Rows::reserve(rows + FIRST as usize).unwrap())
    }

    #[test]
    fn a_node_has_one_row_until_there_are_no_more() {
        let (tree, mut table) = tables(3);
        let rows = [10, 20, 10, 30, 20].map(|node| table.of_node(&tree, node));
        assert_eq!((rows[0], rows[1]), (rows[2], rows[4]));
        assert!(rows[0] >= FIRST && rows[0] != rows[1] && rows[1] != rows[3]);
        assert_eq!(table.get_mut(rows[3]).unwrap().node, 30);
        assert_eq!(table.of_node(&tree, 40), BEYOND_LIMIT);
        assert_eq!(table.of_node(&tree, 10), rows[0]);
        for node in [node::BEYOND_LIMIT, 1_000_000] {
            assert_eq!(table.of_node(&tree, node), BEYOND_LIMIT);
        }
        assert_eq!(table.len(), 5);
    }

    #[test]
    fn a_row_is_captured_with_the_node_of_its_stack() {
        let (tree, mut table) = tables(3);
        let row = table.of_node(&tree, 10);
        table.get_mut(row).unwrap().allocs = 7;
        let nodes = [OLDER, BEYOND_LIMIT, row].map(|number| table.captured(number).unwrap().node);
        assert_eq!(nodes, [node::OLDER, node::BEYOND_LIMIT, 10]);
        assert_eq!(table.captured(row).unwrap().numbers.allocs, 7);
        assert!(table.captured(1_000).is_none());
    }

    #[test]
    fn every_row_is_told_of_a_peak() {
        let (tree, mut table) = tables(3);
        let rows = [10, 20].map(|node| table.of_node(&tree, node));
        table.get_mut(rows[1]).unwrap().take_in(50);
        table.touch_all(3);
        let shares = rows.map(|row| table.captured(row).unwrap().numbers.peak_bytes);
        assert_eq!(shares, [0, 50]);
    }

    #[test]
    fn cleared_rows_keep_their_stacks() {
        let (tree, mut table) = tables(3);
        let row = table.of_node(&tree, 10);
        table.get_mut(row).unwrap().take_in(50);
        table.end_iteration();
        assert_eq!(table.grown(row, 1), Some((50, 1)));
        table.clear();
        assert_eq!(table.grown(row, 1), None);
        assert_eq!((table.of_node(&tree, 10), table.len()), (row, 3));
        assert_eq!(table.captured(row).unwrap().numbers, Row::default().numbers());
    }

    #[test]
    fn a_leak_is_the_least_growth_of_a_row_when_the_whole_grows_too() {
        let (tree, mut table) = tables(2);
        let [leaking, swapping] = [10, 20].map(|node| table.of_node(&tree, node));
        let mut leaks = |ends: &[[i64; 2]]| {
            table.clear();
            for [leaked, older] in ends {
                // What the second takes in is freed of what is older.
                for (row, bytes, blocks) in
                    [(leaking, *leaked, *leaked / 10), (swapping, *older, 1), (OLDER, -*older, -1)]
                {
                    let row = table.get_mut(row).unwrap();
                    (row.live_bytes, row.live_blocks) = (bytes, blocks);
                }
                table.end_iteration();
            }
            let grown = |row| table.grown(row, ends.len() as u32).map(|(bytes, blocks)| (row, bytes, blocks));
            (0..table.len()).filter_map(grown).collect::<Vec<_>>()
        };
        assert_eq!(leaks(&[[50, 0], [80, 0], [130, 0]]), [(leaking, 30, 3)]);
        assert_eq!(leaks(&[[50, 0], [50, 0], [130, 0]]), []);
        assert_eq!(leaks(&[[0, 10], [0, 20], [0, 30]]), []);
        assert_eq!(leaks(&[]), []);
    }
}
