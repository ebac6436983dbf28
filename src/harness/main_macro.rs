//! `memgate::main!`.

/// Makes a bench target of a list of benchmarks: defines `main` and installs the counting allocator.
///
/// - `name` — a function `fn(Bencher)`; its path is its name.
/// - `name: [1, 2, 3]` — a function `fn(Bencher, T)`, once for each argument (anything that can be iterated over and
///   whose items are `Clone + Display`); the names are `name/1`, `name/2`, `name/3`.
/// - `"any text" => function` and `"any text" => function: [1, 2, 3]` — with a name of your own.
///
/// The first line may choose the allocator:
///
/// - `allocator = path::To::Allocator;` — a unit type that implements `GlobalAlloc`, such as `mimalloc::MiMalloc`,
///   wrapped in [`Alloc`](crate::Alloc).
/// - `allocator = none;` — nothing is installed. For when another crate already has a `#[global_allocator]`; that one
///   must then be a [`memgate::Alloc`](crate::Alloc) around the real one.
/// - Without such a line, [`Alloc::system()`](crate::Alloc::system) is installed.
///
/// # Example
/// ```no_run
/// use memgate::Bencher;
/// fn clone(bencher: Bencher) { bencher.bench(|| "text".to_owned()) }
/// fn fill(bencher: Bencher, length: usize) { bencher.bench(move || vec![1_u8; length]) }
///
/// memgate::main! {
///     clone,
///     fill: [16, 1_024],
///     "fill a page" => |bencher| fill(bencher, 4_096),
/// }
/// ```
#[macro_export]
macro_rules! main {
    (allocator = none; $($benchmarks:tt)*) => {
        fn main() -> ::std::process::ExitCode {
            let suite = $crate::Suite::new(::core::env!("CARGO_PKG_NAME"), ::core::env!("CARGO_CRATE_NAME"));
            $crate::__benchmarks!(suite; $($benchmarks)*).main()
        }
    };
    (allocator = $inner:path; $($benchmarks:tt)*) => {
        const _: () = {
            #[global_allocator]
            static ALLOCATOR: $crate::Alloc<$inner> = $crate::Alloc::new($inner);
        };
        $crate::main! { allocator = none; $($benchmarks)* }
    };
    ($($benchmarks:tt)*) => {
        const _: () = {
            #[global_allocator]
            static ALLOCATOR: $crate::Alloc = $crate::Alloc::system();
        };
        $crate::main! { allocator = none; $($benchmarks)* }
    };
}

/// Adds one benchmark after the other to a suite.
#[doc(hidden)]
#[macro_export]
macro_rules! __benchmarks {
    ($suite:expr;) => { $suite };
    ($suite:expr; $name:literal => $routine:expr_2021 $(, $($rest:tt)*)?) => {
        $crate::__benchmarks!($suite.bench($name, $routine); $($($rest)*)?)
    };
    ($suite:expr; $name:literal => $routine:path : $arguments:expr $(, $($rest:tt)*)?) => {
        $crate::__benchmarks!($suite.bench_with($name, $routine, $arguments); $($($rest)*)?)
    };
    ($suite:expr; $routine:path : $arguments:expr $(, $($rest:tt)*)?) => {
        $crate::__benchmarks!($suite.bench_with(::core::stringify!($routine), $routine, $arguments); $($($rest)*)?)
    };
    ($suite:expr; $routine:path $(, $($rest:tt)*)?) => {
        $crate::__benchmarks!($suite.bench(::core::stringify!($routine), $routine); $($($rest)*)?)
    };
}
