//! The baselines in the repository's working tree, and files that somebody else wrote.

mod atomic;
mod baselines;
mod limited;

pub use baselines::{BASELINES_FOLDER, BaselineStore, StoreError, baselines_among};
pub use limited::LimitedReadError;

pub(crate) use atomic::{Staged, write_atomically};
pub(crate) use limited::{read_left, read_limited, read_named};
