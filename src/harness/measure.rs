//! Windows around a routine: one cold, the warm-up, the steady ones.
//!
//! Nothing here allocates between the begin of an iteration and its end, so that everything counted is the user's.

use std::hint::black_box;
use std::path::Path;

use crate::alloc::{Span, SpanCounts, set_exact_peak};
use crate::protocol::{CountWindow, Engine, EngineWindows, WindowPlan, Windows};

/// One iteration of a benchmark, in its three parts.
pub(super) trait Iteration {
    /// What the set-up makes.
    type Input;
    /// What is dropped after the window: the output, and what is left of the input.
    type Leftover;

    fn set_up(&mut self) -> Self::Input;
    fn routine(&mut self, input: Self::Input) -> Self::Leftover;
}

/// A routine that takes its input by value.
pub(super) struct Consuming<S, R> {
    pub(super) make_input: S,
    pub(super) routine: R,
}

impl<I, O, S: FnMut() -> I, R: FnMut(I) -> O> Iteration for Consuming<S, R> {
    type Input = I;
    type Leftover = O;

    fn set_up(&mut self) -> I {
        (self.make_input)()
    }

    fn routine(&mut self, input: I) -> O {
        (self.routine)(input)
    }
}

/// A routine that borrows its input.
pub(super) struct Mutating<S, R> {
    pub(super) make_input: S,
    pub(super) routine: R,
}

impl<I, O, S: FnMut() -> I, R: FnMut(&mut I) -> O> Iteration for Mutating<S, R> {
    type Input = I;
    type Leftover = (O, I);

    fn set_up(&mut self) -> I {
        (self.make_input)()
    }

    fn routine(&mut self, mut input: I) -> (O, I) {
        let output = (self.routine)(&mut input);
        (output, input)
    }
}

impl<T: Iteration> Iteration for &mut T {
    type Input = T::Input;
    type Leftover = T::Leftover;

    fn set_up(&mut self) -> T::Input {
        (**self).set_up()
    }

    fn routine(&mut self, input: T::Input) -> T::Leftover {
        (**self).routine(input)
    }
}

/// What came of a benchmark's windows.
#[derive(Debug)]
pub(super) struct Measured {
    pub(super) windows: EngineWindows,
    pub(super) threads: u32,
    pub(super) peak_error_bytes: u64,
}

/// Runs one iteration without measuring it.
pub(super) fn run_once(mut iteration: impl Iteration) {
    let input = black_box(iteration.set_up());
    drop(black_box(iteration.routine(input)));
}

/// Runs the windows of `plan` with `engine`, which is built in and is neither `off` nor `sites`:
/// [`serve`](super::serve) saw to it. dhat writes its own file to `file`.
#[cfg_attr(not(feature = "dhat"), expect(unused_variables, reason = "only dhat writes a file"))]
pub(super) fn run(
    iteration: impl Iteration,
    engine: Engine,
    plan: WindowPlan,
    file: Option<&Path>,
) -> Measured {
    match engine {
        #[cfg(feature = "stats_alloc")]
        Engine::StatsAlloc => {
            let windows = windows(iteration, plan, |iteration| {
                one_span(iteration, crate::alloc::StatsAllocSpan::begin, crate::alloc::StatsAllocSpan::end)
            });
            Measured { windows: EngineWindows::StatsAlloc(windows), threads: 0, peak_error_bytes: 0 }
        }
        #[cfg(feature = "dhat")]
        Engine::Dhat => {
            let windows = windows(iteration, plan, |iteration| {
                one_span(iteration, || crate::alloc::DhatSpan::begin(file), crate::alloc::DhatSpan::end)
            });
            Measured { windows: EngineWindows::Dhat(windows), threads: 0, peak_error_bytes: 0 }
        }
        _ => count(iteration, plan),
    }
}

/// Measures with our own engine: the first window with an exact peak whatever the number of threads; the others too,
/// unless one thread was all that the first one saw.
///
/// Counting never stops between the first window and the last. What a thread of the user's frees late, it then frees
/// in some iteration, and is not taken for a leak.
fn count(mut iteration: impl Iteration, plan: WindowPlan) -> Measured {
    let mut steady = Vec::with_capacity(plan.steady as usize);
    set_exact_peak(true);
    let mut span = Span::begin();
    let (cold, counts);
    (cold, counts, span) = counted(&mut iteration, span);
    set_exact_peak(counts.threads > 1);
    for _ in 0..plan.warm_up {
        (_, _, span) = counted(&mut iteration, span);
    }
    let (mut threads, mut peak_error_bytes);
    (threads, peak_error_bytes, span) = steady_windows(&mut iteration, plan, &mut steady, span);
    if peak_error_bytes > 0 {
        // A second thread came late. Measure again, exactly: no one reads a bound when there can be a number.
        set_exact_peak(true);
        (threads, peak_error_bytes, span) = steady_windows(&mut iteration, plan, &mut steady, span);
    }
    let _ = span.end();
    Measured { windows: EngineWindows::Count(Windows { cold, steady }), threads, peak_error_bytes }
}

/// Fills `steady`, and gives the largest number of threads and the largest error of a peak.
fn steady_windows(
    iteration: &mut impl Iteration,
    plan: WindowPlan,
    steady: &mut Vec<CountWindow>,
    mut span: Span,
) -> (u32, u64, Span) {
    steady.clear();
    let (mut threads, mut peak_error_bytes) = (0, 0);
    for _ in 0..plan.steady {
        let (window, counts);
        (window, counts, span) = counted(iteration, span);
        steady.push(window);
        threads = threads.max(counts.threads);
        peak_error_bytes = peak_error_bytes.max(counts.peak_error_bytes);
    }
    (threads, peak_error_bytes, span)
}

/// Runs one iteration in three spans: set-up (in `span`, which began where the last iteration ended), window, drop.
fn counted(iteration: &mut impl Iteration, span: Span) -> (CountWindow, SpanCounts, Span) {
    let input = black_box(iteration.set_up());
    let (before, span) = span.split();
    let leftover = black_box(iteration.routine(input));
    let (window, span) = span.split();
    drop(leftover);
    let (after, span) = span.split();

    let counts = CountWindow {
        peak_bytes: window.peak_bytes,
        total_bytes: window.total_bytes,
        allocs: window.allocs,
        reallocs: window.reallocs,
        retained_bytes: window.live_bytes,
        growth_bytes: before.live_bytes + window.live_bytes + after.live_bytes,
        realloc_growth_bytes: window.realloc_growth_bytes,
        realloc_new_bytes: window.realloc_new_bytes,
    };
    (counts, window, span)
}

/// Runs the windows of `plan`, each as `window` does it.
#[cfg(any(feature = "dhat", feature = "stats_alloc"))]
fn windows<I: Iteration, W>(
    mut iteration: I,
    plan: WindowPlan,
    mut window: impl FnMut(&mut I) -> W,
) -> Windows<W> {
    let cold = window(&mut iteration);
    for _ in 0..plan.warm_up {
        window(&mut iteration);
    }
    let steady = (0..plan.steady).map(|_| window(&mut iteration)).collect();
    Windows { cold, steady }
}

/// Runs one iteration, with a span around the routine alone.
#[cfg(any(feature = "dhat", feature = "stats_alloc"))]
fn one_span<S, W>(iteration: &mut impl Iteration, begin: impl Fn() -> S, end: impl Fn(S) -> W) -> W {
    let input = black_box(iteration.set_up());
    let span = begin();
    let leftover = black_box(iteration.routine(input));
    let window = end(span);
    drop(leftover);
    window
}
