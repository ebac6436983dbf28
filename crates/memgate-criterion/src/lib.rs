//! Criterion benchmarks under memgate's memory gate, without touching a bench file.
//!
//! ```toml
//! [dev-dependencies]
//! criterion = { package = "memgate-criterion", version = "0.1", features = ["html_reports"] }
//! ```
//!
//! This crate has criterion 0.8's public items under the same paths, and its cargo features. `cargo bench` then is
//! criterion: every call goes to it. Under the gate (`cargo memgate`, from the package `memgate-runner`) the same
//! benchmarks are measured for memory, one iteration a window, and nothing is timed. `docs/CRITERION.md` in the
//! repository says what is measured for each method of [`Bencher`].
//!
//! # The allocator
//!
//! The feature `allocator`, which is on by default, makes [`memgate::Alloc`](https://docs.rs/memgate) the global allocator.
//! A bench target with a `#[global_allocator]` of its own then doesn't compile, and the compiler's message says what to do
//! ("conflicts with global allocator in:
//! memgate__turn_off_the_feature_allocator_and_wrap_yours_in_memgate_Alloc"):
//!
//! ```toml
//! criterion = { package = "memgate-criterion", version = "0.1", default-features = false, features = [
//!     "cargo_bench_support", "plotters", "rayon",
//! ] }
//! memgate = "0.1"
//! ```
//!
//! ```ignore
//! #[global_allocator]
//! static ALLOCATOR: memgate::Alloc<MiMalloc> = memgate::Alloc::new(MiMalloc);
//! ```

#![forbid(unsafe_code)]

#[cfg(feature = "async")]
mod async_bencher;
mod bencher;
mod benchmark_group;
mod benchmark_id;
mod facade;
mod gated;
mod macros;
mod times;

// What needs no second side is criterion's own, so that measurements, profilers and executors that were written for
// criterion fit.
#[expect(
    deprecated,
    reason = "criterion has it, so the facade has it, with the same warning for those who use it"
)]
pub use criterion::black_box;
pub use criterion::{
    AxisScale, Baseline, BatchSize, BenchmarkFilter, PlotConfiguration, PlottingBackend, SamplingMode,
    Throughput, async_executor, measurement, profiler,
};

#[cfg(feature = "async")]
pub use async_bencher::AsyncBencher;
pub use bencher::Bencher;
pub use benchmark_group::BenchmarkGroup;
pub use benchmark_id::BenchmarkId;
pub use facade::Criterion;

// Apart from here so that the compiler's message about a second one gives advice. Nothing in it is named; it is linked all
// the same.
#[cfg(feature = "allocator")]
extern crate memgate__turn_off_the_feature_allocator_and_wrap_yours_in_memgate_Alloc as _;

/// Runs functions and the final summary, for the unstable feature `custom_test_frameworks`.
#[doc(hidden)]
pub fn runner(benches: &[&dyn Fn()]) {
    for bench in benches {
        bench();
    }
    Criterion::default().configure_from_args().final_summary();
}

#[doc(hidden)]
pub use memgate::__needs_harness_false;

#[doc(hidden)]
pub mod __private {
    //! What the macros expand to.

    /// Whether the gate has its answer, so that the rest of the benchmarks need not even be declared.
    #[must_use]
    pub fn is_answered() -> bool {
        crate::gated::gate().is_some_and(memgate::__private::facade::Gate::is_answered)
    }
}
