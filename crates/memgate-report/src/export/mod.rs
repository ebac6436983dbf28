//! Recorded profiles in the formats of other tools: pprof, DHAT's viewer, folded stacks, flame graphs.
//!
//! Every encoder takes a [`Profile`](crate::sites::Profile) and gives bytes or text; someone else owns where it goes.
//! The sum over what is exported is memgate's metric, except where a format has no numbers below zero.

mod dhat;
mod error;
mod flamegraph;
mod folded;
mod pprof;
mod row;

pub use dhat::dhat_json;
pub use error::ExportError;
pub use flamegraph::{difference_flame_graph, flame_graph};
pub use folded::{folded, folded_difference, named_stacks};
pub use pprof::{Moment, pprof};
pub use row::{BEYOND_LIMIT, CUT_OFF, OLDER, UNKNOWN};
