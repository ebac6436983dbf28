//! What the executables of this package share beyond `memgate_overhead`, which has the workloads and the clock: two allocators in one
//! process, and their turns.

mod either;
#[cfg(feature = "service")]
pub mod service;
mod turns;

pub use either::Either;
pub use turns::{Settings, run};
