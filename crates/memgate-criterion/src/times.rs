//! Criterion in a process that the tool started to take times: what the suite asks for is cut down to the tool's
//! settings.
//!
//! By criterion's command line this could not be done: what a group sets wins over it, and it wins over what a
//! `Criterion` sets, even where that is less.

use std::sync::OnceLock;
use std::time::Duration;

use criterion::Criterion;
use criterion::measurement::{Measurement, WallTime};
use memgate_protocol::{TIMES_VARIABLE, TimeSettings};

/// The tool's settings, or none when this process is the user's.
fn settings() -> Option<TimeSettings> {
    static SETTINGS: OnceLock<Option<TimeSettings>> = OnceLock::new();
    *SETTINGS.get_or_init(|| std::env::var(TIMES_VARIABLE).ok()?.parse().ok())
}

/// Criterion with the tool's settings in the place of its defaults, and with the tool's command line, for a main that reads
/// none: it would time every benchmark, under a name that nobody looks for.
pub(crate) fn shortened(criterion: Criterion) -> Criterion {
    match settings() {
        None => criterion,
        Some(settings) => criterion
            .configure_from_args()
            .sample_size(usize::try_from(settings.samples).unwrap_or(usize::MAX))
            .warm_up_time(settings.warm_up())
            .measurement_time(settings.measurement()),
    }
}

/// Applies what the tool's command line has as well, where the code would win over it: not at all when the tool asks for
/// times, which it looks for in a folder, under a name and of a benchmark of its own.
pub(crate) fn unless_tool_does<M: Measurement>(
    criterion: Criterion<M>,
    set: impl FnOnce(Criterion<M>) -> Criterion<M>,
) -> Criterion<M> {
    if settings().is_some() { criterion } else { set(criterion) }
}

pub(crate) fn samples(asked: usize) -> usize {
    let most = settings().and_then(|settings| usize::try_from(settings.samples).ok());
    asked.min(most.unwrap_or(usize::MAX))
}

pub(crate) fn warm_up(asked: Duration) -> Duration {
    asked.min(settings().map_or(Duration::MAX, TimeSettings::warm_up))
}

pub(crate) fn measurement(asked: Duration) -> Duration {
    asked.min(settings().map_or(Duration::MAX, TimeSettings::measurement))
}

/// Whether a benchmark is left out since the tool asks for times, and this measures something else, which would be taken
/// for nanoseconds. By name, since a measurement need not be `'static`.
pub(crate) fn is_left_out<M: Measurement>() -> bool {
    settings().is_some() && std::any::type_name::<M>() != std::any::type_name::<WallTime>()
}
