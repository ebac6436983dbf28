//! Measures: bench processes to records, records to runs.

mod answer;
mod benchmark;
mod observe;
mod options;
mod run;
mod work;

pub use answer::NoAnswer;
pub(crate) use answer::ended_well;
pub use benchmark::gather;
pub(crate) use benchmark::measure_benchmark;
pub use options::{MeasureOptions, ProcessCounts};
pub use run::{Progress, Silent, list, measure, measure_wanted, side_by_side};
pub(crate) use work::bench_process;
pub use work::{Bench, Listing, list_benchmarks, measure_once, measure_to_file, record_sites};
