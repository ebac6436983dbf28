//! The allocator and its engines.
//!
//! Everything that runs inside a call of the allocator lives here, and keeps three promises: it never allocates
//! through the global allocator, never locks, and never panics.

#[expect(unsafe_code, reason = "a global allocator can't be written without it")]
mod allocator;
mod counters;
#[cfg(any(feature = "dhat", feature = "stats_alloc"))]
mod cross_check;
mod engines;
#[expect(unsafe_code, reason = "asks the system to be told of forks")]
mod fork;
mod hint;
#[expect(
    unsafe_code,
    reason = "keeps a `&'static str` in atomics, since no lock may be taken inside the allocator"
)]
mod probe;
mod sites;
mod slots;
#[expect(unsafe_code, reason = "hands calls on to the inner allocator, as the allocator itself does")]
mod slow;
mod span;
mod state;

pub use allocator::Alloc;
#[cfg(feature = "dhat")]
pub(crate) use cross_check::DhatSpan;
#[cfg(feature = "stats_alloc")]
pub(crate) use cross_check::StatsAllocSpan;
pub use engines::is_built_in;
pub(crate) use probe::{installed_allocator, sees_standard_library};
pub use sites::trusted_unwinder;
pub(crate) use sites::{Capacity, Recorded, Recording, nodes};
pub use span::{Span, SpanCounts, set_exact_peak};
pub(crate) use state::is_fork;
pub use state::set_engine;
