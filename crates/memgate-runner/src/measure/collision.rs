//! Failures of benchmarks that get in each other's way.

use std::time::Instant;

use memgate_report::model::{BenchmarkId, BenchmarkResult, FailureKind};

use super::benchmark::measure_benchmark;
use super::work::Bench;
use super::{MeasureOptions, ProcessCounts, Wanted};

/// A benchmark that was measured, and what came of it.
pub(super) struct Tried<'a> {
    pub(super) id: &'a BenchmarkId,
    pub(super) bench: Bench<'a>,
    pub(super) wanted: Wanted,
    pub(super) result: &'a mut BenchmarkResult,
}

/// Says of each failure beside others whether the benchmark passes when nothing runs beside it. It stays a failure.
///
/// Each is tried in one process, and no new one once that has taken as long as one process may: in a project where everything
/// fails, nobody waits for all of it twice. None when the user pressed Ctrl-C.
pub(super) fn try_alone(tried: Vec<Tried<'_>>, options: &MeasureOptions) -> Option<()> {
    let once = MeasureOptions { processes: ProcessCounts::one(), ..*options };
    let began = Instant::now();
    for Tried { id, bench, wanted, result } in tried {
        let BenchmarkResult::Failed(failure) = result else { continue };
        // What a benchmark says of itself is no accident, and neither is what it prints.
        let may_be = matches!(failure.kind, FailureKind::Crashed | FailureKind::TimedOut);
        if wanted.alone || !may_be || began.elapsed() > options.time_limit {
            continue;
        }
        let bench = Bench { options: &once, ..bench };
        if let BenchmarkResult::Measured(_) = measure_benchmark(bench, &id.name, wanted.injection)? {
            failure.message += "; run alone, it passes: benchmarks run side by side, so set `alone = true` for it in \
                                memgate.toml, or `jobs = 1` for all";
        }
    }
    Some(())
}
