//! What a benchmark's function is given.

use criterion::BatchSize;
use criterion::measurement::{Measurement, WallTime};
use memgate::__private::facade::Benchmark;

/// Lends criterion's own bencher, whose lifetimes a struct can't name, to a function.
pub(crate) type Lend<'a, M> = dyn FnMut(&mut dyn FnMut(&mut criterion::Bencher<'_, M>)) + 'a;

/// What a benchmark's function is given: it takes a routine and runs it. Criterion's methods, with the same meaning.
///
/// Under the gate, each method runs windows of one iteration around the routine alone. Inputs are made, and what is left
/// over is dropped, outside; a batch size changes nothing.
pub struct Bencher<'a, M: Measurement = WallTime> {
    pub(crate) side: Side<'a, M>,
}

/// Who runs the routine.
pub(crate) enum Side<'a, M: Measurement> {
    Criterion(&'a mut Lend<'a, M>),
    Gate(&'a Benchmark),
}

impl<M: Measurement> Bencher<'_, M> {
    /// Runs a routine. Under the gate its output is dropped outside the window, in criterion inside.
    #[inline(never)]
    pub fn iter<O, R>(&mut self, routine: R)
    where
        R: FnMut() -> O,
    {
        match &mut self.side {
            Side::Gate(benchmark) => benchmark.bencher().bench(routine),
            Side::Criterion(lend) => once(lend, (routine,), |bencher, (routine,)| bencher.iter(routine)),
        }
    }

    /// Runs a closure that runs and times so many iterations by itself. Under the gate it is called with one iteration
    /// inside the window, so that all that it does is measured; the record is marked accordingly.
    #[inline(never)]
    pub fn iter_custom<R>(&mut self, mut routine: R)
    where
        R: FnMut(u64) -> M::Value,
    {
        match &mut self.side {
            Side::Gate(benchmark) => benchmark.custom_bencher().bench(move || routine(1)),
            Side::Criterion(lend) => {
                once(lend, (routine,), |bencher, (routine,)| bencher.iter_custom(routine));
            }
        }
    }

    /// [`iter_batched`](Self::iter_batched) with one iteration in a batch.
    #[doc(hidden)]
    pub fn iter_with_setup<I, O, S, R>(&mut self, setup: S, routine: R)
    where
        S: FnMut() -> I,
        R: FnMut(I) -> O,
    {
        self.iter_batched(setup, routine, BatchSize::PerIteration);
    }

    /// Runs a routine, and drops its output outside the window.
    pub fn iter_with_large_drop<O, R>(&mut self, routine: R)
    where
        R: FnMut() -> O,
    {
        match &mut self.side {
            Side::Gate(benchmark) => benchmark.bencher().bench(routine),
            Side::Criterion(lend) => {
                once(lend, (routine,), |bencher, (routine,)| bencher.iter_with_large_drop(routine));
            }
        }
    }

    /// Runs a routine that takes an input, which is made outside the window. The output is dropped outside.
    #[inline(never)]
    pub fn iter_batched<I, O, S, R>(&mut self, setup: S, routine: R, size: BatchSize)
    where
        S: FnMut() -> I,
        R: FnMut(I) -> O,
    {
        match &mut self.side {
            Side::Gate(benchmark) => benchmark.bencher().with_inputs(setup).bench_values(routine),
            Side::Criterion(lend) => once(lend, (setup, routine), |bencher, (setup, routine)| {
                bencher.iter_batched(setup, routine, size);
            }),
        }
    }

    /// Runs a routine that borrows an input, which is made, and dropped with the output, outside the window.
    #[inline(never)]
    pub fn iter_batched_ref<I, O, S, R>(&mut self, setup: S, routine: R, size: BatchSize)
    where
        S: FnMut() -> I,
        R: FnMut(&mut I) -> O,
    {
        match &mut self.side {
            Side::Gate(benchmark) => benchmark.bencher().with_inputs(setup).bench_refs(routine),
            Side::Criterion(lend) => once(lend, (setup, routine), |bencher, (setup, routine)| {
                bencher.iter_batched_ref(setup, routine, size);
            }),
        }
    }
}

/// Borrows criterion's bencher for one call that consumes something. What is timed is criterion's own loop around the
/// user's own closure, not a call through a trait object.
pub(crate) fn once<M: Measurement, T>(
    lend: &mut Lend<'_, M>,
    consumed: T,
    call: impl Fn(&mut criterion::Bencher<'_, M>, T),
) {
    let mut consumed = Some(consumed);
    lend(&mut |bencher| {
        if let Some(consumed) = consumed.take() {
            call(bencher, consumed);
        }
    });
}

impl<M: Measurement> std::fmt::Debug for Bencher<'_, M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bencher").finish_non_exhaustive()
    }
}
