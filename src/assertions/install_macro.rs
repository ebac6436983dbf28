//! `memgate::install!`.

/// Makes [`Alloc`](crate::Alloc) this program's global allocator, so that [`measure`](crate::measure) and the assertions can count.
///
/// Once in a program, outside of all functions: in each file in `tests/`, which is a program of its own; for unit tests in `lib.rs` or
/// `main.rs`, behind `#[cfg(test)]`. Not in a bench target that [`main!`](crate::main!) makes, which installs it already.
///
/// - `install!();` — around [`System`](std::alloc::System).
/// - `install!(path::To::Allocator);` — around a unit type that implements `GlobalAlloc`, such as `mimalloc::MiMalloc`.
/// - Any other is wrapped by hand: `#[global_allocator] static ALLOCATOR: memgate::Alloc<Mine> = memgate::Alloc::new(Mine::new());`
///
/// # Example
/// ```
/// memgate::install!();
///
/// # fn main() {
/// memgate::assert_no_alloc(|| 1 + 1);
/// # }
/// ```
#[macro_export]
macro_rules! install {
    () => {
        const _: () = {
            #[global_allocator]
            static ALLOCATOR: $crate::Alloc = $crate::Alloc::system();
        };
    };
    ($inner:path) => {
        const _: () = {
            #[global_allocator]
            static ALLOCATOR: $crate::Alloc<$inner> = $crate::Alloc::new($inner);
        };
    };
}
