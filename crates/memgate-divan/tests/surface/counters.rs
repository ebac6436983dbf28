//! Benchers in every form.

use divan::Bencher;
use divan::counter::{BytesCount, CharsCount, Counter, CyclesCount, IntoCounter, ItemsCount};

#[divan::bench]
fn bench(bencher: Bencher) {
    bencher.counter(1_u32).bench(|| 1);
}

#[divan::bench]
fn bench_local(bencher: Bencher) {
    let mut n = 0;
    bencher.bench_local(|| n += 1);
}

#[divan::bench]
fn values(bencher: Bencher) {
    helper(
        bencher
            .with_inputs(|| String::from("text"))
            .counter(CyclesCount::new(1_u8))
            .input_counter(BytesCount::of_str)
            .input_counter(CharsCount::of_str),
        String::len,
    );
}

/// Benchers are handed on, by whatever name.
fn helper<'a, 'b, C>(bencher: Bencher<'a, 'b, C>, _: fn(&String) -> usize) {
    let _ = format!("{bencher:?}");
    drop(bencher);
}

#[divan::bench]
fn local_values(bencher: Bencher) {
    bencher
        .with_inputs(|| [1_u8; 4])
        .input_counter(|bytes: &[u8; 4]| BytesCount::of_slice(bytes))
        .bench_local_values(|bytes| bytes.len());
}

#[divan::bench]
fn refs(bencher: Bencher) {
    let bencher =
        bencher.with_inputs(|| 5_u64).count_inputs_as::<ItemsCount>().count_inputs_as::<BytesCount>();
    bencher.count_inputs_as::<CharsCount>().count_inputs_as::<CyclesCount>().bench_refs(|n| *n += 1);
}

#[divan::bench]
fn local_refs(bencher: Bencher) {
    let mut all = Vec::new();
    bencher.with_inputs(|| vec![1]).bench_local_refs(|more| all.append(more));
}

#[test]
fn counters_are_made_in_every_way() {
    fn counts<C: Counter>(counter: impl IntoCounter<Counter = C>) -> C {
        counter.into_counter()
    }
    assert_eq!(counts(2_usize), ItemsCount::of_iter([1, 2]));
    assert_eq!(counts(BytesCount::of::<u32>()), BytesCount::u8(4));
    assert_eq!(BytesCount::of_many::<u16>(2), BytesCount::of_val(&[0_u16; 2]));
    assert_eq!(BytesCount::of_iter::<u8, _>([1, 2]), BytesCount::from(2_u8));
    assert_eq!(CharsCount::of_str("ä"), CharsCount::new(1_u8));
    assert!(CyclesCount::new(1_u8) < CyclesCount::from(2_u8));
}
