//! What each engine says of one window, in its own words.

use super::Metric;
use crate::codec::structure;

/// What the engine `count` says of one window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct CountWindow {
    /// Highest live bytes minus live bytes at the start.
    pub peak_bytes: i64,
    /// Bytes of every alloc and alloc_zeroed, plus the growth of every realloc.
    pub total_bytes: i64,
    /// Successful alloc and alloc_zeroed calls.
    pub allocs: i64,
    /// Successful realloc calls.
    pub reallocs: i64,
    /// Live bytes minus live bytes at the start, while the output lives.
    pub retained_bytes: i64,
    /// Live bytes after the output and the input are dropped, minus live bytes before the set-up.
    pub growth_bytes: i64,
    /// The part of `total_bytes` that comes from reallocs; for comparing the numbers with tools that count the whole
    /// new size of a realloc.
    pub realloc_growth_bytes: i64,
    /// The new sizes of all reallocs.
    pub realloc_new_bytes: i64,
}

impl CountWindow {
    /// The metric's value in this window. For [`Metric::LeakedBytes`] it is the growth of this one iteration; whether
    /// that is a leak shows only over several.
    #[must_use]
    pub fn value(&self, metric: Metric) -> i64 {
        match metric {
            Metric::PeakBytes => self.peak_bytes,
            Metric::TotalBytes => self.total_bytes,
            Metric::Allocs => self.allocs,
            Metric::Reallocs => self.reallocs,
            Metric::RetainedBytes => self.retained_bytes,
            Metric::LeakedBytes => self.growth_bytes,
        }
    }
}

/// What the engine `stats_alloc` says of one window: the crate's own fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct StatsAllocWindow {
    /// Calls of alloc and alloc_zeroed.
    pub allocations: i64,
    /// Calls of realloc.
    pub reallocations: i64,
    /// Bytes of allocations, plus the growth of reallocs.
    pub bytes_allocated: i64,
    /// Bytes of deallocations, plus the shrinking of reallocs.
    pub bytes_deallocated: i64,
}

/// What the engine `dhat` says of one window: the crate's own fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct DhatWindow {
    /// Calls of alloc, alloc_zeroed and realloc.
    pub total_blocks: i64,
    /// Bytes of allocations, plus the whole new size of every realloc.
    pub total_bytes: i64,
    /// Live bytes of the window's own blocks when the routine has returned.
    pub current_bytes: i64,
    /// Highest live bytes of the window's own blocks.
    pub max_bytes: i64,
}

structure!(answered CountWindow {
    peak_bytes,
    total_bytes,
    allocs,
    reallocs,
    retained_bytes,
    growth_bytes,
    realloc_growth_bytes,
    realloc_new_bytes,
});
structure!(answered StatsAllocWindow { allocations, reallocations, bytes_allocated, bytes_deallocated });
structure!(answered DhatWindow { total_blocks, total_bytes, current_bytes, max_bytes });
