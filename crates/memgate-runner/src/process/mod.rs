//! Child processes that can't be trusted: they may hang, flood, fork, or end in any way.

mod adoption;
#[cfg_attr(not(target_os = "linux"), path = "around_elsewhere.rs")]
mod around;
mod asked;
#[cfg(target_os = "linux")]
mod cgroup;
mod child;
#[cfg(target_os = "linux")]
mod cores;
#[cfg(windows)]
mod family;
mod followed;
mod group;
mod interrupt;
mod lock;
mod output;
mod scratch;
mod strays;
mod supervisor;
mod watched;

pub(crate) use asked::ask;
pub use child::{ChildEnd, ChildLimits, ChildOutcome, run_child};
pub(crate) use followed::Followed;
pub use interrupt::Interrupt;
pub(crate) use lock::{Lock, lock_when_free, try_lock, try_lock_at, try_lock_folder, try_lock_there};
pub(crate) use output::Output;
pub(crate) use scratch::Scratch;
pub use strays::Mark;
pub(crate) use supervisor::{Removal, remove_at_the_end, remove_under_lock};
pub(crate) use watched::{Watch, WatchedEnd, watch};
