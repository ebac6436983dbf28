//! One benchmark in as many processes as it takes.

use memgate_protocol::{Injection, LiveBytes, Metric, Record, WindowPlan};
use memgate_report::model::{BenchmarkResult, Failure, FailureKind, Measurement, Phase};

use super::answer::NoAnswer;
use super::observe::observe;
use super::work::{Bench, count_once};
use super::{MeasureOptions, ProcessCounts};

/// Measures a benchmark. None when the user pressed Ctrl-C.
///
/// With `injection`, a regression is done on purpose in every window.
pub(crate) fn measure_benchmark(
    bench: Bench<'_>,
    name: &str,
    injection: Option<Injection>,
) -> Option<BenchmarkResult> {
    let mut starts_processes = false;
    let measured = gather(bench.options, |plan| {
        let counted = count_once(bench, name, plan, injection)?;
        starts_processes |= counted.starts_processes;
        Ok(counted.record)
    });
    match measured {
        Ok(measurement) => Some(BenchmarkResult::Measured(Measurement { starts_processes, ..measurement })),
        Err(NoAnswer::Failed(failure)) => Some(BenchmarkResult::Failed(failure)),
        Err(NoAnswer::Interrupted) => None,
    }
}

/// Asks process after process, with `ask`: the stated number of them, and where their steady values do not agree more, up
/// to the stated maximum.
///
/// # Errors
/// When a process does not answer.
pub fn gather(
    options: &MeasureOptions,
    mut ask: impl FnMut(WindowPlan) -> Result<Record, NoAnswer>,
) -> Result<Measurement, NoAnswer> {
    let ProcessCounts { least, most, long_runs, .. } = options.processes;
    let short = WindowPlan { long_run_ms: 0, ..options.plan };
    let mut records: Vec<Record> = Vec::new();
    let mut has_long_runs = true;
    loop {
        let processes = u32::try_from(records.len()).unwrap_or(u32::MAX);
        // A leak is not believed on the word of one process.
        let is_long = has_long_runs && (processes < long_runs || records.iter().any(is_rising));
        let long = if processes == 0 { options.first_plan() } else { options.plan };
        let record = match ask(if is_long { long } else { short }) {
            // A routine that can't be run so often, or not without printing too much, can still be measured. But it has to fail of
            // that each time: what fails now and then is a failure.
            Err(NoAnswer::Failed(failure)) if is_long && is_of_many_iterations(&failure) => {
                has_long_runs = false;
                let record = ask(short)?;
                match ask(long) {
                    Err(NoAnswer::Failed(again)) if again.kind == failure.kind => record,
                    Err(NoAnswer::Interrupted) => return Err(NoAnswer::Interrupted),
                    Ok(_) | Err(NoAnswer::Failed(_)) => return Err(NoAnswer::Failed(failure)),
                }
            }
            answer => answer?,
        };
        records.push(record);
        let processes = processes + 1;
        if processes < least {
            continue;
        }
        let Some(measurement) = observe(&records) else {
            let message = "its process measured something else than it was asked to; its memgate and this tool have to be of the same version".to_owned();
            let kind = FailureKind::Crashed;
            return Err(NoAnswer::Failed(Failure { kind, message, stderr: String::new() }));
        };
        if processes >= most || agree(&measurement, &records) {
            return Ok(measurement);
        }
    }
}

/// Whether processes agree on all but cold values and on what more of them can't decide either.
fn agree(measurement: &Measurement, records: &[Record]) -> bool {
    let is_undecided = records.iter().any(|record| {
        matches!(record.long_run.map(|long_run| long_run.live_bytes), Some(LiveBytes::Undecided(_)))
    });
    measurement.metrics.iter().all(|(key, value)| {
        value.is_exact() || key.phase == Phase::Cold || (key.metric == Metric::LeakedBytes && is_undecided)
    })
}

fn is_rising(record: &Record) -> bool {
    matches!(record.long_run.map(|long_run| long_run.live_bytes), Some(LiveBytes::Rising(_)))
}

fn is_of_many_iterations(failure: &Failure) -> bool {
    matches!(failure.kind, FailureKind::Crashed | FailureKind::Flooded)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::time::Duration;

    use memgate_protocol::{CountWindow, EngineWindows, LongRun, Windows};
    use memgate_report::model::{MetricKey, Observation};

    use super::*;

    const OPTIONS: fn() -> MeasureOptions = MeasureOptions::default;

    /// What a process answers whose routine makes so many calls.
    fn answer(allocs: i64, live_bytes: Option<LiveBytes>) -> Record {
        let window = CountWindow { allocs, ..CountWindow::default() };
        let windows = EngineWindows::Count(Windows { cold: window, steady: vec![window; 3] });
        let long_run = live_bytes.map(|live_bytes| LongRun { iterations: 256, live_bytes });
        Record { name: "a".into(), threads: 1, peak_error_bytes: 0, is_custom: false, long_run, windows }
    }

    #[test]
    fn one_process_runs_long_unless_it_finds_a_leak() {
        let asked = |live_bytes| {
            let plans = Cell::new(Vec::new());
            let measurement = gather(&OPTIONS(), |plan| {
                plans.set(plans.take().into_iter().chain([plan.long_run_ms > 0]).collect());
                Ok(answer(1, (plan.long_run_ms > 0).then_some(live_bytes)))
            });
            let leaked = measurement.unwrap().metrics.get(MetricKey::steady(Metric::LeakedBytes)).cloned();
            (plans.take(), leaked.unwrap())
        };
        assert_eq!(asked(LiveBytes::Level), (vec![true, false], Observation::Exact(0)));
        assert_eq!(asked(LiveBytes::Rising(8)), (vec![true, true], Observation::Exact(8)));
        let spread = Observation::of(vec![0, 8]).unwrap();
        assert_eq!(asked(LiveBytes::Undecided(8)), (vec![true, false], spread), "more processes say no more");
    }

    #[test]
    fn the_first_process_in_doubt_has_time_for_a_slow_routine() {
        let asked = |processes: ProcessCounts, time_limit| {
            let mut plans = Vec::new();
            let options = MeasureOptions { processes, time_limit, ..OPTIONS() };
            let measurement = gather(&options, |plan| {
                plans.push(plan.long_run_ms);
                // It keeps something in every iteration, and stops when there was time for many.
                Ok(answer(1, (plan.long_run_ms > 4_000).then_some(LiveBytes::Level)))
            });
            assert_eq!(measurement.unwrap().processes as usize, plans.len());
            plans
        };
        let (counts, minute) = (OPTIONS().processes, Duration::from_secs(60));
        assert_eq!(asked(counts, minute), [2_000, 0]);
        assert_eq!(asked(counts.for_base(), minute), [4_000, 2_000, 2_000, 2_000, 2_000, 2_000]);
        assert_eq!(asked(counts.for_doubt(), minute)[..2], [20_000, 2_000]);
        assert_eq!(asked(counts.for_doubt(), minute / 6)[..2], [3_333, 2_000]);
    }

    #[test]
    fn what_fails_in_many_iterations_alone_is_measured_without() {
        let failure =
            || Failure { kind: FailureKind::Crashed, message: String::new(), stderr: String::new() };
        let plans = Cell::new(0);
        let measurement = gather(&OPTIONS(), |plan| {
            plans.set(plans.get() + 1);
            if plan.long_run_ms > 0 { Err(NoAnswer::Failed(failure())) } else { Ok(answer(1, None)) }
        });
        assert_eq!((measurement.unwrap().processes, plans.get()), (2, 4));
        assert!(gather(&OPTIONS(), |_| Err(NoAnswer::Failed(failure()))).is_err());
    }

    #[test]
    fn what_fails_once_is_a_failure() {
        let failure =
            || Failure { kind: FailureKind::Crashed, message: String::new(), stderr: String::new() };
        let plans = Cell::new(0);
        let measurement = gather(&OPTIONS(), |_| {
            plans.set(plans.get() + 1);
            if plans.get() == 1 { Err(NoAnswer::Failed(failure())) } else { Ok(answer(1, None)) }
        });
        assert!(matches!(measurement, Err(NoAnswer::Failed(_))));
    }

    #[test]
    fn processes_that_do_not_agree_are_followed_by_more() {
        let measured = |values: &[i64]| {
            let mut values = values.iter().cycle();
            let measurement = gather(&OPTIONS(), |_| Ok(answer(*values.next().unwrap(), None))).unwrap();
            (
                measurement.processes,
                measurement.metrics.get(MetricKey::steady(Metric::Allocs)).cloned().unwrap(),
            )
        };
        assert_eq!(measured(&[5]), (2, Observation::Exact(5)));
        assert_eq!(measured(&[5, 6]).0, 8);
    }
}
