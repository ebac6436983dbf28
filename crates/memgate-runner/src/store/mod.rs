//! The baselines in the repository's working tree.

mod atomic;
mod baselines;

pub use baselines::{BaselineStore, StoreError};

pub(crate) use atomic::{Staged, write_atomically};
