//! The assertions as users meet them: in tests that libtest runs beside each other in one process.

mod definitions;
mod failures;
mod neighbours;

memgate::install!();

/// A block of this size, which the optimiser does not see through.
fn bytes(size: usize) -> Vec<u8> {
    std::hint::black_box(Vec::with_capacity(size))
}
