//! A bench target as anyone could have it. Compiled against criterion and against the facade.

use std::hint::black_box;

use super::criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn words(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("words");
    for count in [10_u64, 100] {
        let text = "word ".repeat(usize::try_from(count).unwrap());
        group.throughput(Throughput::Elements(count));
        group.bench_with_input(BenchmarkId::new("split", count), &text, |bencher, text| {
            bencher.iter(|| text.split(' ').map(str::to_owned).collect::<Vec<_>>());
        });
    }
    group.bench_function("length", |bencher| bencher.iter(|| black_box("text").len()));
}

fn sort(criterion: &mut Criterion) {
    let input: Vec<u32> = (0..100).rev().collect();
    criterion.bench_function("sort", |bencher| {
        bencher.iter_batched_ref(|| input.clone(), |numbers| numbers.sort_unstable(), BatchSize::SmallInput);
    });
}

criterion_group!(compact, words);
criterion_group! {
    name = complete;
    config = Criterion::default().sample_size(10);
    targets = sort
}
criterion_main!(compact, complete);

pub(crate) const MAIN: fn() = main;
