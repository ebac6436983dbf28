//! What a closure did with the heap.

use crate::alloc::SpanCounts;
use memgate_protocol::Metric;

/// What one closure did with the heap, in the gate's metrics.
///
/// A realloc counts its change in size, as if it happened in place, and only calls that succeed count. Blocks that were live before
/// the closure and are freed in it lower the live bytes. `docs/METHODOLOGY.md` in the repository has the definitions.
///
/// # Example
/// ```
/// memgate::install!();
///
/// # fn main() {
/// let (text, heap) = memgate::measure(|| "one two three".to_owned());
/// assert_eq!((heap.allocs, heap.peak_bytes, heap.retained_bytes), (1, 13, 13));
/// # drop(text);
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Heap {
    /// Highest live bytes minus live bytes at the start; never below zero.
    pub peak_bytes: u64,
    /// Sum of the sizes of every alloc and alloc_zeroed, plus the growth of every realloc.
    pub total_bytes: u64,
    /// Successful alloc and alloc_zeroed calls.
    pub allocs: u64,
    /// Successful realloc calls.
    pub reallocs: u64,
    /// Live bytes minus live bytes at the start, when the closure has returned and its output still lives. Negative when it freed
    /// more than it built.
    pub retained_bytes: i64,
}

impl Heap {
    /// The numbers in the order of the gate's columns.
    pub(super) fn values(&self) -> [(Metric, i64); 5] {
        let signed = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        [
            (Metric::PeakBytes, signed(self.peak_bytes)),
            (Metric::TotalBytes, signed(self.total_bytes)),
            (Metric::Allocs, signed(self.allocs)),
            (Metric::Reallocs, signed(self.reallocs)),
            (Metric::RetainedBytes, self.retained_bytes),
        ]
    }
}

impl From<SpanCounts> for Heap {
    fn from(counts: SpanCounts) -> Self {
        // None but the live bytes is ever below zero.
        Self {
            peak_bytes: counts.peak_bytes.unsigned_abs(),
            total_bytes: counts.total_bytes.unsigned_abs(),
            allocs: counts.allocs.unsigned_abs(),
            reallocs: counts.reallocs.unsigned_abs(),
            retained_bytes: counts.live_bytes,
        }
    }
}
