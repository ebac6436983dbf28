//! What a benchmark's function is given for async routines.

use std::hint::black_box;

use criterion::BatchSize;
use criterion::async_executor::AsyncExecutor;
use criterion::measurement::{Measurement, WallTime};

use crate::Bencher;
use crate::bencher::{Side, once};

/// Takes an async routine and runs it on an executor. Criterion's methods, with the same meaning.
///
/// Under the gate, each iteration blocks on the executor once, and the window opens and closes inside: what the executor
/// does to begin and to end is not measured.
pub struct AsyncBencher<'a, 'b, A: AsyncExecutor, M: Measurement = WallTime> {
    bencher: &'b mut Bencher<'a, M>,
    runner: A,
}

impl<'a, M: Measurement> Bencher<'a, M> {
    /// Goes on with async routines, which `runner` blocks on.
    pub fn to_async<'b, A: AsyncExecutor>(&'b mut self, runner: A) -> AsyncBencher<'a, 'b, A, M> {
        AsyncBencher { bencher: self, runner }
    }
}

/// Lends an executor to criterion, which wants to own one.
struct ByReference<'r, A>(&'r A);

impl<A: AsyncExecutor> AsyncExecutor for ByReference<'_, A> {
    fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.0.block_on(future)
    }
}

impl<'a, 'b, A: AsyncExecutor, M: Measurement> AsyncBencher<'a, 'b, A, M> {
    /// Runs a routine. Under the gate its output is dropped outside the window, in criterion inside.
    #[inline(never)]
    pub fn iter<O, R, F>(&mut self, mut routine: R)
    where
        R: FnMut() -> F,
        F: Future<Output = O>,
    {
        let runner = &self.runner;
        match &mut self.bencher.side {
            Side::Gate(benchmark) => benchmark.bencher().bench_between_edges(|edges| {
                runner.block_on(async {
                    edges.open();
                    let output = black_box(routine().await);
                    edges.close();
                    drop(output);
                });
            }),
            Side::Criterion(lend) => {
                once(lend, routine, |bencher, routine| bencher.to_async(ByReference(runner)).iter(routine));
            }
        }
    }

    /// Runs a closure that runs and times so many iterations by itself. Under the gate it is called with one iteration
    /// inside the window, and the record is marked accordingly.
    #[inline(never)]
    pub fn iter_custom<R, F>(&mut self, mut routine: R)
    where
        R: FnMut(u64) -> F,
        F: Future<Output = M::Value>,
    {
        let runner = &self.runner;
        match &mut self.bencher.side {
            Side::Gate(benchmark) => benchmark.custom_bencher().bench_between_edges(|edges| {
                runner.block_on(async {
                    edges.open();
                    let output = black_box(routine(1).await);
                    edges.close();
                    drop(output);
                });
            }),
            Side::Criterion(lend) => once(lend, routine, |bencher, routine| {
                bencher.to_async(ByReference(runner)).iter_custom(routine);
            }),
        }
    }

    /// [`iter_batched`](Self::iter_batched) with one iteration in a batch.
    #[doc(hidden)]
    pub fn iter_with_setup<I, O, S, R, F>(&mut self, setup: S, routine: R)
    where
        S: FnMut() -> I,
        R: FnMut(I) -> F,
        F: Future<Output = O>,
    {
        self.iter_batched(setup, routine, BatchSize::PerIteration);
    }

    /// Runs a routine, and drops its output outside the window.
    pub fn iter_with_large_drop<O, R, F>(&mut self, mut routine: R)
    where
        R: FnMut() -> F,
        F: Future<Output = O>,
    {
        self.iter_batched(|| (), |()| routine(), BatchSize::SmallInput);
    }

    /// [`iter_batched`](Self::iter_batched) with all iterations in one batch.
    #[doc(hidden)]
    pub fn iter_with_large_setup<I, O, S, R, F>(&mut self, setup: S, routine: R)
    where
        S: FnMut() -> I,
        R: FnMut(I) -> F,
        F: Future<Output = O>,
    {
        self.iter_batched(setup, routine, BatchSize::NumBatches(1));
    }

    /// Runs a routine that takes an input, which is made outside the window. The output is dropped outside.
    #[inline(never)]
    pub fn iter_batched<I, O, S, R, F>(&mut self, mut setup: S, mut routine: R, size: BatchSize)
    where
        S: FnMut() -> I,
        R: FnMut(I) -> F,
        F: Future<Output = O>,
    {
        let runner = &self.runner;
        match &mut self.bencher.side {
            Side::Gate(benchmark) => benchmark.bencher().bench_between_edges(|edges| {
                runner.block_on(async {
                    let input = black_box(setup());
                    edges.open();
                    let output = black_box(routine(input).await);
                    edges.close();
                    drop(output);
                });
            }),
            Side::Criterion(lend) => once(lend, (setup, routine), |bencher, (setup, routine)| {
                bencher.to_async(ByReference(runner)).iter_batched(setup, routine, size);
            }),
        }
    }

    /// Runs a routine that borrows an input, which is made, and dropped with the output, outside the window.
    #[inline(never)]
    pub fn iter_batched_ref<I, O, S, R, F>(&mut self, mut setup: S, mut routine: R, size: BatchSize)
    where
        S: FnMut() -> I,
        R: FnMut(&mut I) -> F,
        F: Future<Output = O>,
    {
        let runner = &self.runner;
        match &mut self.bencher.side {
            Side::Gate(benchmark) => benchmark.bencher().bench_between_edges(|edges| {
                runner.block_on(async {
                    let mut input = black_box(setup());
                    edges.open();
                    let output = black_box(routine(&mut input).await);
                    edges.close();
                    drop(output);
                    drop(black_box(input));
                });
            }),
            Side::Criterion(lend) => once(lend, (setup, routine), |bencher, (setup, routine)| {
                bencher.to_async(ByReference(runner)).iter_batched_ref(setup, routine, size);
            }),
        }
    }
}

impl<A: AsyncExecutor, M: Measurement> std::fmt::Debug for AsyncBencher<'_, '_, A, M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AsyncBencher").finish_non_exhaustive()
    }
}
