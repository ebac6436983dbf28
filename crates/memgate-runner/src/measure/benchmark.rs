//! One benchmark in as many processes as it takes.

use memgate::protocol::{Engine, Injection};

use super::answer::NoAnswer;
use super::observe::observe;
use super::work::{Bench, measure_injected, measure_once};
use crate::model::{BenchmarkResult, Failure, FailureKind, Measurement, Phase};

/// Measures a benchmark: in the stated number of processes, and where their steady values do not agree in more, up
/// to the stated maximum. None when the user pressed Ctrl-C.
///
/// With `injection`, a regression is done on purpose in every window.
pub(crate) fn measure_benchmark(
    bench: Bench<'_>,
    name: &str,
    injection: Option<Injection>,
) -> Option<BenchmarkResult> {
    let options = bench.options;
    let once = || match injection {
        None => measure_once(bench, name, Engine::Count, options.plan),
        Some(injection) => measure_injected(bench, name, injection),
    };
    let mut records = Vec::new();
    loop {
        match once() {
            Ok(record) => records.push(record),
            Err(NoAnswer::Failed(failure)) => return Some(BenchmarkResult::Failed(failure)),
            Err(NoAnswer::Interrupted) => return None,
        }
        let processes = u32::try_from(records.len()).unwrap_or(u32::MAX);
        if processes < options.processes {
            continue;
        }
        let Some(measurement) = observe(&records) else {
            let message = "its process answered with another engine's windows".to_owned();
            let kind = FailureKind::Crashed;
            return Some(BenchmarkResult::Failed(Failure { kind, message, stderr: String::new() }));
        };
        if is_exact(&measurement) || processes >= options.maximum_processes {
            return Some(BenchmarkResult::Measured(measurement));
        }
    }
}

/// Cold values may differ between processes without more of them being asked.
fn is_exact(measurement: &Measurement) -> bool {
    measurement.metrics.iter().all(|(key, value)| key.phase == Phase::Cold || value.is_exact())
}
