//! Child processes that can't be trusted: they may hang, flood, fork, or end in any way.

mod child;
mod group;
mod interrupt;
mod output;

pub use child::{ChildEnd, ChildLimits, ChildOutcome, run_child};
pub use interrupt::Interrupt;
