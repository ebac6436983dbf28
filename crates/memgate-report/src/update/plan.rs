//! Runs and baselines to changes.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{Change, ChangeKind};
use crate::compare::{Judgement, judge};
use crate::model::{
    Baseline, BaselineKey, Baselines, BenchTargetRun, BenchmarkId, BenchmarkResult, Differing, Environment,
    Measurement, MetricKey, MetricMap, Observation, Run,
};
use crate::report::Verdict;
use crate::rules::Policy;

/// What an update is made of.
#[derive(Clone, Copy, Debug)]
pub struct UpdateInput<'a> {
    /// What was measured, without failures.
    pub runs: &'a [Run],
    /// What is committed.
    pub baselines: &'a Baselines,
    /// The limits, within which the committed value stays.
    pub policy: &'a Policy,
    /// Whether to write every value as measured, within its limit or not.
    pub all: bool,
    /// Whether to drop, on every target, what the source no longer declares.
    pub prune: bool,
}

/// What an update would write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UpdatePlan {
    /// Baselines to write.
    pub writes: Baselines,
    /// Baselines to remove.
    pub removals: Vec<BaselineKey>,
    /// What changes in them.
    pub changes: Vec<Change>,
}

impl UpdatePlan {
    /// Whether it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty() && self.removals.is_empty()
    }
}

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UpdateError {
    /// Only a part of a bench target was measured, and in another environment than the rest.
    #[error(
        "the baseline of {package}/{bench_target} was measured in another environment ({difference}), so measuring a \
         part of it anew would mix the two; run `update` without filters"
    )]
    MixedEnvironments {
        /// The package.
        package: String,
        /// The bench target.
        bench_target: String,
        /// The first difference.
        difference: String,
    },
    /// Something was not measured.
    #[error("`{0}` was not measured ({1}), so no baseline is touched; fix it, or leave it out with --skip")]
    Failed(String, String),
    /// A whole bench target was not measured.
    #[error(
        "the bench target `{0}` could not be measured ({1}), so no baseline is touched; fix it, or name the others \
             with --bench"
    )]
    FailedTarget(String, String),
}

/// Plans an update.
///
/// What is new is added. A benchmark of which a value rose or fell by more than its limit is replaced with all its values, so that they
/// and its call sites are of one state of the code. One that stayed within its limits keeps the committed values, so that baselines do
/// not churn and slow creep adds up against one anchor. What the source no longer declares is dropped, but only where the whole bench
/// target was selected: a part never drops the rest.
///
/// # Errors
/// When something was not measured, or environments would be mixed.
pub fn plan_update(input: UpdateInput<'_>) -> Result<UpdatePlan, UpdateError> {
    let mut plan = UpdatePlan::default();
    for run in input.runs {
        for part in &run.bench_targets {
            let key = BaselineKey::new(&*run.target, &*part.package, &*part.bench_target);
            let before = plan.writes.get(&key).or_else(|| input.baselines.get(&key));
            if let Some(after) = updated(input, run, part, before)?
                && before != Some(&after)
            {
                plan.writes.insert(key, after);
            }
        }
    }
    remove_gone_targets(input, &mut plan);
    plan.writes.retain(|key, after| {
        // What is left without a benchmark is no baseline.
        let keep = !after.benchmarks.is_empty();
        if !keep && input.baselines.contains_key(key) {
            plan.removals.push(key.clone());
        }
        keep
    });
    plan.removals.sort();
    plan.removals.dedup();
    plan.changes = changes(input.baselines, &plan);
    Ok(plan)
}

/// The baseline of a bench target after a run of it or of a part of it; none when there is nothing to say.
fn updated(
    input: UpdateInput<'_>,
    run: &Run,
    part: &BenchTargetRun,
    before: Option<&Baseline>,
) -> Result<Option<Baseline>, UpdateError> {
    let environment = match (&part.failure, &part.environment) {
        (None, Some(environment)) => environment,
        (failure, _) => {
            let name = format!("{}/{}", part.package, part.bench_target);
            let why = failure.as_ref().map(|failure| failure.message.clone()).unwrap_or_default();
            return Err(UpdateError::FailedTarget(name, why));
        }
    };
    let measured = measurements(part)?;
    let is_whole = run.selection.is_whole_targets();
    let Some(before) = before else {
        let benchmarks = measured
            .iter()
            .map(|(name, measurement)| (name.to_string(), anchored(input, &part.id(name), measurement, None)))
            .collect();
        return Ok(Some(written_anew(environment, benchmarks)));
    };
    let deciding = deciding_difference(input.policy, &before.environment, environment);
    let declared: HashSet<&String> = part.declared.iter().collect();
    let is_declared = |name: &String| declared.contains(name);
    if let Some(difference) = deciding {
        let covers_all =
            before.benchmarks.keys().all(|name| measured.contains_key(name.as_str()) || !is_declared(name));
        if measured.is_empty() {
            return Ok(None);
        }
        if !is_whole && !covers_all {
            return Err(UpdateError::MixedEnvironments {
                package: part.package.clone(),
                bench_target: part.bench_target.clone(),
                difference,
            });
        }
        let benchmarks = measured
            .iter()
            .map(|(name, measurement)| (name.to_string(), anchored(input, &part.id(name), measurement, None)))
            .collect();
        return Ok(Some(written_anew(environment, benchmarks)));
    }
    let mut after = before.clone();
    if input.all && is_whole {
        let commands = std::mem::take(&mut after.environment.commands);
        after.environment = Environment { commands, ..environment.clone() };
    }
    if is_whole || input.prune {
        after.benchmarks.retain(|name, _| is_declared(name));
        after.environment.commands.retain(|name, _| is_declared(name));
    }
    let differences = before.environment.differences(environment);
    let others = differences.iter().filter(|difference| !input.policy.tolerated.contains(&difference.field));
    let others = Differing::of(others);
    for (name, measurement) in measured {
        // Of a command that is another one now, the old numbers say nothing.
        let old = before.benchmarks.get(name).filter(|_| !others.has(name));
        after.benchmarks.insert(name.to_owned(), anchored(input, &part.id(name), measurement, old));
        let is_new = old.is_none() || input.all;
        if let Some(command) = environment.commands.get(name).filter(|_| is_new) {
            after.environment.commands.insert(name.to_owned(), command.clone());
        }
    }
    Ok(Some(after))
}

/// A baseline of what was measured alone: what is declared besides has no numbers.
fn written_anew(environment: &Environment, benchmarks: BTreeMap<String, MetricMap>) -> Baseline {
    let mut environment = environment.clone();
    environment.commands.retain(|name, _| benchmarks.contains_key(name));
    Baseline { environment, benchmarks }
}

fn measurements(part: &BenchTargetRun) -> Result<BTreeMap<&str, &Measurement>, UpdateError> {
    let measurement = |(name, result): (&'_ String, &'_ BenchmarkResult)| match result {
        BenchmarkResult::Measured(_) => Ok(()),
        BenchmarkResult::Failed(failure) => {
            Err(UpdateError::Failed(part.id(name).to_string(), failure.message.clone()))
        }
    };
    part.results.iter().try_for_each(measurement)?;
    let measured = part.results.iter().filter_map(|(name, result)| match result {
        BenchmarkResult::Measured(measurement) => Some((name.as_str(), measurement)),
        BenchmarkResult::Failed(_) => None,
    });
    Ok(measured.collect())
}

/// The values to commit for a benchmark: of its gated metrics the old ones where all of them are within their limits, else the new
/// ones, all of them.
///
/// Rejected: new ones only of the metrics that are not. Their call sites are recorded anew, and add up to what was measured now in
/// every metric; values of two states of the code have none that do.
fn anchored(
    input: UpdateInput<'_>,
    id: &BenchmarkId,
    measurement: &Measurement,
    old: Option<&MetricMap>,
) -> MetricMap {
    let rules = input.policy.rules_for(id, MetricKey::all_with(&measurement.metrics));
    let gated = rules.into_iter().filter_map(|(key, rules)| {
        let (limit, head) = (rules.limit?, measurement.metrics.get(key)?);
        let keeps = |base: &&Observation| {
            let judgement = Judgement { base: Some(*base), head, limit, budget: None, waived_up_to: None };
            match judge(judgement) {
                Verdict::Ok => true,
                // Inconclusive between two spreads; but what was exact has changed its kind.
                Verdict::Noisy => !base.is_exact() || key.is_kernels(),
                _ => false,
            }
        };
        let kept = old.and_then(|old| old.get(key)).filter(|_| !input.all).filter(keeps);
        Some((key, head, kept))
    });
    let gated: Vec<(MetricKey, &Observation, Option<&Observation>)> = gated.collect();
    let keeps_all = gated.iter().all(|(.., kept)| kept.is_some());
    let value = |(key, head, kept): (MetricKey, &Observation, Option<&Observation>)| {
        (key, kept.filter(|_| keeps_all).unwrap_or(head).clone())
    };
    gated.into_iter().map(value).collect()
}

fn deciding_difference(policy: &Policy, base: &Environment, head: &Environment) -> Option<String> {
    let of_all = base.differences(head).into_iter().filter(|difference| difference.only.is_none());
    let mut deciding = of_all.filter(|difference| !policy.tolerated.contains(&difference.field));
    deciding.next().map(|difference| difference.to_string())
}

/// Bench targets that the source no longer has: on the triples that were measured when everything was selected, and
/// with `prune` on all. One that was only left out for its features is still there.
fn remove_gone_targets(input: UpdateInput<'_>, plan: &mut UpdatePlan) {
    let everything: Vec<&Run> = input.runs.iter().filter(|run| run.selection.is_everything()).collect();
    let declares = |run: &Run, key: &BaselineKey| {
        let is_built =
            |part: &BenchTargetRun| part.package == key.package && part.bench_target == key.bench_target;
        let is_left_out = run
            .left_out
            .iter()
            .any(|left| left.package == key.package && left.bench_target == key.bench_target);
        run.bench_targets.iter().any(is_built) || is_left_out
    };
    for (key, baseline) in input.baselines {
        let judges: Vec<&&Run> =
            everything.iter().filter(|run| run.target == key.target || input.prune).collect();
        if !judges.is_empty() && !judges.iter().any(|run| declares(run, key)) {
            plan.removals.push(key.clone());
            continue;
        }
        if input.prune && !input.runs.iter().any(|run| run.target == key.target) {
            let parts = input.runs.iter().flat_map(|run| &run.bench_targets);
            let same =
                parts.filter(|part| part.package == key.package && part.bench_target == key.bench_target);
            let declared: BTreeSet<&String> = same.flat_map(|part| &part.declared).collect();
            if !declared.is_empty() && baseline.benchmarks.keys().any(|name| !declared.contains(name)) {
                let mut after = baseline.clone();
                after.benchmarks.retain(|name, _| declared.contains(name));
                after.environment.commands.retain(|name, _| declared.contains(name));
                plan.writes.insert(key.clone(), after);
            }
        }
    }
}

fn changes(baselines: &Baselines, plan: &UpdatePlan) -> Vec<Change> {
    let empty = BTreeMap::new();
    let mut changes = Vec::new();
    let mut add = |key: &BaselineKey, name: &String, kind: ChangeKind| {
        let id = BenchmarkId::new(&*key.package, &*key.bench_target, &**name);
        changes.push(Change { target: key.target.clone(), id, kind });
    };
    for (key, after) in &plan.writes {
        let before = baselines.get(key).map_or(&empty, |baseline| &baseline.benchmarks);
        for (name, new) in &after.benchmarks {
            match before.get(name) {
                None => add(key, name, ChangeKind::Added),
                Some(old) => {
                    if let Some(kind) = ChangeKind::between(old, new) {
                        add(key, name, kind);
                    }
                }
            }
        }
        for name in before.keys().filter(|name| !after.benchmarks.contains_key(*name)) {
            add(key, name, ChangeKind::Removed);
        }
    }
    for key in &plan.removals {
        for name in baselines.get(key).map_or(&empty, |baseline| &baseline.benchmarks).keys() {
            add(key, name, ChangeKind::Removed);
        }
    }
    changes
}
