//! What a closure may do with the heap.

use super::heap::Heap;
use memgate_protocol::Metric;

/// The most that a closure may do with the heap, by the gate's metrics. What is not limited may be anything.
///
/// # Example
/// ```
/// use memgate::{Limits, units::KIB};
/// let limits = Limits::new().allocs(3).peak_bytes(4 * KIB);
/// # let _ = limits;
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use = "limits do nothing until something is compared with them"]
pub struct Limits {
    peak_bytes: Option<u64>,
    total_bytes: Option<u64>,
    allocs: Option<u64>,
    reallocs: Option<u64>,
    retained_bytes: Option<u64>,
}

/// A number that is over its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Exceeded {
    pub(super) metric: Metric,
    pub(super) value: i64,
    pub(super) most: i64,
}

impl Limits {
    /// Limits nothing yet. What is compared with no limit is an error.
    pub const fn new() -> Self {
        Self { peak_bytes: None, total_bytes: None, allocs: None, reallocs: None, retained_bytes: None }
    }

    /// At most so many live bytes at once, beyond those that were live before.
    pub const fn peak_bytes(mut self, most: u64) -> Self {
        self.peak_bytes = Some(most);
        self
    }

    /// At most so many bytes in all allocations together, and in the growth of reallocations.
    pub const fn total_bytes(mut self, most: u64) -> Self {
        self.total_bytes = Some(most);
        self
    }

    /// At most so many allocations.
    pub const fn allocs(mut self, most: u64) -> Self {
        self.allocs = Some(most);
        self
    }

    /// At most so many reallocations.
    pub const fn reallocs(mut self, most: u64) -> Self {
        self.reallocs = Some(most);
        self
    }

    /// At most so many bytes that still live when the closure has returned, its output included, beyond those that were live before.
    pub const fn retained_bytes(mut self, most: u64) -> Self {
        self.retained_bytes = Some(most);
        self
    }

    /// The limits in the order of [`Heap::values`].
    fn most(&self) -> [Option<u64>; 5] {
        [self.peak_bytes, self.total_bytes, self.allocs, self.reallocs, self.retained_bytes]
    }

    /// Whether nothing is limited.
    pub(super) fn is_empty(&self) -> bool {
        self.most() == [None; 5]
    }

    /// What of `heap` is over its limit, in the order of the gate's columns. Allocates nothing where nothing is.
    pub(super) fn exceeded_by(&self, heap: &Heap) -> Vec<Exceeded> {
        let pairs = heap.values().into_iter().zip(self.most());
        pairs
            .filter_map(|((metric, value), most)| {
                // A limit beyond the range of values limits nothing.
                let most = i64::try_from(most?).unwrap_or(i64::MAX);
                (value > most).then_some(Exceeded { metric, value, most })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAP: Heap = Heap { peak_bytes: 50, total_bytes: 70, allocs: 3, reallocs: 2, retained_bytes: -10 };

    #[test]
    fn a_limit_is_the_most_that_is_allowed() {
        let limits = Limits::new().peak_bytes(50).total_bytes(70).allocs(3).reallocs(2).retained_bytes(0);
        assert_eq!(limits.exceeded_by(&HEAP), []);
        for (limits, metric, value, most) in [
            (limits.peak_bytes(49), Metric::PeakBytes, 50, 49),
            (limits.total_bytes(0), Metric::TotalBytes, 70, 0),
            (limits.allocs(2), Metric::Allocs, 3, 2),
            (limits.reallocs(1), Metric::Reallocs, 2, 1),
        ] {
            assert_eq!(limits.exceeded_by(&HEAP), [Exceeded { metric, value, most }]);
        }
        let kept = Heap { retained_bytes: 11, ..HEAP };
        let over = Exceeded { metric: Metric::RetainedBytes, value: 11, most: 10 };
        assert_eq!(Limits::new().retained_bytes(10).exceeded_by(&kept), [over]);
    }

    #[test]
    fn all_that_is_over_is_told_in_the_order_of_the_columns() {
        let exceeded = Limits::new().reallocs(0).allocs(0).peak_bytes(0).exceeded_by(&HEAP);
        let metrics: Vec<Metric> = exceeded.iter().map(|exceeded| exceeded.metric).collect();
        assert_eq!(metrics, [Metric::PeakBytes, Metric::Allocs, Metric::Reallocs]);
    }

    #[test]
    fn what_is_not_limited_may_be_anything() {
        assert!(Limits::new().is_empty() && !Limits::new().reallocs(0).is_empty());
        let most = Heap {
            peak_bytes: u64::MAX,
            total_bytes: u64::MAX,
            allocs: 0,
            reallocs: 9,
            retained_bytes: i64::MAX,
        };
        let limits = Limits::new().allocs(0).total_bytes(u64::MAX);
        assert_eq!(limits.exceeded_by(&most), []);
    }
}
