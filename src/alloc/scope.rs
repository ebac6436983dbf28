//! Counts what one thread does while one function runs.
//!
//! A scope is a [`Slot`] on the stack of its thread, into which the counters of the engine `count` count: one way of counting for
//! both. The thread finds it by a thread-local, so that what other threads do meanwhile is not seen. Scopes may lie within
//! each other; each counts what is done within it, and so do those around it.
//!
//! Rejected: the difference of two readings of the thread's slot in the pool. libtest runs each test in a thread of its own, and a
//! slot is never given back, so that there would be none left for the tests beyond the 1,024th.

use std::cell::Cell;
use std::fmt;
use std::hint::black_box;
use std::mem::ManuallyDrop;
use std::sync::atomic::Ordering::Relaxed;

use super::sites::ThreadRecording;
use super::slots::Slot;
use super::span::SpanCounts;
use super::{counters, state};
use memgate_stacks::frame_record;

/// A function that is counted in one thread.
struct Scope {
    counters: Slot,
    /// Where events are recorded, too; or null.
    recording: *const ThreadRecording,
    /// The scope around this one in this thread, or null.
    outer: Cell<*const Scope>,
}

thread_local! {
    // Constant and without a destructor: no initialisation, no registration, usable until the thread's last moment.
    static INNERMOST: Cell<*const Scope> = const { Cell::new(std::ptr::null()) };
}

/// Why nothing could be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScopeError {
    /// A span of the gate's was open, or has begun meanwhile.
    SpanIsOpen,
}

impl fmt::Display for ScopeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SpanIsOpen => f.write_str("failed to count: this process is measuring a benchmark"),
        }
    }
}

impl std::error::Error for ScopeError {}

/// Runs `routine`, and gives what the calling thread did in it, with its output still alive. What is counted is recorded as well where
/// there is a recording.
///
/// # Errors
/// When a span is open, before `routine` is run; or one has begun meanwhile.
pub(crate) fn counted<R>(
    recording: Option<&ThreadRecording>,
    routine: impl FnOnce() -> R,
) -> Result<(R, SpanCounts), ScopeError> {
    let scope = Scope::new(recording);
    if let Some(recording) = recording {
        recording.begin_at(frame_record());
    }
    let open = Open::new(&scope).ok_or(ScopeError::SpanIsOpen)?;
    let output = black_box(routine());
    if !open.close() {
        return Err(ScopeError::SpanIsOpen);
    }
    Ok((output, scope.counts()))
}

/// Runs `routine`, which no scope of the calling thread sees. It frees nothing that one saw, and leaves nothing for one to free.
pub(crate) fn uncounted<R>(routine: impl FnOnce() -> R) -> R {
    struct Reopen(*const Scope);

    impl Drop for Reopen {
        fn drop(&mut self) {
            INNERMOST.set(self.0);
        }
    }

    let _reopen = Reopen(INNERMOST.replace(std::ptr::null()));
    black_box(routine())
}

/// A scope that counts until this is dropped, by unwinding too.
struct Open<'s> {
    scope: &'s Scope,
}

impl<'s> Open<'s> {
    /// None while a span is open.
    // Out of line, as `close` is, so that no call of the allocator is moved over them.
    #[inline(never)]
    fn new(scope: &'s Scope) -> Option<Self> {
        if !state::open_scope() {
            return None;
        }
        scope.outer.set(INNERMOST.replace(scope));
        Some(Self { scope })
    }

    /// False when a span has begun meanwhile.
    #[inline(never)]
    fn close(self) -> bool {
        ManuallyDrop::new(self).leave()
    }

    fn leave(&self) -> bool {
        let this: *const Scope = self.scope;
        let outer = self.scope.outer.get();
        if std::ptr::eq(INNERMOST.get(), this) {
            INNERMOST.set(outer);
        } else {
            // A coroutine was left while a scope that was opened later still is open.
            each(|scope| {
                if std::ptr::eq(scope.outer.get(), this) {
                    scope.outer.set(outer);
                }
            });
        }
        state::close_scope()
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.leave();
    }
}

impl Scope {
    fn new(recording: Option<&ThreadRecording>) -> Self {
        let recording = recording.map_or(std::ptr::null(), std::ptr::from_ref);
        Self { counters: Slot::of_a_scope(), recording, outer: Cell::new(std::ptr::null()) }
    }

    /// Where events are recorded, too.
    #[inline(always)]
    fn recording(&self) -> Option<&ThreadRecording> {
        // SAFETY: null, or what `counted` borrows for as long as the scope is open, which it is where this is asked for.
        unsafe { self.recording.as_ref() }
    }

    fn counts(&self) -> SpanCounts {
        let Slot { allocs, alloc_bytes, reallocs, realloc_growth_bytes, .. } = &self.counters;
        SpanCounts {
            allocs: allocs.load(Relaxed),
            reallocs: reallocs.load(Relaxed),
            total_bytes: alloc_bytes.load(Relaxed) + realloc_growth_bytes.load(Relaxed),
            realloc_growth_bytes: realloc_growth_bytes.load(Relaxed),
            realloc_new_bytes: self.counters.realloc_new_bytes.load(Relaxed),
            peak_bytes: self.counters.unflushed_high.load(Relaxed),
            live_bytes: self.counters.unflushed.load(Relaxed),
            threads: 1,
            peak_error_bytes: 0,
        }
    }
}

/// Calls `with` for each scope of this thread, the innermost first.
#[inline(always)]
fn each(mut with: impl FnMut(&Scope)) {
    let mut next = INNERMOST.get();
    // SAFETY: null, or a scope that is open: it lies on this thread's stack, below the function that opened it, and is taken out of
    // the chain before that returns or unwinds. It is only ever read, and changed through cells and atomics of this thread's.
    while let Some(scope) = unsafe { next.as_ref() } {
        with(scope);
        next = scope.outer.get();
    }
}

/// A block of `size` bytes was allocated.
#[inline(always)]
pub(super) fn on_alloc(block: *mut u8, size: usize) {
    each(|scope| {
        counters::add_alloc(&scope.counters, size);
        if let Some(recording) = scope.recording() {
            recording.on_alloc(block, size);
        }
    });
}

/// A block of `size` bytes is about to be freed.
#[inline(always)]
pub(super) fn on_dealloc(block: *mut u8, size: usize) {
    each(|scope| {
        counters::add_dealloc(&scope.counters, size);
        if let Some(recording) = scope.recording() {
            recording.on_dealloc(block, size);
        }
    });
}

/// The block at `before` went from `old_size` to `new_size` bytes, and is at `block` now.
#[inline(always)]
pub(super) fn on_realloc(before: *mut u8, old_size: usize, block: *mut u8, new_size: usize) {
    each(|scope| {
        counters::add_realloc(&scope.counters, old_size, new_size);
        if let Some(recording) = scope.recording() {
            recording.on_realloc(before, old_size, block, new_size);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    // The allocator is not installed here: what it would call is called by hand.
    fn on_alloc(size: usize) {
        super::on_alloc(std::ptr::null_mut(), size);
    }

    fn on_dealloc(size: usize) {
        super::on_dealloc(std::ptr::null_mut(), size);
    }

    fn on_realloc(old_size: usize, new_size: usize) {
        super::on_realloc(std::ptr::null_mut(), old_size, std::ptr::null_mut(), new_size);
    }

    fn counted<R>(routine: impl FnOnce() -> R) -> Result<(R, SpanCounts), ScopeError> {
        super::counted(None, routine)
    }

    fn program() {
        on_alloc(100);
        on_realloc(100, 250);
        on_dealloc(250);
        on_alloc(30);
    }

    #[test]
    fn each_scope_counts_what_is_done_within_it() {
        on_alloc(1_000);
        let ((inner, between), outer) = counted(|| {
            on_alloc(1);
            let (peaks, inner) = counted(|| {
                program();
                counted(program).unwrap().1.peak_bytes
            })
            .unwrap();
            on_dealloc(61);
            ((peaks, inner), INNERMOST.get())
        })
        .map(|((inner, innermost), outer)| ((inner, innermost.is_null()), outer))
        .unwrap();
        let (innermost_peak, inner) = inner;
        assert!(!between, "the outer one is open again");
        assert_eq!((innermost_peak, inner.peak_bytes, outer.peak_bytes), (250, 280, 281));
        assert_eq!((inner.allocs, inner.reallocs, inner.total_bytes, inner.live_bytes), (4, 2, 560, 60));
        assert_eq!((outer.allocs, outer.reallocs, outer.total_bytes, outer.live_bytes), (5, 2, 561, 0));
        assert!(INNERMOST.get().is_null());
    }

    #[test]
    fn what_other_threads_do_is_not_counted() {
        let ((), counts) = counted(|| {
            std::thread::scope(|scope| {
                scope.spawn(program);
            });
        })
        .unwrap();
        // Nor is the thread that was started: the allocator is not installed.
        assert_eq!(counts, SpanCounts { threads: 1, ..SpanCounts::default() });
    }

    #[test]
    fn what_is_not_to_be_counted_is_counted_by_none() {
        let ((), counts) = counted(|| {
            let panicked = std::panic::catch_unwind(|| {
                uncounted(|| {
                    program();
                    panic!("on purpose")
                })
            });
            assert!(panicked.is_err());
            on_alloc(7);
        })
        .unwrap();
        assert_eq!((counts.allocs, counts.total_bytes), (1, 7));
    }

    #[test]
    fn a_panic_closes_the_scope() {
        let result = std::panic::catch_unwind(|| counted(|| panic!("on purpose")));
        assert!(result.is_err() && INNERMOST.get().is_null());
    }

    #[test]
    fn blocks_from_before_lower_the_count_and_the_peak_is_never_below_zero() {
        let ((), counts) = counted(|| {
            on_dealloc(500);
            on_alloc(100);
        })
        .unwrap();
        assert_eq!((counts.peak_bytes, counts.live_bytes), (0, -400));
    }

    #[test]
    fn scopes_that_are_left_in_another_order_count_all_the_same() {
        let [first, second, third] = [(); 3].map(|()| Scope::new(None));
        let [first_open, second_open, third_open] =
            [&first, &second, &third].map(|scope| Open::new(scope).unwrap());
        on_alloc(1);
        assert!(second_open.close() && first_open.close());
        on_alloc(10);
        assert!(third_open.close() && INNERMOST.get().is_null());
        let [first, second, third] = [first, second, third].map(|scope| scope.counts().total_bytes);
        assert_eq!((first, second, third), (1, 1, 11));
    }
}
