//! Causes: the explanations of all red benchmarks put together, each change of the code once.

mod collected;
mod cut;
mod data;
mod dependencies;
mod grouping;
mod interner;
mod judged;
mod moved_peaks;
mod part;
mod shown;
mod shrunk;
#[cfg(test)]
mod tests;

pub use cut::{LEAST_CHANGES, MOST_CHANGES, most_changes};
pub use data::{
    Cause, CauseKind, Causes, Contradiction, Effect, MovedPeakOf, NotExplained, Reason, RedMetric, Shrunk,
};
pub use judged::causes;
