//! The wall-clock times of benchmarks.

use std::collections::BTreeMap;

use memgate_report::model::{BenchmarkId, TakenTime};

use super::project::Project;
use super::request::MeasureRequest;
use crate::console::Console;
use crate::error::Error;
use crate::measure::Suite;
use crate::process::Interrupt;
use crate::times::{TimesOptions, take_times};

/// Whose times are wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TimesRequest<'a> {
    /// The benchmarks.
    pub(crate) ids: &'a [BenchmarkId],
    /// The name of criterion's saved baseline.
    pub(crate) baseline: &'a str,
    /// Whether to save them under that name.
    pub(crate) save: bool,
}

/// Takes the times of benchmarks; saves them if so wanted.
///
/// # Errors
/// When the user pressed Ctrl-C.
pub(crate) fn take_wall_clock(
    times: TimesRequest<'_>,
    project: &Project,
    targets: &[Suite],
    request: &MeasureRequest,
    interrupt: &Interrupt,
) -> Result<BTreeMap<BenchmarkId, TakenTime>, Error> {
    let options = TimesOptions {
        settings: project.config.time,
        baseline: times.baseline,
        save: times.save,
        measure: request.options(&project.config),
    };
    let console = Console::new(request.quiet);
    let target_folder = project.workspace.target_folder();
    let taken = take_times(targets, times.ids, options, &target_folder, interrupt, &console);
    console.finish();
    taken
}
