//! The baselines with which a check says what has changed since a revision, whatever was red there already.

use super::{UpdateError, UpdateInput, plan_update};
use crate::model::{Baseline, BaselineKey, Baselines, MetricKey, MetricMap, Observation, Run};
use crate::rules::Policy;

/// What was measured at a revision, and the baselines that are committed.
#[derive(Clone, Copy, Debug)]
pub struct SinceInput<'a> {
    /// What was measured at the revision, without failures.
    pub run: &'a Run,
    /// The baselines that are committed at the revision.
    pub then: &'a Baselines,
    /// The baselines that are there now.
    pub now: &'a Baselines,
    /// The limits.
    pub policy: &'a Policy,
}

/// The baselines as an update would have written them at the revision, with what has been written into them since.
///
/// Within its limit, the committed value stays, so that a metric which crept up to its limit before the revision, and passed it
/// afterwards, has passed it. Rejected: the numbers of the revision alone, with which many small steps are never one.
///
/// # Errors
/// When something was not measured at the revision.
pub fn baselines_since(input: SinceInput<'_>) -> Result<Baselines, UpdateError> {
    let SinceInput { run, then, now, policy } = input;
    let runs = std::slice::from_ref(run);
    // What was measured in part may not be mixed with numbers of another environment, which have nothing to say here either.
    let measured_in = |key: &BaselineKey| {
        let part = run
            .bench_targets
            .iter()
            .find(|part| *key == BaselineKey::new(&*run.target, &*part.package, &*part.bench_target));
        part.and_then(|part| part.environment.as_ref())
    };
    let is_of_another = |key: &BaselineKey, baseline: &Baseline| {
        measured_in(key).is_some_and(|environment| {
            let differences = baseline.environment.differences(environment);
            // Of single commands, an update makes the rest.
            let mut of_all = differences.iter().filter(|difference| difference.only.is_none());
            of_all.any(|difference| !policy.tolerated.contains(&difference.field))
        })
    };
    let committed: Baselines =
        then.iter().filter(|(key, baseline)| !is_of_another(key, baseline)).map(cloned).collect();
    let plan = plan_update(UpdateInput { runs, baselines: &committed, policy, all: false, prune: false })?;
    let mut brought_up = committed;
    plan.removals.iter().for_each(|key| drop(brought_up.remove(key)));
    brought_up.extend(plan.writes);
    for (key, now) in now {
        let then = then.get(key).filter(|then| then.environment.differences(&now.environment).is_empty());
        match (then, brought_up.get_mut(key)) {
            (Some(then), Some(updated)) => write_changes(then, now, updated),
            // Written anew since, or nothing that was measured.
            (None, _) => drop(brought_up.insert(key.clone(), now.clone())),
            (Some(_), None) => {}
        }
    }
    brought_up.retain(|key, _| now.contains_key(key) || !then.contains_key(key));
    Ok(brought_up)
}

fn cloned((key, baseline): (&BaselineKey, &Baseline)) -> (BaselineKey, Baseline) {
    (key.clone(), baseline.clone())
}

/// Writes into a baseline in what it differs from what it was.
fn write_changes(then: &Baseline, now: &Baseline, into: &mut Baseline) {
    for (name, metrics) in &now.benchmarks {
        let before = then.benchmarks.get(name);
        if before == Some(metrics) {
            continue;
        }
        let updated = into.benchmarks.get(name);
        let value = |(key, value): (MetricKey, &Observation)| {
            let is_written = before.and_then(|before| before.get(key)) != Some(value);
            let other = updated.and_then(|updated| updated.get(key)).filter(|_| !is_written);
            (key, other.unwrap_or(value).clone())
        };
        let merged: MetricMap = metrics.iter().map(value).collect();
        into.benchmarks.insert(name.clone(), merged);
        let command = now.environment.commands.get(name).cloned();
        into.environment.commands.extend(command.map(|command| (name.clone(), command)));
    }
    let stays = |name: &String| now.benchmarks.contains_key(name) || !then.benchmarks.contains_key(name);
    into.benchmarks.retain(|name, _| stays(name));
    into.environment.commands.retain(|name, _| stays(name));
}

#[cfg(test)]
mod tests {
    use memgate_protocol::Metric;

    use super::*;
    use crate::model::BenchmarkResult;
    use crate::samples::run_and_baselines;

    const ALLOCS: MetricKey = MetricKey::steady(Metric::Allocs);

    /// A run of one benchmark, and baselines of it, with a number of calls each.
    struct Case {
        run: Run,
        then: Baselines,
        now: Baselines,
    }

    fn with_allocs(metrics: &MetricMap, allocs: i64) -> MetricMap {
        let value = |(key, value): (MetricKey, &Observation)| {
            (key, if key == ALLOCS { Observation::Exact(allocs) } else { value.clone() })
        };
        metrics.iter().map(value).collect()
    }

    impl Case {
        fn new(run: i64, then: i64, now: i64) -> Self {
            let (mut of_run, mut baselines) = run_and_baselines();
            of_run.bench_targets.retain(|part| part.bench_target == "memory");
            of_run.bench_targets[0].results.retain(|name, _| name == "ok");
            of_run.bench_targets[0].declared.retain(|name| name == "ok");
            baselines.retain(|key, _| key.bench_target == "memory");
            baselines.values_mut().for_each(|baseline| baseline.benchmarks.retain(|name, _| name == "ok"));
            let measured = of_run.bench_targets.iter_mut().flat_map(|part| part.results.values_mut());
            for result in measured {
                if let BenchmarkResult::Measured(measurement) = result {
                    measurement.metrics = with_allocs(&measurement.metrics, run);
                }
            }
            let of = |allocs: i64| {
                let mut baselines = baselines.clone();
                let all = baselines.values_mut().flat_map(|baseline| baseline.benchmarks.values_mut());
                all.for_each(|metrics| *metrics = with_allocs(metrics, allocs));
                baselines
            };
            Self { run: of_run, then: of(then), now: of(now) }
        }

        fn since(&self) -> Baselines {
            let policy = &Policy::default();
            baselines_since(SinceInput { run: &self.run, then: &self.then, now: &self.now, policy }).unwrap()
        }

        /// The calls of what was measured.
        fn allocs(&self) -> Vec<i64> {
            let since = self.since();
            let found = since.values().filter_map(|baseline| baseline.benchmarks.get("ok"));
            found.filter_map(|metrics| Some(metrics.get(ALLOCS)?.median())).collect()
        }
    }

    #[test]
    fn what_the_revision_had_is_what_is_compared_with() {
        assert_eq!(Case::new(5, 3, 3).allocs(), [5]);
        // What had improved without an update may not rise to where it was.
        assert_eq!(Case::new(2, 3, 3).allocs(), [2]);
        assert_eq!(Case::new(3, 3, 3).allocs(), [3]);
    }

    #[test]
    fn what_was_written_since_holds() {
        assert_eq!(Case::new(3, 3, 7).allocs(), [7]);
        assert_eq!(Case::new(5, 3, 7).allocs(), [7]);
    }

    #[test]
    fn a_baseline_of_another_environment_is_measured_anew() {
        let mut case = Case::new(5, 3, 3);
        for baselines in [&mut case.then, &mut case.now] {
            baselines.values_mut().for_each(|baseline| baseline.environment.rustc = "1.0.0".into());
        }
        assert_eq!(case.allocs(), [5]);
        // Also where a part alone was measured.
        case.run.selection.filters.push("x".into());
        assert_eq!(case.allocs(), [5]);
    }

    #[test]
    fn what_is_gone_since_is_gone() {
        let mut case = Case::new(5, 3, 3);
        case.now.clear();
        assert_eq!(case.since(), Baselines::new());
        // And what has no baseline at either is new at the revision.
        case.then.clear();
        assert_eq!(case.allocs(), [5]);
    }
}
