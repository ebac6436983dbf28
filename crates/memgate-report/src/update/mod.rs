//! What an update would write: a pure function from runs and baselines to changes.

mod change;
mod moved_tests;
mod plan;
mod refused;
mod rename;
mod rename_steps;
mod renamed;
mod render;
mod render_rename;
mod restricted;
mod since;
mod sites;
#[cfg(test)]
mod sites_tests;
mod test_rename;
#[cfg(test)]
mod tests;

pub use change::{Change, ChangeKind};
pub use moved_tests::MovedTests;
pub use plan::{UpdateError, UpdateInput, UpdatePlan, plan_update};
pub use refused::{Refused, set_aside_refused};
pub use rename::{MovedBenchmark, RenameError, RenameInput, RenamePlan, plan_rename};
pub use rename_steps::RenameStep;
pub use renamed::renamed_by_update;
pub use render::{SitesSummary, render_update};
pub use render_rename::render_rename;
pub use restricted::restricted;
pub use since::{SinceInput, baselines_since};
pub use sites::{RecordedSites, SitesToRecord, sites_to_record, sites_to_write};
pub use test_rename::{TestRename, TestRenameError};
