//! The baselines in the repository's working tree.

mod atomic;
mod baselines;

pub use baselines::{BASELINES_FOLDER, BaselineStore, StoreError, baselines_among};

pub(crate) use atomic::{Staged, write_atomically};
