//! The attributes of memgate-divan. Not for use by itself.
//!
//! Each takes what divan's own takes, with the same words for what is wrong, and registers one entry with both sides: what divan
//! calls outside of the gate, and what the gate measures.

#![forbid(unsafe_code)]

mod attribute;
mod bench;
mod entry;
mod generics;
mod group;
mod meta;
mod options;
mod runner;

use proc_macro::TokenStream;

/// Registers a benchmark; the same as divan's.
#[proc_macro_attribute]
pub fn bench(options: TokenStream, item: TokenStream) -> TokenStream {
    bench::expand(options.into(), item.into()).into()
}

/// Registers a group of benchmarks; the same as divan's.
#[proc_macro_attribute]
pub fn bench_group(options: TokenStream, item: TokenStream) -> TokenStream {
    group::expand(options.into(), item.into()).into()
}
