//! The assertions as users meet them: in tests that libtest runs beside each other in one process.

mod all_threads;
#[cfg(all(
    feature = "call-sites",
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
mod call_sites;
mod definitions;
mod failures;
mod leaks;
mod neighbours;

memgate::install!();

/// A block of this size, which the optimiser does not see through.
fn bytes(size: usize) -> Vec<u8> {
    std::hint::black_box(Vec::with_capacity(size))
}

/// What an assertion says that has to fail.
#[track_caller]
fn message<T>(assertion: impl FnOnce() -> T) -> String {
    let payload = std::panic::catch_unwind(std::panic::AssertUnwindSafe(assertion));
    *payload.map(drop).expect_err("it passed").downcast::<String>().expect("it is a text")
}
