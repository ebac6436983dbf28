//! Child processes that can't be trusted: they may hang, flood, fork, or end in any way.

mod adoption;
mod asked;
#[cfg(target_os = "linux")]
mod cgroup;
mod child;
#[cfg(target_os = "linux")]
mod cores;
mod followed;
mod group;
mod interrupt;
mod lock;
mod output;
mod scratch;
mod strays;
mod supervisor;
#[cfg(target_os = "linux")]
mod watched;

pub(crate) use asked::ask;
pub use child::{ChildEnd, ChildLimits, ChildOutcome, run_child};
pub(crate) use followed::Followed;
pub use interrupt::Interrupt;
pub(crate) use lock::{Lock, lock_when_free, try_lock};
#[cfg(target_os = "linux")]
pub(crate) use output::Output;
pub(crate) use scratch::Scratch;
pub use strays::Mark;
pub(crate) use supervisor::{Removal, remove_at_the_end, remove_under_lock};
#[cfg(target_os = "linux")]
pub(crate) use watched::{Watch, WatchedEnd, watch};
