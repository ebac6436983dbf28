//! Measures: bench processes to records, records to runs.

mod answer;
mod benchmark;
mod collision;
#[cfg_attr(not(target_os = "linux"), path = "commands_elsewhere.rs")]
mod commands;
mod observe;
mod options;
mod run;
mod side_by_side;
mod suite;
mod wanted;
mod work;

pub use answer::NoAnswer;
pub(crate) use answer::ended_well;
pub use benchmark::gather;
pub(crate) use benchmark::measure_benchmark;
pub(crate) use commands::measure_command;
#[cfg(target_os = "linux")]
pub(crate) use commands::run_once;
pub use options::{MeasureOptions, ProcessCounts};
pub use run::{Progress, list, measure_wanted};
pub use side_by_side::side_by_side;
pub(crate) use side_by_side::side_by_side_or_alone;
#[cfg(target_os = "linux")]
pub(crate) use suite::CommandPlan;
pub(crate) use suite::CommandSuite;
pub use suite::Suite;
pub use wanted::{Wanted, Work};
pub use work::{Bench, Listing, list_benchmarks, measure_once, measure_to_file, record_sites};
pub(crate) use work::{MAXIMUM_CAPTURE_BYTES, bench_process, run_unchanged};
