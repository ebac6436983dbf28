//! What is counted for each stack.

use std::sync::atomic::Ordering::{Relaxed, Release};
use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64};

use super::tables::Tables;
use memgate_protocol::capture::node;

/// The counters of one stack. Written under the recorder's lock, as plain loads and stores.
#[derive(Debug)]
#[repr(C, align(128))]
pub(super) struct Row {
    // What every event touches lies in the first 64 bytes.
    pub(super) allocs: AtomicI64,
    pub(super) total_bytes: AtomicI64,
    pub(super) live_bytes: AtomicI64,
    pub(super) live_blocks: AtomicI64,
    pub(super) peak_bytes: AtomicI64,
    pub(super) peak_blocks: AtomicI64,
    /// The number of the peak that `peak_bytes` and `peak_blocks` are of.
    pub(super) peak_number: AtomicU64,
    pub(super) lifetime_events: AtomicI64,
    pub(super) reallocs: AtomicI64,
    pub(super) realloc_growth_bytes: AtomicI64,
    pub(super) realloc_new_bytes: AtomicI64,
    pub(super) maximum_bytes: AtomicI64,
    pub(super) maximum_blocks: AtomicI64,
    pub(super) origin_reallocs: AtomicI64,
    pub(super) origin_realloc_new_bytes: AtomicI64,
    /// The node whose stack this row is of.
    pub(super) node: AtomicU32,
}

/// How the live bytes and blocks of one stack have changed from one end of an iteration to the next.
#[derive(Debug)]
pub(super) struct Growth {
    bytes_before: AtomicI64,
    blocks_before: AtomicI64,
    least_bytes: AtomicI64,
    least_blocks: AtomicI64,
    /// In how many iterations the live bytes have grown.
    times: AtomicU32,
}

impl Growth {
    const fn new() -> Self {
        Self {
            bytes_before: AtomicI64::new(0),
            blocks_before: AtomicI64::new(0),
            least_bytes: AtomicI64::new(0),
            least_blocks: AtomicI64::new(0),
            times: AtomicU32::new(0),
        }
    }

    fn clear(&self) {
        for counter in [&self.bytes_before, &self.blocks_before, &self.least_bytes, &self.least_blocks] {
            counter.store(0, Relaxed);
        }
        self.times.store(0, Relaxed);
    }

    /// An iteration has ended with so much live.
    fn end_iteration(&self, live_bytes: i64, live_blocks: i64) {
        let bytes = live_bytes - self.bytes_before.swap(live_bytes, Relaxed);
        let blocks = live_blocks - self.blocks_before.swap(live_blocks, Relaxed);
        if bytes <= 0 {
            return;
        }
        if self.times.fetch_add(1, Relaxed) == 0 {
            self.least_bytes.store(bytes, Relaxed);
            self.least_blocks.store(blocks, Relaxed);
        } else {
            self.least_bytes.fetch_min(bytes, Relaxed);
            self.least_blocks.fetch_min(blocks, Relaxed);
        }
    }

    /// The least growth, when there was some in every one of so many iterations.
    fn least(&self, iterations: u32) -> Option<(i64, i64)> {
        (iterations > 0 && self.times.load(Relaxed) == iterations)
            .then(|| (self.least_bytes.load(Relaxed), self.least_blocks.load(Relaxed)))
    }
}

/// The growth of all rows together.
static WHOLE: Growth = Growth::new();

/// Notes that an iteration has ended. Under the recorder's lock.
pub(super) fn end_iteration(tables: &Tables) {
    let (mut live_bytes, mut live_blocks) = (0_i64, 0_i64);
    for (row, growth) in used(tables).iter().zip(tables.growths) {
        let (bytes, blocks) = (row.live_bytes.load(Relaxed), row.live_blocks.load(Relaxed));
        growth.end_iteration(bytes, blocks);
        live_bytes = live_bytes.wrapping_add(bytes);
        live_blocks = live_blocks.wrapping_add(blocks);
    }
    WHOLE.end_iteration(live_bytes, live_blocks);
}

/// The rows that grew in every one of so many iterations, with the least growth of their bytes and blocks.
///
/// None where the whole did not grow in each: then blocks were replaced, and those that went were older than the
/// iterations.
pub(super) fn grown(tables: &Tables, iterations: u32) -> impl Iterator<Item = (usize, i64, i64)> {
    let length = if WHOLE.least(iterations).is_some() { used(tables).len() } else { 0 };
    let growths = tables.growths.iter().take(length).enumerate();
    growths.filter_map(move |(index, growth)| {
        let (bytes, blocks) = growth.least(iterations)?;
        Some((index, bytes, blocks))
    })
}

/// Forgets all that was counted.
pub(super) fn clear(tables: &Tables) {
    for (row, growth) in used(tables).iter().zip(tables.growths) {
        row.clear();
        growth.clear();
    }
    WHOLE.clear();
}

/// Rows in use; written under the recorder's lock. The first two are those of the nodes without a stack.
static USED: AtomicU32 = AtomicU32::new(FIRST);
/// The row for blocks from before the window.
pub(super) const OLDER: u32 = 0;
/// The row for stacks that found no room.
pub(super) const BEYOND_LIMIT: u32 = 1;
const FIRST: u32 = 2;

/// The row of a node, given now if it has none. Under the recorder's lock.
#[inline(always)]
pub(super) fn of_node(tables: &Tables, node: u32) -> u32 {
    match tables.nodes.get(node as usize) {
        Some(node) if node.row.load(Relaxed) != 0 => node.row.load(Relaxed),
        _ => give(tables, node),
    }
}

#[cold]
#[inline(never)]
fn give(tables: &Tables, number: u32) -> u32 {
    let used = USED.load(Relaxed);
    match (tables.nodes.get(number as usize), tables.rows.get(used as usize)) {
        (Some(node), Some(row)) if number != node::BEYOND_LIMIT => {
            row.node.store(number, Relaxed);
            node.row.store(used, Relaxed);
            USED.store(used + 1, Release);
            used
        }
        _ => BEYOND_LIMIT,
    }
}

/// Every row that has ever been given, with the two that stand for no stack.
pub(super) fn used(tables: &Tables) -> &'static [Row] {
    tables.rows.get(..USED.load(Relaxed) as usize).unwrap_or(tables.rows)
}

impl Row {
    fn clear(&self) {
        for counter in [
            &self.allocs,
            &self.total_bytes,
            &self.live_bytes,
            &self.live_blocks,
            &self.peak_bytes,
            &self.peak_blocks,
            &self.lifetime_events,
            &self.reallocs,
            &self.realloc_growth_bytes,
            &self.realloc_new_bytes,
            &self.maximum_bytes,
            &self.maximum_blocks,
            &self.origin_reallocs,
            &self.origin_realloc_new_bytes,
        ] {
            counter.store(0, Relaxed);
        }
        self.peak_number.store(0, Relaxed);
    }
}

/// As if no table had ever been used.
#[cfg(test)]
pub(super) fn forget_all() {
    USED.store(FIRST, Relaxed);
    WHOLE.clear();
}

#[cfg(test)]
mod tests {
    use super::super::tables::Capacity;
    use super::super::tables::tests_support::alone;
    use super::*;

    /// With room for so many rows besides the reserved ones.
    fn capacity(rows: usize) -> Capacity {
        Capacity { nodes: 100, stacks: rows + FIRST as usize, blocks: 16, threads: 1 }
    }

    #[test]
    fn a_node_has_one_row_until_there_are_no_more() {
        let (tables, _alone) = alone(capacity(3));
        let rows = [10, 20, 10, 30, 20].map(|node| of_node(&tables, node));
        assert_eq!((rows[0], rows[1]), (rows[2], rows[4]));
        assert!(rows[0] >= FIRST && rows[0] != rows[1] && rows[1] != rows[3]);
        assert_eq!(tables.rows[rows[3] as usize].node.load(Relaxed), 30);
        assert_eq!(of_node(&tables, 40), BEYOND_LIMIT);
        assert_eq!(of_node(&tables, 10), rows[0]);
        for node in [node::BEYOND_LIMIT, 1_000_000] {
            assert_eq!(of_node(&tables, node), BEYOND_LIMIT);
        }
        assert_eq!(used(&tables).len(), tables.rows.len());
    }

    #[test]
    fn a_leak_is_the_least_growth_of_a_row_when_the_whole_grows_too() {
        let (tables, _alone) = alone(capacity(2));
        let [leaking, swapping] = [10, 20].map(|node| of_node(&tables, node) as usize);
        let set = |row: usize, bytes: i64, blocks: i64| {
            tables.rows[row].live_bytes.store(bytes, Relaxed);
            tables.rows[row].live_blocks.store(blocks, Relaxed);
        };
        let leaks = |ends: &[[i64; 2]]| {
            clear(&tables);
            for [leaked, older] in ends {
                set(leaking, *leaked, *leaked / 10);
                // What it takes in is freed of what is older.
                set(swapping, *older, 1);
                set(OLDER as usize, -*older, -1);
                end_iteration(&tables);
            }
            grown(&tables, ends.len() as u32).collect::<Vec<_>>()
        };
        assert_eq!(leaks(&[[50, 0], [80, 0], [130, 0]]), [(leaking, 30, 3)]);
        assert_eq!(leaks(&[[50, 0], [50, 0], [130, 0]]), []);
        assert_eq!(leaks(&[[0, 10], [0, 20], [0, 30]]), []);
        assert_eq!(leaks(&[]), []);
        clear(&tables);
    }
}
