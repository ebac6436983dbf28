//! Wall-clock times: criterion's, taken in processes that measure no memory.

mod criterion_files;
mod place;
mod run;

pub(crate) use place::DEFAULT_TIME_BASELINE;
pub(crate) use run::{TimesOptions, take_times};
