//! Attributes in every form, without unsafe code and without the standard prelude's help.
#![forbid(unsafe_code)]
#![expect(
    clippy::extra_unused_type_parameters,
    clippy::needless_lifetimes,
    reason = "what is tried is that the attributes take them"
)]

use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use divan::counter::{BytesCount, ItemsCount};
use divan::prelude::{Bencher, bench};

/// How often a benchmark has run.
pub(crate) static RUN: AtomicUsize = AtomicUsize::new(0);

/// How often they run when each runs once.
pub(crate) const EXPECTED: usize = 35;

fn count() {
    RUN.fetch_add(1, Relaxed);
}

#[divan::bench]
fn plain() {
    count();
}

#[bench(crate = divan, name = "with a name", sample_count = 1, sample_size = 1, min_time = 0.5, max_time = 1, skip_ext_time, threads)]
fn options() {
    // On as many threads as there are.
    if std::thread::current().name() != Some("never") {
        divan::black_box_drop(1);
    }
}

#[divan::bench(threads = [1], counters = [BytesCount::new(1_u8), ItemsCount::new(1_u8)], min_time = Duration::ZERO)]
fn counted() {
    count();
}

#[divan::bench(
    bytes_count = 1_u8,
    chars_count = 1_u8,
    cycles_count = 1_u8,
    items_count = 1_u8,
    skip_ext_time = false
)]
fn counts<'a>() -> &'a str {
    count();
    "of any type"
}

#[divan::bench(counter = 3_u64, ignore = false)]
fn r#raw() {
    count();
}

#[divan::bench]
#[expect(improper_ctypes_definitions, reason = "divan takes it")]
extern "system" fn of_another_abi(bencher: Bencher<'_, '_>) {
    bencher.bench(count);
}

#[divan::bench(args = [])]
fn without_arguments(_: usize) {
    count();
}

#[divan::bench(args = [1, 2])]
fn arguments(bencher: Bencher, n: usize) {
    count();
    bencher.with_inputs(|| vec![n; n]).bench_values(|v| v);
}

#[divan::bench(args = ["a", "b"])]
fn texts(text: &str) -> usize {
    count();
    text.len()
}

#[divan::bench(args = vec![String::from("a")])]
fn lifetimes<'a>(bencher: Bencher, text: &'a str) {
    count();
    bencher.bench_local(|| text.len());
}

#[derive(Debug)]
struct Shown;

#[divan::bench(args = [Shown])]
fn with_debug_alone(_: &Shown) {
    count();
}

#[divan::bench(types = [u8, String, &str])]
fn types<T>() {
    count();
}

#[divan::bench(consts = [3, -1, isize::MAX])]
fn consts<const N: isize>() {
    count();
}

const MORE: &[usize] = &[1, 2];

#[divan::bench(consts = MORE, types = [u8, u16], args = [0, 1, 2])]
fn all<const N: usize, T>(bencher: Bencher, n: u8) {
    count();
    bencher.counter(N).bench(|| n);
}

#[divan::bench(types = [u8, u16], consts = [1, 2], args = ["a"])]
fn all_the_other_way<T, const N: usize>(_: &str) {
    count();
}

#[divan::bench(types = [])]
#[expect(dead_code, reason = "for no type")]
fn no_types<T>() {
    count();
}

#[divan::bench(types = [], consts = [])]
#[expect(dead_code, reason = "for nothing")]
fn nothing<T, const N: usize>() {
    count();
}

#[divan::bench_group(name = "group", threads = 1, sample_count = 1)]
mod group {
    use super::count;

    #[divan::bench]
    fn of_one_name() {
        count();
        #[divan::bench]
        fn of_one_name() {
            count();
        }
    }

    #[divan::bench(ignore)]
    fn ignored_by_an_option() {
        count();
    }

    #[divan::bench]
    #[ignore]
    fn ignored_by_an_attribute() {
        count();
    }

    #[divan::bench]
    #[cfg(any())]
    fn not_there() -> Nothing {}
}

#[divan::bench_group(ignore)]
mod ignored {
    #[divan::bench]
    fn not_run() {
        super::count();
    }
}
