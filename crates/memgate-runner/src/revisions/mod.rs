//! Revisions in checkouts of their own, side by side with the user's working tree and without touching it.

mod benches;
mod copy;
mod error;
mod manifest;
mod memo;
mod release;
mod room;
mod toolchain;

pub use benches::{BenchSource, take_benches, take_benches_of_release};
pub use error::RevisionsError;
pub use memo::{Circumstances, Memo, last_change};
pub use release::Release;
pub use room::{Checkout, Room};
pub use toolchain::take_toolchain;
