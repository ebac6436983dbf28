//! Revisions in checkouts of their own, side by side with the user's working tree and without touching it.

mod benches;
mod error;
mod room;
mod toolchain;

pub use benches::{BenchSource, take_benches};
pub use error::RevisionsError;
pub use room::{Checkout, Room};
pub use toolchain::take_toolchain;
