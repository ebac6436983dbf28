//! The allocator and its engines.
//!
//! Everything that runs inside a call of the allocator lives here, and keeps three promises: it never allocates
//! through the global allocator, never panics, and never takes a lock of std. The engine `count` takes no lock at all; the
//! engine `sites` has spin locks of its own, held for some tens of instructions each. None is held while anything is called
//! that could allocate, and so come back here.
//!
//! Imports go one way, from the allocator to its engines to what they stand on: `hint`, `fork`, `slots`, `state`, `unwinder`.

#[cfg(any(test, feature = "assertions"))]
mod all_threads;
#[expect(unsafe_code, reason = "a global allocator can't be written without it")]
mod allocator;
#[cfg_attr(
    all(feature = "command", any(target_os = "linux", target_os = "macos", windows)),
    expect(
        unsafe_code,
        reason = "maps a file, and keeps what is in it in an atomic, since nothing of std may be called here"
    )
)]
mod command;
mod counters;
#[cfg(any(feature = "dhat", feature = "stats_alloc"))]
mod cross_check;
mod engine;
#[expect(unsafe_code, reason = "asks the system to be told of forks")]
mod fork;
mod hint;
#[expect(
    unsafe_code,
    reason = "keeps a function in an atomic, since no lock may be taken inside the allocator"
)]
mod probe;
#[cfg(any(test, feature = "assertions"))]
#[expect(unsafe_code, reason = "finds the scopes of a thread, which lie on its stack")]
mod scope;
mod sites;
#[expect(
    unsafe_code,
    reason = "a constant can't refer to a static with atomics on older compilers, but point to it"
)]
mod slots;
#[expect(unsafe_code, reason = "hands calls on to the inner allocator, as the allocator itself does")]
mod slow;
mod span;
mod state;
mod unwinder;

#[cfg(feature = "assertions")]
pub(crate) use all_threads::{AllThreadsError, counted_in_all_threads};
pub use allocator::Alloc;
pub use counters::set_exact_peak;
#[cfg(feature = "dhat")]
pub(crate) use cross_check::DhatSpan;
#[cfg(feature = "stats_alloc")]
pub(crate) use cross_check::StatsAllocSpan;
pub use engine::{is_built_in, set_engine};
pub(crate) use probe::{SHARED_STANDARD_LIBRARY, installed_allocator, sees_standard_library};
#[cfg(feature = "assertions")]
pub(crate) use scope::{ScopeError, counted, uncounted};
#[cfg(feature = "preloaded")]
pub use sites::CommandRecording;
pub(crate) use sites::{Capacity, Recorded, Recording};
#[cfg(feature = "assertions")]
pub(crate) use sites::{ThreadRecorded, ThreadRecording, Which};
pub use span::{Span, SpanCounts};
pub(crate) use state::is_fork;
pub use unwinder::trusted_unwinder;
