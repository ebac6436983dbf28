//! Uses every public item of divan once. Compiled against divan and against the facade.

mod attributes;
mod counters;

use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use divan::counter::{BytesCount, BytesFormat, CharsCount, CyclesCount, ItemsCount};
use divan::prelude::Divan;

// The feature installs another.
#[cfg_attr(not(feature = "allocator"), global_allocator)]
static ALLOCATOR: divan::AllocProfiler = divan::AllocProfiler::system();

/// Of any allocator.
static _WRAPPED: divan::AllocProfiler<std::alloc::System> = divan::AllocProfiler::new(std::alloc::System);

#[test]
fn every_benchmark_runs_once_and_none_that_is_ignored() {
    Divan::default()
        .color(false)
        .skip_exact("nothing")
        .skip_regex("^none$")
        .skip_regex(String::from("^none$"))
        .test_benches();
    assert_eq!(attributes::RUN.load(Relaxed), attributes::EXPECTED);
    let _ = format!("{:?} {ALLOCATOR:?}", Divan::default());
}

#[test]
fn the_builder_has_every_method() {
    let divan = Divan::default()
        .color(None)
        .run_ignored()
        .run_only_ignored()
        .sample_count(1)
        .sample_size(1)
        .threads([1])
        .min_time(Duration::ZERO)
        .max_time(Duration::from_secs(1))
        .skip_ext_time(true)
        .counter(1_u32)
        .items_count(ItemsCount::new(1_u8))
        .bytes_count(1_u32)
        .bytes_format(BytesFormat::Binary)
        .chars_count(CharsCount::new(1_u8))
        .cycles_count(CyclesCount::new(1_u8))
        .bytes_count(BytesCount::new(1_u8));
    // Nothing is left of them, and so nothing is printed.
    let nothing = divan.skip_regex("");
    nothing.main();
    nothing.run_benches();
    nothing.list_benches();
    let _: [fn() -> Divan; 1] = [Divan::from_args];
    let _: [fn(Divan) -> Divan; 1] = [Divan::config_with_args];
    let _: fn() = divan::main;
    divan::black_box_drop(divan::black_box(1));
}
