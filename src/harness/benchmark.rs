//! One benchmark of a suite.

use super::bencher::Bencher;

/// One benchmark: a name, and the function that is given a [`Bencher`].
pub(super) struct Benchmark {
    pub(super) name: String,
    pub(super) function: Box<dyn Fn(Bencher)>,
}

/// How many, in words: `1 benchmark`, `2 benchmarks`.
pub(super) fn number_of_benchmarks(count: usize) -> String {
    format!("{count} benchmark{}", if count == 1 { "" } else { "s" })
}
