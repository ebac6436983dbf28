//! A criterion suite as anyone could have it: nothing in this file knows of memgate.

use std::hint::black_box;
use std::time::Instant;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use memgate_criterion_benches::{document, fields, package_names, relay, runtime, table};

fn parameterised(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("fields");
    for lines in [10, 100, 1_000] {
        let text = table(lines);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_with_input(BenchmarkId::from_parameter(lines), &text, |bencher, text| {
            bencher.iter(|| fields(text));
        });
    }
    group.finish();
    criterion.bench_function("nothing on the heap", |bencher| {
        bencher.iter(|| black_box(1_u64..1_000).map(|n| n * n).sum::<u64>());
    });
}

/// The same routine, whatever criterion's batches are.
fn batched(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("package_names");
    for (name, size) in [
        ("small", BatchSize::SmallInput),
        ("large", BatchSize::LargeInput),
        ("iteration", BatchSize::PerIteration),
    ] {
        group.bench_function(name, |bencher| bencher.iter_batched(document, package_names, size));
    }
    group.bench_function("borrowed", |bencher| {
        let input = table(100);
        bencher.iter_batched_ref(|| input.clone(), |text| text.push('\n'), BatchSize::SmallInput);
    });
    group.finish();
}

fn on_a_runtime(criterion: &mut Criterion) {
    let runtime = runtime().expect("the system gives a runtime");
    let mut group = criterion.benchmark_group("relay");
    for lines in [1, 100] {
        group.throughput(Throughput::Elements(lines as u64));
        group.bench_with_input(BenchmarkId::new("channel", lines), &lines, |bencher, &lines| {
            bencher.to_async(&runtime).iter(|| relay(lines));
        });
    }
    group.finish();
}

fn timed_by_itself(criterion: &mut Criterion) {
    criterion.bench_function("custom", |bencher| {
        let text = table(100);
        bencher.iter_custom(|iterations| {
            let start = Instant::now();
            for _ in 0..iterations {
                black_box(fields(&text));
            }
            start.elapsed()
        });
    });
}

/// The benchmarks that `native.rs` has as well.
fn twins(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("twins");
    let text = table(500);
    group.bench_function("fields", |bencher| bencher.iter(|| fields(&text)));
    group.bench_function("package_names", |bencher| {
        bencher.iter_batched(document, package_names, BatchSize::SmallInput);
    });
    group.bench_function("push", |bencher| {
        bencher.iter_batched_ref(|| text.clone(), |text| text.push('\n'), BatchSize::LargeInput);
    });
    group.finish();
}

criterion_group!(benches, parameterised, batched, on_a_runtime);
criterion_group! {
    name = configured;
    config = Criterion::default().sample_size(20);
    targets = timed_by_itself, twins
}
criterion_main!(benches, configured);
