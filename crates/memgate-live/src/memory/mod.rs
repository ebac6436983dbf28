//! How much memory the process takes in the kernel's eyes, how much it may take, and whether anybody waits for some.

mod cgroup;
mod figures;
mod numbers;
mod pressure;

pub use cgroup::CgroupMemory;
pub use figures::{Limit, LimitSource, MemoryFigures};
pub(crate) use figures::{figures, figures_below};
pub use pressure::Pressure;
