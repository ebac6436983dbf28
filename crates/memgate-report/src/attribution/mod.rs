//! What grew, and at which call sites: sites of base and head to an explanation of a metric.

mod alignment;
mod change;
mod equal;
mod explanation;
#[cfg(test)]
mod explanation_tests;
#[cfg(test)]
mod foreign_tests;
mod foreign_way;
mod matching;
mod merged;
mod moved_peak;
mod netting;
mod peak;
mod user_frames;

pub use change::{ChangeKind, ChangeNote, ChangeSubject, Explanation, GatedNumbers, SiteChange, Unexplained};
pub use explanation::explain;
pub(crate) use matching::are_alike;
pub use moved_peak::{LiveSite, MovedPeak};
