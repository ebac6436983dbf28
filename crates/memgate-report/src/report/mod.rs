//! The report: all that a comparison found, as data, and its renderings.
//!
//! Every renderer takes a [`Report`] and gives text; someone else owns where it goes.

mod acceptance;
mod conclusion;
mod data;
mod dependencies;
mod growth;
mod outcome;
mod rename;
mod sites;
mod verdict;

pub(crate) use acceptance::is_raised;
pub use acceptance::{Acceptance, DroppedBenchmark, Raise};
pub use conclusion::Conclusion;
pub use data::{
    AppliedWaiver, BenchmarkReport, MeasuredPullRequest, MetricReport, Notice, NoticeKind, Report,
    TargetReport, TimeReport, Timing,
};
pub use dependencies::{DependencyChange, add_feature_changes};
pub use growth::{Exponent, ExponentReport, ScalingReport, Trend};
pub use outcome::{Outcome, outcome};
pub use rename::{RenameEvidence, RenameReport};
pub use sites::SitesReport;
pub use verdict::Verdict;
