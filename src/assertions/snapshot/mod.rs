//! `memgate::assert_heap!`: a closure's numbers, compared with those of a file that is committed.

mod assert_heap;
mod change;
mod duplicates;
mod file;
mod message;
mod mode;
mod place;
mod seen;
mod site;
mod snapshot_macro;

pub use assert_heap::assert_heap;
pub use site::{SnapshotSite, is_plain};
