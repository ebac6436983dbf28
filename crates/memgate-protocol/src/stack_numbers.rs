//! What the engine `sites` counts for one call stack.

use super::Metric;

/// What was counted for one call stack in one window.
///
/// The sum over all stacks, and over the two rows that stand for blocks from before the window and for stacks beyond
/// the limit, is what [`CountWindow`](super::CountWindow) says of the same window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StackNumbers {
    /// Successful alloc and alloc_zeroed calls.
    pub allocs: i64,
    /// Successful realloc calls.
    pub reallocs: i64,
    /// Bytes of allocs, plus the growth of reallocs.
    pub total_bytes: i64,
    /// The part of `total_bytes` that comes from reallocs.
    pub realloc_growth_bytes: i64,
    /// The new sizes of all reallocs.
    pub realloc_new_bytes: i64,
    /// Bytes live at the peak of the window, over all threads. A block belongs to the stack that allocated or last
    /// reallocated it.
    pub peak_bytes: i64,
    /// Blocks live at that moment.
    pub peak_blocks: i64,
    /// Bytes live when the routine has returned.
    pub retained_bytes: i64,
    /// Blocks live at that moment.
    pub retained_blocks: i64,
    /// The most bytes that this stack had live at any moment.
    pub maximum_bytes: i64,
    /// The blocks that these bytes were in.
    pub maximum_blocks: i64,
    /// The lifetimes of all blocks that were freed, in events of the allocator (calls by any thread).
    pub lifetime_events: i64,
    /// The least growth of live bytes over a whole iteration, of several; zero unless it grew in every one.
    pub leaked_bytes: i64,
    /// The least growth of live blocks over a whole iteration, of several; zero unless `leaked_bytes` is above zero.
    pub leaked_blocks: i64,
    /// Reallocs of blocks that this stack has allocated; for comparing the numbers with tools that see it so.
    pub origin_reallocs: i64,
    /// The new sizes of these reallocs.
    pub origin_realloc_new_bytes: i64,
}

impl StackNumbers {
    /// How many numbers there are.
    pub const COUNT: usize = 16;

    /// The part of a metric that this stack makes up.
    #[must_use]
    pub fn value(&self, metric: Metric) -> i64 {
        match metric {
            Metric::PeakBytes => self.peak_bytes,
            Metric::TotalBytes => self.total_bytes,
            Metric::Allocs => self.allocs,
            Metric::Reallocs => self.reallocs,
            Metric::RetainedBytes => self.retained_bytes,
            Metric::LeakedBytes => self.leaked_bytes,
        }
    }

    /// The numbers in the order of a capture file.
    #[must_use]
    pub fn to_array(&self) -> [i64; Self::COUNT] {
        [
            self.allocs,
            self.reallocs,
            self.total_bytes,
            self.realloc_growth_bytes,
            self.realloc_new_bytes,
            self.peak_bytes,
            self.peak_blocks,
            self.retained_bytes,
            self.retained_blocks,
            self.maximum_bytes,
            self.maximum_blocks,
            self.lifetime_events,
            self.leaked_bytes,
            self.leaked_blocks,
            self.origin_reallocs,
            self.origin_realloc_new_bytes,
        ]
    }

    /// The numbers from the order of a capture file.
    #[must_use]
    pub fn from_array(numbers: [i64; Self::COUNT]) -> Self {
        let [
            allocs,
            reallocs,
            total_bytes,
            realloc_growth_bytes,
            realloc_new_bytes,
            peak_bytes,
            peak_blocks,
            retained_bytes,
            retained_blocks,
            maximum_bytes,
            maximum_blocks,
            lifetime_events,
            leaked_bytes,
            leaked_blocks,
            origin_reallocs,
            origin_realloc_new_bytes,
        ] = numbers;
        Self {
            allocs,
            reallocs,
            total_bytes,
            realloc_growth_bytes,
            realloc_new_bytes,
            peak_bytes,
            peak_blocks,
            retained_bytes,
            retained_blocks,
            maximum_bytes,
            maximum_blocks,
            lifetime_events,
            leaked_bytes,
            leaked_blocks,
            origin_reallocs,
            origin_realloc_new_bytes,
        }
    }
}

impl std::ops::AddAssign for StackNumbers {
    fn add_assign(&mut self, other: Self) {
        let (mut sums, others) = (self.to_array(), other.to_array());
        for (index, sum) in sums.iter_mut().enumerate() {
            *sum = sum.wrapping_add(others[index]);
        }
        *self = Self::from_array(sums);
    }
}

impl std::iter::Sum for StackNumbers {
    fn sum<I: Iterator<Item = Self>>(rows: I) -> Self {
        rows.fold(Self::default(), |mut sum, row| {
            sum += row;
            sum
        })
    }
}
