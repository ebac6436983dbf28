//! Several runs of one command to its numbers, or to why there are none.

use memgate_protocol::Metric;

use super::end::CommandEnd;
use super::kernel::KernelFigures;
use super::problem::CommandProblem;
use super::totals::CommandTotals;
use crate::model::{Failure, FailureKind, Measurement, MetricKey, MetricMap, Observation, Phase};

/// What the runs of a command amount to; none where there is no run.
///
/// A command begins anew each time, so there is nothing to warm up: its numbers stand where those of steady windows do. It has no
/// `leaked_bytes`, which is what a routine leaves each time that it is called.
#[must_use]
pub fn observe_command(runs: &[(CommandTotals, KernelFigures)]) -> Option<Measurement> {
    let value = |totals: &CommandTotals, metric| {
        let value = match metric {
            Metric::PeakBytes => totals.peak_bytes,
            Metric::TotalBytes => totals.total_bytes,
            Metric::Allocs => totals.allocs,
            Metric::Reallocs => totals.reallocs,
            Metric::RetainedBytes => totals.retained_bytes,
            Metric::LeakedBytes => return None,
        };
        Some(i64::try_from(value).unwrap_or(i64::MAX))
    };
    let mut metrics = MetricMap::default();
    for metric in Metric::ALL {
        let values: Vec<i64> = runs.iter().filter_map(|(run, _)| value(run, metric)).collect();
        if let Some(observation) = Observation::of(values) {
            metrics.insert(MetricKey::steady(metric), observation);
        }
    }
    for key in MetricKey::KERNEL {
        let values = runs.iter().map(|(_, kernel)| match key.phase {
            Phase::Cgroup => kernel.cgroup_peak_bytes,
            _ => kernel.resident_peak_bytes,
        });
        // What one run alone has is no figure of all.
        let values: Option<Vec<i64>> = values.map(|value| i64::try_from(value?).ok()).collect();
        if let Some(observation) = values.and_then(Observation::of) {
            metrics.insert(key, observation);
        }
    }
    let processes = u32::try_from(runs.len()).ok().filter(|count| *count > 0)?;
    Some(Measurement {
        metrics,
        peak_error_bytes: 0,
        processes,
        threads: 1,
        is_custom: false,
        starts_processes: false,
    })
}

/// Why a command was not measured, by the worst of its problems; none where it was.
#[must_use]
pub fn command_failure(problems: &[CommandProblem], stderr: &str) -> Option<Failure> {
    // A command that ended badly did not do what it was to, and is as a whole of no interest.
    let ended = problems.iter().find(|problem| matches!(problem, CommandProblem::Ended { .. }));
    let first = ended.or(problems.first())?;
    let kind = match first {
        CommandProblem::Ended { end: CommandEnd::TimedOutAfterSeconds(_), .. } => FailureKind::TimedOut,
        CommandProblem::Ended { end: CommandEnd::FloodedBeyondBytes(_), .. } => FailureKind::Flooded,
        CommandProblem::Ended { .. } => FailureKind::Crashed,
        CommandProblem::Left(_) => FailureKind::Forked,
        CommandProblem::NotSeen { .. } | CommandProblem::Uncounted { .. } | CommandProblem::Lost(_) => {
            FailureKind::Refused
        }
    };
    let advice = first.advice().map_or_else(String::new, |advice| format!("; {advice}"));
    Some(Failure { kind, message: format!("{first}{advice}"), stderr: stderr.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_that_agree_are_exact_and_others_a_spread() {
        let run = |allocs| {
            let totals = CommandTotals { allocs, total_bytes: 64, ..CommandTotals::default() };
            (totals, KernelFigures::default())
        };
        let measured = observe_command(&[run(3), run(3)]).unwrap();
        let value = |measured: &Measurement, metric| measured.metrics.get(MetricKey::steady(metric)).cloned();
        assert_eq!((measured.processes, value(&measured, Metric::Allocs)), (2, Some(Observation::Exact(3))));
        assert_eq!(value(&measured, Metric::LeakedBytes), None);
        let varies = observe_command(&[run(3), run(5)]).unwrap();
        assert!(!value(&varies, Metric::Allocs).unwrap().is_exact());
        assert!(value(&varies, Metric::TotalBytes).unwrap().is_exact());
        assert_eq!(observe_command(&[]), None);
    }

    #[test]
    fn what_the_kernel_says_is_beside_it_where_it_says_so_of_each_run() {
        let observed = |figures: [Option<u64>; 2]| {
            let runs = figures.map(|resident_peak_bytes| {
                let kernel = KernelFigures { resident_peak_bytes, cgroup_peak_bytes: None };
                (CommandTotals::default(), kernel)
            });
            let metrics = observe_command(&runs).unwrap().metrics;
            assert_eq!(metrics.get(MetricKey::CGROUP), None);
            metrics.get(MetricKey::RESIDENT).cloned()
        };
        assert_eq!(observed([Some(9), Some(7)]), Observation::of(vec![7, 9]));
        assert_eq!(observed([Some(9), None]), None);
    }

    #[test]
    fn a_failure_says_what_to_do() {
        let problem = CommandProblem::NotSeen {
            program: "busybox".to_owned(),
            why: super::super::NotSeen::NoAllocation,
        };
        let failure = command_failure(&[problem], "last words").unwrap();
        assert_eq!(failure.kind, FailureKind::Refused);
        assert!(
            failure.message.starts_with("saw no allocation of busybox: it called neither"),
            "{}",
            failure.message
        );
        assert!(
            failure.message.ends_with("a program that never does needs no measuring"),
            "{}",
            failure.message
        );
        assert_eq!(command_failure(&[], ""), None);
    }
}
