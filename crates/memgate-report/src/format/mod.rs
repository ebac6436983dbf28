//! The files that memgate writes and reads: text to data and back. `docs/FORMAT.md` has every version's changelog.

#[cfg(test)]
mod back_compat_tests;
mod baseline_file;
mod bounds;
mod canonical;
mod error;
mod history_line;
mod invisible;
mod lock_file;
mod names;
mod numbers;
mod renames_file;
mod report_causes;
mod report_file;
mod report_soundness;
#[cfg(test)]
mod report_soundness_tests;
mod report_verdicts;
mod run_file;
mod sites_file;
#[cfg(test)]
mod sites_file_tests;
mod unique_map;

pub use baseline_file::{BASELINE_SCHEMA, parse_baseline, print_baseline};
pub(crate) use bounds::check_bounds;
pub use bounds::{Amount, Bounds};
pub use error::FormatError;
pub use error::brief;
pub(crate) use error::{check_envelope, text_of};
pub use history_line::{HISTORY_KIND, HISTORY_SCHEMA, parse_history_line, print_history_line};
pub(crate) use invisible::is_invisible;
pub use invisible::visible;
pub use invisible::visible_json;
pub use lock_file::{LockedPackage, dependency_changes, parse_lock_file};
pub use names::is_file_name;
pub(crate) use names::{check_benchmark, check_part};
pub use renames_file::{RENAMES_KIND, RENAMES_SCHEMA, parse_renames, print_renames};
pub use report_file::FOREIGN_BOUNDS;
pub use report_file::parse_within;
pub use report_file::{REPORT_KIND, REPORT_SCHEMA, parse_report, print_report};
pub use run_file::{RUN_KIND, RUN_SCHEMA, parse_run, print_run};
pub use sites_file::{SITES_KIND, SITES_SCHEMA, parse_sites, print_sites};
