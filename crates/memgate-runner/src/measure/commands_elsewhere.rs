//! Where no command can be counted: none is ever listed, and so none measured.

use memgate_report::model::BenchmarkResult;

use super::MeasureOptions;
use super::answer::NoAnswer;
use super::suite::CommandSuite;
use crate::process::Interrupt;

/// Says that it was not built: only Linux has a loader that puts libraries in front of programs as they are.
pub(crate) fn measure_command(
    _: &CommandSuite,
    _: &str,
    _: &MeasureOptions,
    _: &Interrupt,
) -> Option<BenchmarkResult> {
    Some(BenchmarkResult::Failed(NoAnswer::not_built()))
}
