//! Where processor time goes.

mod collect;
mod sums;
mod timers;

pub(crate) use collect::{CpuError, collect};
