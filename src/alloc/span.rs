//! Opens and closes spans, and adds up what all threads counted in them.

use std::sync::atomic::Ordering::Relaxed;

use super::counters::{self, LIVE, OVERFLOWED, PEAK, flush_limit};
use super::{slots, state};

/// A span of execution that is counted. One at a time; the thread that begins it ends it.
#[derive(Debug)]
#[must_use = "a span that is not ended goes on counting"]
pub struct Span {
    state: u32,
    start: Totals,
    live: i64,
}

/// What was counted between a span's begin and its end, by all threads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpanCounts {
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
    /// Highest live bytes minus live bytes at the begin.
    pub peak_bytes: i64,
    /// Live bytes at the end minus live bytes at the begin.
    pub live_bytes: i64,
    /// Threads that allocated or freed; those without a slot of their own count as one.
    pub threads: u32,
    /// How far `peak_bytes` may be from the truth.
    pub peak_error_bytes: u64,
}

impl Span {
    /// Begins to count.
    pub fn begin() -> Self {
        slots::claim();
        Self::begin_at(Totals::now())
    }

    /// Ends this span and begins the next at the same moment, so that nothing falls between the two.
    pub fn split(&mut self) -> SpanCounts {
        let (counts, now) = self.counts();
        *self = Self::begin_at(now);
        counts
    }

    /// Stops counting.
    #[must_use]
    pub fn end(self) -> SpanCounts {
        state::end();
        self.counts().0
    }

    fn begin_at(start: Totals) -> Self {
        OVERFLOWED.store(false, Relaxed);
        let live = LIVE.load(Relaxed);
        PEAK.store(live, Relaxed);
        let state = state::begin(state::MODE_COUNT);
        Self { state, start, live }
    }

    fn counts(&self) -> (SpanCounts, Totals) {
        let own = slots::claim();
        let has_joined = own.epoch.load(Relaxed) == self.state;
        // A thread that did nothing in this span still has the high mark of an earlier one.
        if has_joined {
            counters::flush(own);
        }
        let now = Totals::now();
        let mut threads = u32::from(OVERFLOWED.load(Relaxed));
        for slot in slots::claimed() {
            threads += u32::from(slot.epoch.load(Relaxed) == self.state);
        }
        // Nobody flushes for the others, so even one other thread by itself leaves a doubt.
        let is_alone = threads == u32::from(has_joined);
        let counts = SpanCounts {
            allocs: now.allocs - self.start.allocs,
            reallocs: now.reallocs - self.start.reallocs,
            total_bytes: now.total_bytes() - self.start.total_bytes(),
            realloc_growth_bytes: now.realloc_growth_bytes - self.start.realloc_growth_bytes,
            realloc_new_bytes: now.realloc_new_bytes - self.start.realloc_new_bytes,
            peak_bytes: (PEAK.load(Relaxed) - self.live).max(0),
            live_bytes: now.live_bytes - self.start.live_bytes,
            threads,
            peak_error_bytes: if is_alone { 0 } else { counters::peak_error_bytes(threads, flush_limit()) },
        };
        (counts, now)
    }
}

/// The sums over all threads since the process started.
#[derive(Clone, Copy, Debug, Default)]
struct Totals {
    allocs: i64,
    reallocs: i64,
    alloc_bytes: i64,
    realloc_growth_bytes: i64,
    realloc_new_bytes: i64,
    live_bytes: i64,
}

impl Totals {
    fn now() -> Self {
        let mut sum = Self { live_bytes: LIVE.load(Relaxed), ..Self::default() };
        for slot in slots::claimed() {
            sum.allocs += slot.allocs.load(Relaxed);
            sum.reallocs += slot.reallocs.load(Relaxed);
            sum.alloc_bytes += slot.alloc_bytes.load(Relaxed);
            sum.realloc_growth_bytes += slot.realloc_growth_bytes.load(Relaxed);
            sum.realloc_new_bytes += slot.realloc_new_bytes.load(Relaxed);
            sum.live_bytes += slot.settled.load(Relaxed) + slot.unflushed.load(Relaxed);
        }
        sum
    }
    fn total_bytes(&self) -> i64 {
        self.alloc_bytes + self.realloc_growth_bytes
    }
}
