//! Profiles that are written to files by themselves, in time: before a process is killed for its memory.
//!
//! [`policy`] decides, from figures and a clock alone, with a [`latch`] for each trigger; [`watcher`] looks at the figures and asks it;
//! [`writer`] writes, into a [`folder`], what [`retention`] has made room for. Memory for writing is reserved at the start.

mod error;
mod files;
mod folder;
mod functions;
mod guard;
mod gzip;
mod latch;
mod name;
mod options;
mod pace;
mod part;
mod policy;
mod reason;
mod retention;
mod rights;
mod stall;
mod status;
mod trend;
mod triggers;
mod watcher;
mod writer;

pub use error::SnapshotError;
pub use functions::snapshots;
pub use guard::Snapshots;
pub use options::SnapshotOptions;
pub(crate) use status::{SnapshotStatus, status};
pub use triggers::{Growth, Slope};
#[cfg(test)]
mod tests;
