//! Divan benchmarks under memgate's memory gate, without touching a bench file.
//!
//! ```toml
//! [dev-dependencies]
//! divan = { package = "memgate-divan", version = "0.1" }
//! ```
//!
//! This crate has divan 0.1's public items under the same paths, and its cargo features. `cargo bench` then is divan: every benchmark is
//! run by it. Under the gate (`cargo memgate`, from the package `memgate-runner`) the same benchmarks are measured for memory, one
//! iteration a window, and nothing is timed. `docs/DIVAN.md` in the repository says what is measured for each method of [`Bencher`].
//!
//! # The allocator
//!
//! A suite whose global allocator is [`AllocProfiler`] has memgate's around it, and nothing is to be done. One without a
//! `#[global_allocator]` is given memgate's by the feature `allocator`, which the tool turns on where it is missing. One with another
//! allocator wraps it:
//!
//! ```ignore
//! #[global_allocator]
//! static ALLOCATOR: divan::AllocProfiler<MiMalloc> = divan::AllocProfiler::new(MiMalloc);
//! ```

mod alloc_profiler;
mod args;
mod bencher;
mod counters;
mod entry;
mod facade;
mod gated;
mod natural;
mod outside;
mod settings;
mod threads;
mod tree;

// What needs no second side is divan's own.
pub use divan::{black_box, black_box_drop, counter};

pub use alloc_profiler::AllocProfiler;
pub use bencher::Bencher;
pub use facade::{Divan, main};
pub use memgate_divan_macros::{bench, bench_group};

pub mod prelude {
    //! What benchmarks mostly import; the same as divan's.
    #[doc(no_inline)]
    pub use crate::{AllocProfiler, Bencher, Divan, bench, bench_group, black_box, black_box_drop};
}

#[doc(hidden)]
pub mod __private {
    //! What the attributes expand to. No stability is promised.
    pub use std::borrow::Cow;
    pub use std::cmp::PartialOrd;
    pub use std::convert::From;
    pub use std::default::Default;
    pub use std::option::Option;
    pub use std::string::ToString;

    pub use divan::__private::{
        Arg, BenchEntryRunner, BenchOptions, EntryConst, EntryList, IntoDuration, IntoThreads,
        ToStringHelper, new_counter_set, shrink_array,
    };

    pub use crate::args::Args;
    pub use crate::bencher::outside;
    pub use crate::entry::{Benches, ConstOf, ENTRIES, Entry, GateRunner, Instance, Meta, Runner, TypeOf};
}
