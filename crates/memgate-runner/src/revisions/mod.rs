//! Revisions in checkouts of their own, side by side with the user's working tree and without touching it.

mod benches;
mod copy;
mod error;
mod manifest;
mod memo;
mod release;
mod room;
mod toolchain;

pub(crate) use benches::{BenchSource, take_benches, take_benches_of_release};
pub(crate) use error::RevisionsError;
pub(crate) use memo::{Circumstances, MeasuredCode, Memo, last_change};
pub(crate) use release::Release;
pub(crate) use room::{Checkout, Room};
pub(crate) use toolchain::take_toolchain;
