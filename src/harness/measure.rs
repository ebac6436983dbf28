//! Windows around a routine: one cold, the warm-up, the steady ones.
//!
//! Nothing here allocates between the begin of an iteration and its end, so that everything counted is the user's.

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use super::long_run::Watch;
use crate::alloc::{Span, SpanCounts, set_exact_peak};
use memgate_protocol::{CountWindow, Engine, EngineWindows, LongRun, WindowPlan, Windows};

/// Where a window begins and ends within an iteration. Neither edge allocates while anything is counted.
pub trait Edges {
    /// Begins the window. Called once in an iteration.
    fn open(&mut self);
    /// Ends the window. Called once, after [`open`](Edges::open), by the same thread.
    fn close(&mut self);
}

/// One iteration of a benchmark: the set-up, the window between the two edges, and the drop of what is left.
///
/// Called through a table: what is generic is compiled again for each benchmark, and that is to be no more than this.
pub(super) trait Iteration {
    /// Runs the iteration, and calls each edge once.
    fn run(&mut self, edges: &mut dyn Edges);
}

/// A routine that takes its input by value.
pub(super) struct Consuming<S, R> {
    pub(super) make_input: S,
    pub(super) routine: R,
}

impl<I, O, S: FnMut() -> I, R: FnMut(I) -> O> Iteration for Consuming<S, R> {
    fn run(&mut self, edges: &mut dyn Edges) {
        let input = black_box((self.make_input)());
        edges.open();
        let output = black_box((self.routine)(input));
        edges.close();
        drop(output);
    }
}

/// A routine that borrows its input.
pub(super) struct Mutating<S, R> {
    pub(super) make_input: S,
    pub(super) routine: R,
}

impl<I, O, S: FnMut() -> I, R: FnMut(&mut I) -> O> Iteration for Mutating<S, R> {
    fn run(&mut self, edges: &mut dyn Edges) {
        let mut input = black_box((self.make_input)());
        edges.open();
        let output = black_box((self.routine)(&mut input));
        edges.close();
        drop(output);
        drop(black_box(input));
    }
}

/// An iteration that calls the edges itself, from as deep inside as it likes.
pub(super) struct Driven<F>(pub(super) F);

impl<F: FnMut(&mut dyn Edges)> Iteration for Driven<F> {
    fn run(&mut self, edges: &mut dyn Edges) {
        (self.0)(edges);
    }
}

/// What came of a benchmark's windows.
#[derive(Debug)]
pub(super) struct Measured {
    pub(super) windows: EngineWindows,
    pub(super) threads: u32,
    pub(super) peak_error_bytes: u64,
    pub(super) long_run: Option<LongRun>,
}

/// Edges at which nothing happens.
struct NoEdges;

impl Edges for NoEdges {
    fn open(&mut self) {}
    fn close(&mut self) {}
}

/// Runs one iteration without measuring it.
pub(super) fn run_once(iteration: &mut dyn Iteration) {
    iteration.run(&mut NoEdges);
}

/// Runs the windows of `plan` with `engine`, which is built in and is neither `off` nor `sites`:
/// [`serve`](super::serve) saw to it. dhat writes its own file to `file`.
#[cfg_attr(not(feature = "dhat"), expect(unused_variables, reason = "only dhat writes a file"))]
pub(super) fn run(
    iteration: &mut dyn Iteration,
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
            Measured {
                windows: EngineWindows::StatsAlloc(windows),
                threads: 0,
                peak_error_bytes: 0,
                long_run: None,
            }
        }
        #[cfg(feature = "dhat")]
        Engine::Dhat => {
            let windows = windows(iteration, plan, |iteration| {
                one_span(iteration, || crate::alloc::DhatSpan::begin(file), crate::alloc::DhatSpan::end)
            });
            Measured {
                windows: EngineWindows::Dhat(windows),
                threads: 0,
                peak_error_bytes: 0,
                long_run: None,
            }
        }
        _ => count(iteration, plan),
    }
}

/// Measures with our own engine: the first window with an exact peak whatever the number of threads; the others too,
/// unless one thread was all that the first one saw.
///
/// Counting never stops between the first window and the last. What a thread of the user's frees late, it then frees
/// in some iteration, and is not taken for a leak.
fn count(iteration: &mut dyn Iteration, plan: WindowPlan) -> Measured {
    let mut steady = Vec::with_capacity(plan.steady as usize);
    set_exact_peak(true);
    let mut span = Span::begin();
    let (cold, counts);
    (cold, counts, span) = counted(iteration, span);
    set_exact_peak(counts.threads > 1);
    for _ in 0..plan.warm_up {
        (_, _, span) = counted(iteration, span);
    }
    // The steady windows are a part of what the long run may take: what is slow is not run again.
    let started = Instant::now();
    let (mut threads, mut peak_error_bytes);
    (threads, peak_error_bytes, span) = steady_windows(iteration, plan, &mut steady, span);
    if peak_error_bytes > 0 {
        // A second thread came late. Measure again, exactly: no one reads a bound when there can be a number.
        set_exact_peak(true);
        (threads, peak_error_bytes, span) = steady_windows(iteration, plan, &mut steady, span);
    }
    let long_run;
    (long_run, span) = run_long(iteration, plan, &steady, started, span);
    let _ = span.end();
    let windows = EngineWindows::Count(Windows { cold, steady });
    Measured { windows, threads, peak_error_bytes, long_run }
}

/// Runs more iterations, for what is kept in some of them only. None when that is not wanted.
fn run_long(
    iteration: &mut dyn Iteration,
    plan: WindowPlan,
    steady: &[CountWindow],
    started: Instant,
    mut span: Span,
) -> (Option<LongRun>, Span) {
    if plan.long_run_ms == 0 {
        return (None, span);
    }
    let most = Duration::from_millis(plan.long_run_ms.into());
    let mut every_time = i64::MAX;
    for window in steady {
        every_time = every_time.min(window.growth_bytes);
    }
    let every_time = if steady.is_empty() { 0 } else { every_time.max(0) };
    let mut watch = Watch::new(every_time);
    while watch.wants_more(started.elapsed(), most) {
        let window;
        (window, _, span) = counted(iteration, span);
        watch.note(window.growth_bytes);
    }
    (watch.found(), span)
}

/// Fills `steady`, and gives the largest number of threads and the largest error of a peak.
fn steady_windows(
    iteration: &mut dyn Iteration,
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

/// The edges of a window that our own engine counts: one span ends at each, and the next begins.
struct CountEdges {
    span: Span,
    before: SpanCounts,
    window: SpanCounts,
}

impl Edges for CountEdges {
    fn open(&mut self) {
        self.before = self.span.split();
    }

    fn close(&mut self) {
        self.window = self.span.split();
    }
}

/// Runs one iteration in three spans: set-up (in `span`, which began where the last iteration ended), window, drop.
fn counted(iteration: &mut dyn Iteration, span: Span) -> (CountWindow, SpanCounts, Span) {
    let mut edges = CountEdges { span, before: SpanCounts::default(), window: SpanCounts::default() };
    iteration.run(&mut edges);
    let after = edges.span.split();
    let CountEdges { span, before, window } = edges;

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
fn windows<W>(
    iteration: &mut dyn Iteration,
    plan: WindowPlan,
    mut window: impl FnMut(&mut dyn Iteration) -> W,
) -> Windows<W> {
    let cold = window(iteration);
    for _ in 0..plan.warm_up {
        window(iteration);
    }
    let steady = (0..plan.steady).map(|_| window(iteration)).collect();
    Windows { cold, steady }
}

/// The edges of a window around which another crate's span is begun and ended.
#[cfg(any(feature = "dhat", feature = "stats_alloc"))]
struct SpanEdges<B, E, S, W> {
    begin: B,
    end: E,
    span: Option<S>,
    window: Option<W>,
}

#[cfg(any(feature = "dhat", feature = "stats_alloc"))]
impl<S, W, B: Fn() -> S, E: Fn(S) -> W> Edges for SpanEdges<B, E, S, W> {
    fn open(&mut self) {
        self.span = Some((self.begin)());
    }

    fn close(&mut self) {
        self.window = self.span.take().map(&self.end);
    }
}

/// Runs one iteration, with a span around the routine alone.
#[cfg(any(feature = "dhat", feature = "stats_alloc"))]
fn one_span<S, W>(iteration: &mut dyn Iteration, begin: impl Fn() -> S, end: impl Fn(S) -> W) -> W {
    let mut edges = SpanEdges { begin, end, span: None, window: None };
    iteration.run(&mut edges);
    edges.window.expect("every iteration calls both edges")
}
