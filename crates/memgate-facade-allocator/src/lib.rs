//! Makes [`memgate::Alloc`] the global allocator, on behalf of the feature `allocator` of memgate-criterion and memgate-divan.
//!
//! A program has one global allocator. When a bench target has one of its own, the compiler names the crate that has the
//! other, so the name of this one says what to do. Turn the facade's feature `allocator` off, and wrap yours:
//!
//! ```toml
//! criterion = { package = "memgate-criterion", version = "0.1", default-features = false, features = [
//!     "cargo_bench_support", "plotters", "rayon",
//! ] }
//! divan = { package = "memgate-divan", version = "0.1" }
//! memgate = "0.1"
//! ```
//!
//! ```ignore
//! #[global_allocator]
//! static ALLOCATOR: memgate::Alloc<MiMalloc> = memgate::Alloc::new(MiMalloc);
//! ```

#![cfg_attr(
    not(test),
    expect(non_snake_case, reason = "the name is read by people, in the compiler's message")
)]
#![forbid(unsafe_code)]

#[global_allocator]
static ALLOCATOR: memgate::Alloc = memgate::Alloc::system();
