//! What is called without saying more.

use std::net::ToSocketAddrs;

use super::options::Options;
use crate::health::{Health, Thresholds, judge};
use crate::heap;
use crate::listener::{ServeError, Server};
use crate::memory::{MemoryFigures, figures};
use crate::metrics::{Metric, list};
use crate::snapshots;

/// Serves the heap at a loopback address, by a thread of its own, until the guard is dropped. [`Options`] has what else can be said.
///
/// # Errors
/// When [`Heap`](crate::Heap) isn't the program's allocator, the address is taken or others than this machine can reach it, or the
/// process serves its heap already.
///
/// # Example
/// ```
/// #[global_allocator]
/// static HEAP: memgate_live::Heap = memgate_live::Heap::system();
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let live = memgate_live::serve("127.0.0.1:0")?;
///     println!("go tool pprof http://{}/debug/pprof/heap", live.address().unwrap());
///     Ok(())
/// }
/// ```
pub fn serve(address: impl ToSocketAddrs) -> Result<Server, ServeError> {
    Options::new().serve(address)
}

/// What the endpoint has at `/metrics`, less its own counts: for whoever exports metrics by other means.
///
/// # Example
/// ```
/// for metric in memgate_live::metrics() {
///     for sample in &metric.samples {
///         println!("{} {:?} {}", metric.name, sample.labels, sample.value);
///     }
/// }
/// ```
#[must_use]
pub fn metrics() -> Vec<Metric> {
    let figures = figures();
    let health = judge(Health::Ok, &figures, &Thresholds::default()).health;
    let snapshots = snapshots::status();
    list(heap::counters().as_ref(), heap::sampling_interval(), &figures, health, snapshots.as_ref(), None)
}

/// What the kernel says of this process's memory, now.
#[must_use]
pub fn memory_figures() -> MemoryFigures {
    figures()
}
