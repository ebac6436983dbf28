//! The heap of a running service: sampled around any allocator, and served on the URLs that pprof, Grafana Alloy, Parca and Prometheus
//! know.
//!
//! [`Heap`] is the allocator, [`serve`] the endpoint; [`Options`] says who else may ask, and makes what axum, tower and actix-web serve, behind
//! features of these names. Without an endpoint, [`profile`], [`counters`] and [`metrics()`] give the same as data.
//!
//! Other features add profiles of what isn't the heap: `cpu`, `threads`, and `sync` with the locks of the module of that name. `usdt` has probes for profilers outside
//! of the process.

mod access;
#[cfg(feature = "sync")]
mod contention;
#[cfg(all(feature = "cpu", target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod cpu;
mod health;
mod heap;
mod listener;
mod log;
mod memory;
mod metrics;
mod page;
mod pprof;
mod process;
mod profile;
mod respond;
mod serve;
#[cfg(all(
    any(feature = "cpu", feature = "threads"),
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
mod signals;
mod snapshots;
mod stack;
mod symbols;
#[cfg(feature = "sync")]
pub mod sync;
#[cfg(all(feature = "threads", target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod threads;

pub use access::TokenError;
pub use health::{Health, Threshold};
pub use heap::{
    DEFAULT_INTERVAL_BYTES, Heap, HeapError, counters, is_installed, profile, sampling_interval,
    set_sampling_interval,
};
pub use listener::{ServeError, Server};
pub use memory::{CgroupMemory, Limit, LimitSource, MemoryFigures, Pressure};
pub use metrics::{Metric, MetricKind, Sample};
pub use profile::{Counters, Estimate, HeapProfile, SampledStack};
pub use respond::{Request, Responder, Response};
#[cfg(feature = "tower")]
pub use serve::LiveService;
pub use serve::{Options, memory_figures, metrics, serve};
pub use snapshots::{Growth, Slope, SnapshotError, SnapshotOptions, Snapshots, snapshots};
