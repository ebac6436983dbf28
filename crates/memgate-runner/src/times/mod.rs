//! Wall-clock times: criterion's, taken in processes that measure no memory.

mod criterion_files;
mod place;
mod run;

pub use run::{TimesOptions, take_times};

/// The name of criterion's baseline in which times are saved, unless another is named.
pub const DEFAULT_TIME_BASELINE: &str = "memgate";
