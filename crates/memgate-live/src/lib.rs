//! The heap of a running service.

mod access;
mod health;
mod heap;
mod listener;
mod memory;
mod metrics;
mod page;
mod pprof;
mod process;
mod profile;
mod respond;
mod serve;
mod symbols;

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
pub use serve::{Options, memory_figures, metrics, serve};
