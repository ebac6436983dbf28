//! The same routines, natively and in every form of criterion's.

use std::time::{Duration, Instant};

use memgate::Suite;
use memgate_criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use tokio::runtime::{Builder, Runtime};

fn build() -> Vec<String> {
    (0..50).map(|n| "x".repeat(n)).collect()
}

fn input() -> Vec<u32> {
    let mut numbers: Vec<u32> = (0..1_000).rev().collect();
    numbers.shrink_to_fit();
    numbers
}

fn runtime() -> Runtime {
    Builder::new_current_thread().build().unwrap()
}

const SIZES: [(&str, BatchSize); 5] = [
    ("small", BatchSize::SmallInput),
    ("large", BatchSize::LargeInput),
    ("iteration", BatchSize::PerIteration),
    ("batches", BatchSize::NumBatches(3)),
    ("iterations", BatchSize::NumIterations(8)),
];

/// By name, the routines that take nothing, that take their input, and that borrow it.
pub(crate) fn native() -> Suite {
    Suite::new("facade", "native")
        .bench("build", |bencher| bencher.bench(build))
        .bench("take", |bencher| {
            bencher
                .with_inputs(input)
                .bench_values(|numbers| numbers.iter().map(u32::to_string).collect::<Vec<_>>());
        })
        .bench("borrow", |bencher| bencher.with_inputs(input).bench_refs(|numbers| numbers.push(1)))
        .bench("nothing", |bencher| bencher.bench(|| 1 + 1))
}

fn sync_forms(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("sync");
    // Not in any window, as the numbers show.
    let kept = vec![0_u8; 100_000];
    group.bench_function("build/iter", |bencher| {
        let before = kept.clone();
        bencher.iter(build);
        drop(before);
    });
    group.bench_function("build/drop", |bencher| bencher.iter_with_large_drop(build));
    group.bench_function("take/setup", |bencher| {
        bencher.iter_with_setup(input, |numbers| numbers.iter().map(u32::to_string).collect::<Vec<_>>());
    });
    group.bench_function("nothing", |bencher| bencher.iter(|| 1 + 1));
    for (name, size) in SIZES {
        group.bench_function(format!("take/{name}"), |bencher| {
            bencher.iter_batched(
                input,
                |numbers| numbers.iter().map(u32::to_string).collect::<Vec<_>>(),
                size,
            );
        });
        group.bench_function(format!("borrow/{name}"), |bencher| {
            bencher.iter_batched_ref(input, |numbers| numbers.push(1), size);
        });
    }
    group.bench_function("custom", |bencher| {
        bencher.iter_custom(|iterations| {
            assert_eq!(iterations, 1);
            let start = Instant::now();
            let built: Vec<_> = (0..iterations).map(|_| build()).collect();
            drop(built);
            start.elapsed()
        });
    });
    group.bench_function("leak", |bencher| bencher.iter(|| std::mem::forget(vec![0_u8; 64])));
    group.finish();
}

fn async_forms(criterion: &mut Criterion) {
    let runtime = runtime();
    let mut group = criterion.benchmark_group("async");
    group.bench_function("build/iter", |bencher| bencher.to_async(&runtime).iter(|| async { build() }));
    group.bench_function("build/drop", |bencher| {
        bencher.to_async(&runtime).iter_with_large_drop(|| async { build() });
    });
    group.bench_function("nothing", |bencher| {
        // What this executor does around the future must not be seen.
        bencher.to_async(Wasteful(&runtime)).iter(|| async { 1 + 1 });
    });
    group.bench_function("custom", |bencher| {
        bencher.to_async(&runtime).iter_custom(|_| async {
            drop(vec![0_u8; 77]);
            Duration::from_nanos(1)
        });
    });
    for (name, size) in SIZES {
        group.bench_function(format!("take/{name}"), |bencher| {
            bencher.to_async(&runtime).iter_batched(
                input,
                |numbers| async move { numbers.iter().map(u32::to_string).collect::<Vec<_>>() },
                size,
            );
        });
        group.bench_function(format!("borrow/{name}"), |bencher| {
            bencher.to_async(&runtime).iter_batched_ref(
                input,
                |numbers| {
                    numbers.push(1);
                    std::future::ready(())
                },
                size,
            );
        });
    }
    group.finish();
}

/// An executor that allocates before the future and after it.
struct Wasteful<'r>(&'r Runtime);

impl memgate_criterion::async_executor::AsyncExecutor for Wasteful<'_> {
    fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        let before = vec![0_u8; 10_000];
        let output = self.0.block_on(future);
        let after = vec![before.len(); 100];
        drop(after);
        output
    }
}

criterion_group!(benches, sync_forms, async_forms);
criterion_main!(benches);

pub(crate) const MAIN: fn() = main;
