//! The gate's numbers in tests: what the calling thread does in one closure, measured, and compared with limits.

mod assert;
#[cfg(feature = "call-sites")]
mod call_sites;
mod failure;
mod heap;
mod install_macro;
mod installed;
mod limits;
mod measure;
mod measure_all;
mod message;
mod no_leak;
mod recording;
#[cfg(feature = "snapshots")]
mod snapshot;
pub mod units;
#[cfg(not(feature = "snapshots"))]
mod without_snapshots;

pub use assert::{assert_at_most, assert_no_alloc};
pub use heap::Heap;
pub use limits::Limits;
pub use measure::measure;
pub use measure_all::measure_all_threads;
pub use no_leak::assert_no_leak;
#[cfg(feature = "snapshots")]
pub use snapshot::{SnapshotSite, assert_heap, is_plain};
