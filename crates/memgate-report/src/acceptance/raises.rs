//! Baselines against baselines.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::model::{BaselineKey, Baselines, BenchmarkId, MetricKey, Observation};
use crate::report::{Acceptance, DroppedBenchmark, Raise, is_raised};
use crate::rules::Policy;

/// Holds the committed baselines of a change against those of the revision that it is based on. Of metrics that `policy`
/// does not gate, nothing is said.
#[must_use]
pub fn accepted_changes(base: &Baselines, head: &Baselines, policy: &Policy) -> Acceptance {
    let mut acceptance = Acceptance::default();
    for (key, before) in base {
        let after = head.get(key);
        let mut gone: BTreeMap<MetricKey, Vec<BenchmarkId>> = BTreeMap::new();
        for (name, old) in &before.benchmarks {
            let id = BenchmarkId::new(&*key.package, &*key.bench_target, &**name);
            let Some(new) = after.and_then(|after| after.benchmarks.get(name)) else {
                acceptance.dropped.push(DroppedBenchmark { target: key.target.clone(), id });
                continue;
            };
            for (metric, rules) in policy.rules_for(&id, MetricKey::all_with(old)) {
                if rules.limit.is_none() && rules.budget.is_none() {
                    continue;
                }
                let Some(old) = old.get(metric) else { continue };
                let Some(new) = new.get(metric) else {
                    if rules.limit.is_some() {
                        gone.entry(metric).or_default().push(id.clone());
                    }
                    continue;
                };
                compare(&mut acceptance, &key.target, &id, metric, [old, new]);
            }
        }
        acceptance.notes.extend(gone.iter().filter_map(|(metric, ids)| gone_values(key, *metric, ids)));
        if let Some(after) = after {
            acceptance.notes.extend(other_environment(key, before, after));
        }
    }
    acceptance.added = added(base, head);
    sort(&mut acceptance);
    acceptance
}

/// Takes note of how one committed value changes.
pub(super) fn compare(
    acceptance: &mut Acceptance,
    target: &str,
    id: &BenchmarkId,
    metric: MetricKey,
    [old, new]: [&Observation; 2],
) {
    if is_raised(old, new) {
        let [base, head] = [old, new].map(Clone::clone);
        acceptance.raises.push(Raise { target: target.to_owned(), id: id.clone(), metric, base, head });
    } else if is_raised(new, old) {
        acceptance.lowered += 1;
    }
}

/// Brings the largest rise to the front.
pub(super) fn sort(acceptance: &mut Acceptance) {
    acceptance.raises.sort_by_key(|raise| Reverse(relative_rise(raise)));
}

/// The rise in millionths; from zero, more than any other.
fn relative_rise(raise: &Raise) -> i128 {
    let (base, head) = (i128::from(raise.base.median()), i128::from(raise.head.median()));
    if base == 0 { i128::MAX } else { (head - base) * 1_000_000 / base.abs() }
}

fn added(base: &Baselines, head: &Baselines) -> u64 {
    let is_new = |key: &BaselineKey, name: &str| {
        base.get(key).is_none_or(|before| !before.benchmarks.contains_key(name))
    };
    let new = head
        .iter()
        .flat_map(|(key, after)| after.benchmarks.keys().filter(move |name| is_new(key, name.as_str())));
    new.count().try_into().unwrap_or(u64::MAX)
}

/// A limit holds nothing where there is no committed value.
fn gone_values(key: &BaselineKey, metric: MetricKey, ids: &[BenchmarkId]) -> Option<String> {
    let (id, more) = (ids.first()?, ids.len() - 1);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Some(format!(
        "{metric} of {id}{more} on {} is not committed any more, so that its limit holds nothing",
        key.target
    ))
}

/// In another environment the same code has other numbers, so reviewers should know.
fn other_environment(
    key: &BaselineKey,
    before: &crate::model::Baseline,
    after: &crate::model::Baseline,
) -> Option<String> {
    let differences = before.environment.differences(&after.environment);
    if differences.is_empty() {
        return None;
    }
    let words: Vec<String> = differences.iter().map(ToString::to_string).collect();
    let BaselineKey { target, package, bench_target } = key;
    Some(format!(
        "{package}/{bench_target} on {target} was measured in another environment: {}",
        words.join("; ")
    ))
}

#[cfg(test)]
mod tests {
    use memgate_protocol::Metric;

    use super::*;
    use crate::samples::{TRIPLE, run_and_baselines};

    #[test]
    fn what_rises_is_shown_largest_first_and_what_is_gone_too() {
        let (_, base) = run_and_baselines();
        let mut head = base.clone();
        let key = head.keys().next().unwrap().clone();
        let metrics = |head: &mut Baselines, name: &str, metric, value| {
            let baseline = head.get_mut(&key).unwrap();
            baseline.benchmarks.get_mut(name).unwrap().insert(metric, Observation::Exact(value));
        };
        let (peak, allocs) = (MetricKey::steady(Metric::PeakBytes), MetricKey::steady(Metric::Allocs));
        metrics(&mut head, "ok", peak, 4_101);
        metrics(&mut head, "ok", allocs, 9);
        metrics(&mut head, "regressed", allocs, 240);
        metrics(&mut head, "ok", MetricKey::cold(Metric::Allocs), 1_000_000);
        head.get_mut(&key).unwrap().benchmarks.remove("missing");

        let found = accepted_changes(&base, &head, &Policy::default());
        let raises: Vec<String> =
            found.raises.iter().map(|raise| format!("{} {}", raise.id, raise.metric)).collect();
        assert_eq!(raises, ["parser/memory/regressed allocs", "parser/memory/ok peak_bytes"]);
        assert_eq!((found.lowered, found.added), (1, 0));
        let id = BenchmarkId::new("parser", "memory", "missing");
        assert_eq!(found.dropped, [DroppedBenchmark { target: TRIPLE.to_owned(), id }]);

        let back = accepted_changes(&head, &base, &Policy::default());
        assert_eq!((back.added, back.lowered, back.raises.len()), (1, 2, 1));
        assert!(!accepted_changes(&base, &base, &Policy::default()).asks());
    }

    #[test]
    fn a_value_that_is_gone_is_said_where_it_has_a_limit() {
        let (_, base) = run_and_baselines();
        let mut head = base.clone();
        let allocs = MetricKey::steady(Metric::Allocs);
        let benchmarks = head.values_mut().flat_map(|baseline| baseline.benchmarks.values_mut());
        for metrics in benchmarks {
            *metrics = metrics
                .iter()
                .filter(|(key, _)| *key != allocs)
                .map(|(key, value)| (key, value.clone()))
                .collect();
        }
        let found = accepted_changes(&base, &head, &Policy::default());
        let [note, _] = &found.notes[..] else { panic!("{:?}", found.notes) };
        assert!(note.starts_with("allocs of parser/memory/") && note.contains(" more on "), "{note}");
        let limits = [(allocs, crate::rules::LimitRule::Off)].into();
        let found = accepted_changes(&base, &head, &Policy { limits, ..Policy::default() });
        assert!(found.notes.is_empty(), "{:?}", found.notes);
    }

    #[test]
    fn another_environment_is_said() {
        let (_, base) = run_and_baselines();
        let mut head = base.clone();
        head.values_mut().next().unwrap().environment.rustc = "1.99.0".to_owned();
        let found = accepted_changes(&base, &head, &Policy::default());
        assert!(
            found.notes[0].contains("was measured in another environment: rustc was "),
            "{:?}",
            found.notes
        );
    }
}
