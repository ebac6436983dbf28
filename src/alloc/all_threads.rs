//! Counts what all threads do while one function runs, beside the scopes of single threads.
//!
//! All of them count into the slot that the engine `count` has for threads without one, by operations that several threads can do at
//! once. That is slower than a slot for each, and exact; and a test has no second window whose numbers could be bounded instead.

use std::cell::Cell;
use std::fmt;
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use super::counters::{self, LIVE, PEAK};
use super::slots::{self, Slot};
use super::span::SpanCounts;
use super::state;

/// Whether one is open. Each call of the allocator looks at it that is made while any scope is.
static IS_OPEN: AtomicBool = AtomicBool::new(false);
/// Held by the thread whose function is counted: two at once would count each other.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

thread_local! {
    static HOLDS_IT: Cell<bool> = const { Cell::new(false) };
}

/// Why nothing could be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AllThreadsError {
    /// A span of the gate's was open, or has begun meanwhile.
    SpanIsOpen,
    /// The same thread is counting all threads already.
    Nested,
}

impl fmt::Display for AllThreadsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SpanIsOpen => "failed to count: this process is measuring a benchmark",
            Self::Nested => "failed to count: all threads are being counted already, further out",
        })
    }
}

impl std::error::Error for AllThreadsError {}

/// Runs `routine`, and gives what all threads did meanwhile, with its output still alive. Waits while another thread counts so.
///
/// # Errors
/// When a span is open, or the calling thread counts so already, before `routine` is run; or a span has begun meanwhile.
pub(crate) fn counted_in_all_threads<R>(
    routine: impl FnOnce() -> R,
) -> Result<(R, SpanCounts), AllThreadsError> {
    if HOLDS_IT.get() {
        return Err(AllThreadsError::Nested);
    }
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let open = Open::new().ok_or(AllThreadsError::SpanIsOpen)?;
    let output = black_box(routine());
    let counts = open.counts();
    if !open.close() {
        return Err(AllThreadsError::SpanIsOpen);
    }
    Ok((output, counts))
}

/// What the slot and the live count had at the begin. Counts until it is dropped, by unwinding too.
struct Open {
    start: [i64; 5],
    live: i64,
    is_closed: bool,
}

fn totals() -> [i64; 5] {
    let Slot { allocs, alloc_bytes, reallocs, realloc_growth_bytes, realloc_new_bytes, .. } = slots::shared();
    [allocs, alloc_bytes, reallocs, realloc_growth_bytes, realloc_new_bytes]
        .map(|counter| counter.load(Relaxed))
}

impl Open {
    /// None while a span is open.
    #[inline(never)]
    fn new() -> Option<Self> {
        if !state::open_scope() {
            return None;
        }
        HOLDS_IT.set(true);
        let live = LIVE.load(Relaxed);
        PEAK.store(live, Relaxed);
        let open = Self { start: totals(), live, is_closed: false };
        IS_OPEN.store(true, Ordering::SeqCst);
        Some(open)
    }

    fn counts(&self) -> SpanCounts {
        let mut change = totals();
        for (now, start) in change.iter_mut().zip(self.start) {
            *now -= start;
        }
        let [allocs, alloc_bytes, reallocs, realloc_growth_bytes, realloc_new_bytes] = change;
        SpanCounts {
            allocs,
            reallocs,
            total_bytes: alloc_bytes + realloc_growth_bytes,
            realloc_growth_bytes,
            realloc_new_bytes,
            peak_bytes: (PEAK.load(Relaxed) - self.live).max(0),
            live_bytes: LIVE.load(Relaxed) - self.live,
            ..SpanCounts::default()
        }
    }

    /// False when a span has begun meanwhile.
    #[inline(never)]
    fn close(mut self) -> bool {
        self.leave()
    }

    fn leave(&mut self) -> bool {
        self.is_closed = true;
        IS_OPEN.store(false, Ordering::SeqCst);
        HOLDS_IT.set(false);
        state::close_scope()
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if !self.is_closed {
            self.leave();
        }
    }
}

/// A block of `size` bytes was allocated.
#[inline(always)]
pub(super) fn on_alloc(size: usize) {
    if IS_OPEN.load(Relaxed) {
        counters::share_alloc(slots::shared(), size);
    }
}

/// A block of `size` bytes is about to be freed.
#[inline(always)]
pub(super) fn on_dealloc(size: usize) {
    if IS_OPEN.load(Relaxed) {
        counters::share_dealloc(size);
    }
}

/// A block went from `old_size` to `new_size` bytes.
#[inline(always)]
pub(super) fn on_realloc(old_size: usize, new_size: usize) {
    if IS_OPEN.load(Relaxed) {
        counters::share_realloc(slots::shared(), old_size, new_size);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_all_threads_do_is_counted_and_nothing_before_or_after() {
        on_alloc(1_000);
        let ((), counts) = counted_in_all_threads(|| {
            on_alloc(100);
            std::thread::scope(|scope| {
                scope.spawn(|| (on_alloc(50), on_realloc(50, 70)));
            });
            on_dealloc(100);
        })
        .unwrap();
        on_dealloc(1_000);
        let expected = SpanCounts {
            allocs: 2,
            reallocs: 1,
            total_bytes: 170,
            realloc_growth_bytes: 20,
            realloc_new_bytes: 70,
            peak_bytes: 170,
            live_bytes: 70,
            ..SpanCounts::default()
        };
        assert_eq!(counts, expected);
        let ((), counts) = counted_in_all_threads(|| ()).unwrap();
        assert_eq!(counts, SpanCounts::default());
    }

    #[test]
    fn two_within_each_other_are_refused_and_a_panic_ends_one() {
        let nested = counted_in_all_threads(|| counted_in_all_threads(|| ()).map(drop)).unwrap().0;
        assert_eq!(nested, Err(AllThreadsError::Nested));
        let result = std::panic::catch_unwind(|| counted_in_all_threads(|| panic!("on purpose")));
        assert!(result.is_err() && !HOLDS_IT.get());
    }
}
