//! Benchmarks in every form.

use std::path::Path;
use std::time::{Duration, Instant};

use criterion::async_executor::FuturesExecutor;
use criterion::measurement::{Measurement, WallTime};
use criterion::{
    AsyncBencher, BatchSize, Bencher, BenchmarkGroup, BenchmarkId, Criterion, PlotConfiguration,
    SamplingMode, Throughput, criterion_group, criterion_main,
};

use super::types::Silent;

pub(crate) fn groups(criterion: &mut Criterion) {
    criterion.bench_function("free", |bencher| bencher.iter(|| 1)).bench_with_input(
        BenchmarkId::new("free", 1),
        &1,
        |bencher, n| bencher.iter(|| n + 1),
    );
    let mut group: BenchmarkGroup<'_, WallTime> = criterion.benchmark_group(String::from("group"));
    group
        .sample_size(10)
        .warm_up_time(Duration::from_millis(1))
        .measurement_time(Duration::from_millis(1))
        .nresamples(2_000)
        .noise_threshold(0.1)
        .confidence_level(0.9)
        .significance_level(0.1)
        .plot_config(PlotConfiguration::default())
        .throughput(Throughput::Elements(1))
        .sampling_mode(SamplingMode::Flat);
    group.bench_function("name", every_form);
    group.bench_function(String::from("owned"), |bencher: &mut Bencher<'_>| every_form(bencher));
    group.bench_function(BenchmarkId::from_parameter(1), |bencher: &mut Bencher<'_, WallTime>| {
        helper(bencher);
    });
    group.bench_with_input("unsized", "text", |bencher, text: &str| bencher.iter(|| text.len()));
    group.bench_with_input(BenchmarkId::new("slice", 2), [1, 2].as_slice(), |bencher, slice| {
        bencher.iter(|| slice.len());
    });
    group.finish();
    criterion.benchmark_group("dropped");
}

fn helper<M: Measurement>(bencher: &mut Bencher<'_, M>) {
    bencher.iter(|| ());
}

fn every_form(bencher: &mut Bencher) {
    bencher.iter(|| vec![1]);
    bencher.iter_custom(|iterations| {
        let start = Instant::now();
        (0..iterations).for_each(drop);
        start.elapsed()
    });
    bencher.iter_with_setup(|| 1, |n| n + 1);
    bencher.iter_with_large_drop(|| vec![1]);
    bencher.iter_batched(|| vec![1], |input| input.len(), BatchSize::SmallInput);
    bencher.iter_batched_ref(|| vec![1], |input| input.push(1), BatchSize::LargeInput);
}

pub(crate) fn async_forms(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    criterion.bench_function("async", |bencher| {
        bencher.to_async(&runtime).iter(|| async { 1 });
        bencher.to_async(runtime.handle()).iter(|| async { 1 });
        let mut bencher: AsyncBencher<'_, '_, FuturesExecutor, WallTime> = bencher.to_async(FuturesExecutor);
        bencher.iter(|| async { 1 });
        bencher.iter_custom(|_| async { Duration::from_nanos(1) });
        bencher.iter_with_setup(|| 1, |n| async move { n });
        bencher.iter_with_large_setup(|| 1, |n| async move { n });
        bencher.iter_with_large_drop(|| async { vec![1] });
        bencher.iter_batched(|| 1, |n| async move { n }, BatchSize::PerIteration);
        bencher.iter_batched_ref(|| 1, |n| std::future::ready(*n), BatchSize::NumBatches(1));
    });
}

/// Generic over the measurement, as a library of benchmarks may be.
pub(crate) fn generic<M: Measurement + 'static>(criterion: &mut Criterion<M>) {
    criterion.bench_function("generic", |bencher: &mut Bencher<'_, M>| bencher.iter(|| 1));
    let mut group: BenchmarkGroup<'_, M> = criterion.benchmark_group("generic");
    in_group(&mut group, |bencher| bencher.iter(|| 2));
    group.finish();
}

fn in_group<M: Measurement>(group: &mut BenchmarkGroup<'_, M>, f: impl FnMut(&mut Bencher<'_, M>)) {
    group.bench_function("helper", f);
}

pub(crate) fn settings(_: &mut Criterion) {
    // Never called: it would write, plot and exit. A closure of this type says enough.
    let _ = |criterion: Criterion| -> Criterion<WallTime> {
        let criterion = criterion
            .with_measurement(WallTime)
            .with_profiler(Silent)
            .plotting_backend(criterion::PlottingBackend::None)
            .sample_size(10)
            .warm_up_time(Duration::from_secs(1))
            .measurement_time(Duration::from_secs(1))
            .nresamples(2_000)
            .noise_threshold(0.1)
            .confidence_level(0.9)
            .significance_level(0.1)
            .with_plots()
            .without_plots()
            .save_baseline("new".to_owned())
            .retain_baseline("old".to_owned(), false)
            .with_filter("filter")
            .with_output_color(false)
            .output_directory(Path::new("target"))
            .profile_time(Some(Duration::from_secs(1)))
            .configure_from_args();
        criterion.final_summary();
        criterion
    };
    #[expect(deprecated, reason = "deprecated, and there")]
    let one = criterion::black_box(1);
    assert_eq!(one, 1);
}

/// Configurations come from helpers that name the type.
fn quick() -> Criterion {
    Criterion::default().sample_size(10)
}

criterion_group!(compact, groups, async_forms,);
criterion_group! {
    name = complete;
    config = quick();
    targets = groups, async_forms
}

mod whole {
    use super::{compact, complete, criterion_main};
    criterion_main!(compact, complete);
    pub(super) const MAIN: fn() = main;
}
pub(crate) fn main() {
    whole::MAIN();
}
