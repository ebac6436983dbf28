//! Memory benchmarks with exact heap numbers.
//!
//! A memgate benchmark is an ordinary function. [`main!`] turns a list of them into a bench target, installs the
//! counting allocator, and answers `cargo bench`, `cargo test --benches`, cargo-nextest and the gate
//! (`cargo xtask memgate`, from the package `memgate-runner`).
//!
//! ```no_run
//! use memgate::Bencher;
//!
//! fn words(bencher: Bencher) {
//!     bencher.bench(|| "one two three".split(' ').map(String::from).collect::<Vec<_>>());
//! }
//!
//! fn sort(bencher: Bencher, length: u64) {
//!     bencher.with_inputs(|| (0..length).rev().collect::<Vec<_>>()).bench_values(|mut numbers| {
//!         numbers.sort();
//!         numbers
//!     });
//! }
//!
//! memgate::main! { words, sort: [1_000, 10_000] }
//! ```
//!
//! The bench target needs `harness = false` in `Cargo.toml`:
//!
//! ```toml
//! [[bench]]
//! name = "memory"
//! harness = false
//! ```
//!
//! # What is measured
//!
//! Heap memory requested through the global allocator, by all threads of the process, within one *window*: one
//! execution of the routine, without its set-up and without dropping its output. [`Metric`](memgate_protocol::Metric) defines each
//! number; `docs/METHODOLOGY.md` in the repository tells how it is measured and what it does not see.
//!
//! # Async routines
//!
//! Bring your own executor and block on it inside the window; build it outside:
//!
//! ```no_run
//! # struct Runtime;
//! # impl Runtime { fn new() -> Self { Runtime } fn block_on<F: Future>(&self, f: F) { drop(f) } }
//! # async fn fetch() {}
//! fn request(bencher: memgate::Bencher) {
//!     let runtime = Runtime::new();
//!     bencher.bench(move || runtime.block_on(fetch()));
//! }
//! # memgate::main! { request }
//! ```
//!
//! # In tests
//!
//! [`measure`], [`assert_no_alloc`] and [`assert_at_most`] have the same numbers in ordinary `#[test]`s, for what the calling thread
//! does in one closure:
//!
//! ```
//! memgate::install!();
//!
//! # fn main() {
//! let text = String::from("one two three");
//! memgate::assert_no_alloc(|| text.find("two"));
//! # }
//! ```
//!
//! With [`assert_heap!`] and the feature `snapshots`, they are those that are recorded in a file, which is committed.
//!
//! # Dependencies
//!
//! There are none but memgate's own, unless a feature asks for one, so that memgate changes neither versions nor features of what
//! your program is built from.
//!
//! # Features
//!
//! - `suites`, on by default: [`main!`] and [`Suite`]. Facades of other harnesses have no use for them.
//! - `assertions`, on by default: what tests call. Facades leave them out, too, and are compiled faster.
//! - `dhat`, `stats_alloc`: the engines of the packages of these names, with which `cargo xtask memgate verify` compares the numbers.
//!   They change nothing about what is counted otherwise.
//! - `call-sites`: a failed assertion names functions and lines. It brings the package `backtrace`; in `[dev-dependencies]`, your
//!   program has nothing of it.
//! - `command`: a program for Windows or macOS, or a static one for Linux, whose global allocator is [`Alloc`] is measured by the gate as a
//!   whole command: nothing can be preloaded into it. It does nothing in other programs; `docs/COMMANDS.md` in the repository says what is counted.
//! - `snapshots`: [`assert_heap!`]. It brings nothing from outside; without it, whoever has benchmarks alone does not compile it.
//!
//! # Other allocators
//!
//! [`Alloc`] wraps any allocator; name it on the first line of [`main!`]. See there.

mod alloc;
#[cfg(feature = "assertions")]
mod assertions;
#[cfg(feature = "preloaded")]
mod command_capture;
mod harness;

pub use alloc::Alloc;
#[cfg(feature = "assertions")]
pub use assertions::{
    Heap, Limits, assert_at_most, assert_no_alloc, assert_no_leak, measure, measure_all_threads, units,
};
#[cfg(feature = "suites")]
pub use harness::Suite;
pub use harness::{Bencher, BencherWithInputs};

#[doc(hidden)]
pub mod __private {
    //! What the macros expand to, and what this repository's own packages measure. No stability is promised.
    #[cfg(feature = "preloaded")]
    pub use crate::alloc::CommandRecording;
    pub use crate::alloc::{Span, SpanCounts, is_built_in, set_engine, set_exact_peak, trusted_unwinder};
    #[cfg(feature = "snapshots")]
    pub use crate::assertions::{SnapshotSite, assert_heap, is_plain};
    pub use crate::harness::{Watch, facade, needs_harness_false};
    #[cfg(feature = "suites")]
    pub use crate::harness::{is_path, name_of};
    pub use memgate_protocol::{Engine, Unwinder};
}
