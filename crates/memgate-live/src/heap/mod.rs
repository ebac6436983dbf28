//! The allocator and its sampler.
//!
//! Everything that runs inside a call of the allocator lives here, and keeps three promises: it never allocates through the
//! global allocator, never panics, and never takes a lock of std. Its spin locks are held for some tens of instructions, one at a
//! time, and never while anything is called that could allocate.
//!
//! A call of the allocator takes this way:
//!
//! 1. [`allocator`] adds to the counters of its thread ([`slots`]). That is all, unless the thread has come to the byte that is to
//!    be sampled, or what is freed may be sampled ([`filter`]).
//! 2. [`slow`] and [`events`] do the rest: a thread's first call, samples, and their end.
//! 3. A sample takes the call stack (`memgate_stacks`), is put down with its stack ([`stack_table`]) and among those that are
//!    live ([`live_samples`]).
//!
//! What is computed is apart from that, in pure parts: where the next sample is ([`gap`]) and what it stands for ([`weight`]). Tables
//! are values in memory that is mapped once, at the process's first allocation ([`memory`], [`tables`]); what no longer fits is
//! counted ([`unfollowed`]). The process's own are in [`process`].

#[expect(unsafe_code, reason = "a global allocator can't be written without it")]
mod allocator;
mod busy;
mod collect;
mod counting;
mod error;
mod events;
#[expect(unsafe_code, reason = "follows a pointer from one word, without a check")]
mod filter;
// Elsewhere there are none.
#[cfg(unix)]
#[expect(unsafe_code, reason = "asks the system to be told of forks")]
mod fork;
mod gap;
mod interval;
mod live_samples;
#[expect(unsafe_code, reason = "maps memory for the tables, outside of every allocator")]
mod memory;
mod pool;
mod process;
mod shared;
#[expect(unsafe_code, reason = "points to the calling thread's counters")]
mod slots;
#[expect(unsafe_code, reason = "hands calls on to the inner allocator, as the allocator itself does")]
mod slow;
mod stack_table;
#[cfg_attr(any(unix, test), expect(unsafe_code, reason = "takes locks from their holders in a fork"))]
mod tables;
#[expect(unsafe_code, reason = "asks the system to be told of the end of threads")]
mod threads;
mod unfollowed;
#[cfg(all(feature = "usdt", target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#[expect(unsafe_code, reason = "probes are instructions and notes")]
mod usdt;
mod walk;
mod weight;

pub use allocator::Heap;
pub use collect::{profile, set_sampling_interval};
pub use counting::{counters, is_installed};
pub use error::HeapError;
pub use interval::{DEFAULT_INTERVAL_BYTES, sampling_interval};
pub(crate) use walk::Walk;
