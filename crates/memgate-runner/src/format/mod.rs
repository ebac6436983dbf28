//! The files that memgate writes and reads: text to data and back. `docs/FORMAT.md` has every version's changelog.

#[cfg(test)]
mod back_compat_tests;
mod baseline_file;
mod bounds;
mod canonical;
mod error;
mod history_line;
mod invisible;
mod names;
mod report_file;
mod report_soundness;
#[cfg(test)]
mod report_soundness_tests;
mod report_verdicts;
mod run_file;
mod sites_file;
#[cfg(test)]
mod sites_file_tests;
#[cfg(test)]
pub(crate) mod tests_support;
mod unique_map;

pub use baseline_file::{BASELINE_SCHEMA, parse_baseline, print_baseline};
pub(crate) use bounds::{Amount, Bounds, check_bounds};
pub use error::FormatError;
pub(crate) use error::{brief, check_envelope, text_of};
pub use history_line::{HISTORY_KIND, HISTORY_SCHEMA, parse_history_line, print_history_line};
pub(crate) use invisible::{is_invisible, visible, visible_json};
pub(crate) use names::{check_foreign_name, check_part, is_file_name};
pub(crate) use report_file::{FOREIGN_BOUNDS, parse_within};
pub use report_file::{REPORT_KIND, REPORT_SCHEMA, parse_report, print_report};
pub use run_file::{RUN_KIND, RUN_SCHEMA, parse_run, print_run};
pub use sites_file::{SITES_KIND, SITES_SCHEMA, parse_sites, print_sites};
