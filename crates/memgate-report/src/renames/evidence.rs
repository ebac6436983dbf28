//! What is missing and what is new, and which of them have equal numbers.

use std::collections::{BTreeMap, HashSet};

use super::pairing::{Paired, paired};
use crate::model::{BenchmarkId, MetricKey, MetricMap, Observation};
use crate::report::{BenchmarkReport, MetricReport, RenameEvidence, RenameReport, Verdict};

/// The exact numbers of a benchmark; of a noisy metric only that it is one.
type Numbers = Vec<(MetricKey, Option<i64>)>;

/// Missing benchmarks, and new ones.
type OldAndNew<'a> = (Vec<&'a BenchmarkId>, Vec<&'a BenchmarkId>);

/// The missing benchmarks that look like new ones.
///
/// `by_sites` is what is known from call sites; of it remains what the numbers don't say already, and what still holds.
#[must_use]
pub fn renames(benchmarks: &[BenchmarkReport], by_sites: &[RenameReport]) -> Vec<RenameReport> {
    if benchmarks.iter().all(|benchmark| benchmark.verdict != Verdict::Missing) {
        return Vec::new();
    }
    let mut alike = Alike::default();
    for benchmark in benchmarks {
        let (is_missing, is_new) = (benchmark.verdict == Verdict::Missing, is_new(benchmark));
        // What the kernel says is no evidence: it is another each time.
        let limited =
            benchmark.metrics.iter().filter(|metric| metric.limit.is_some() && !metric.metric.is_kernels());
        let values = |value: fn(&MetricReport) -> Option<&Observation>| -> Numbers {
            limited.filter_map(|metric| Some((metric.metric, exact(value(metric)?)))).collect()
        };
        if is_missing {
            alike.add_old(&benchmark.target, &benchmark.id, values(|metric| metric.base.as_ref()));
        } else if is_new {
            alike.add_new(&benchmark.target, &benchmark.id, values(|metric| metric.head.as_ref()));
        }
    }
    let mut found = alike.renames();
    let here = |is_it: &dyn Fn(&BenchmarkReport) -> bool| -> HashSet<(&str, &BenchmarkId)> {
        let those = benchmarks.iter().filter(|benchmark| is_it(benchmark));
        those.map(|benchmark| (&*benchmark.target, &benchmark.id)).collect()
    };
    let mut missing = here(&|benchmark| benchmark.verdict == Verdict::Missing);
    let mut new = here(&is_new);
    for one in &found {
        for id in &one.from {
            missing.remove(&(&*one.target, id));
        }
        for id in &one.to {
            new.remove(&(&*one.target, id));
        }
    }
    let by_sites = by_sites.iter().filter(|one| one.by == RenameEvidence::Sites);
    let by_sites: Vec<&RenameReport> = by_sites
        .filter(|one| {
            let is_something = !one.from.is_empty() && !one.to.is_empty();
            // Nothing is two things.
            is_something
                && one.from.iter().all(|id| missing.remove(&(&*one.target, id)))
                && one.to.iter().all(|id| new.remove(&(&*one.target, id)))
        })
        .collect();
    found.extend(by_sites.into_iter().cloned());
    found.sort_by(|a, b| (&a.target, &a.from, &a.to).cmp(&(&b.target, &b.from, &b.to)));
    found
}

/// The missing and the new benchmarks of a triple that nothing pairs yet.
#[must_use]
pub fn unmatched<'a>(
    benchmarks: &'a [BenchmarkReport],
    renames: &[RenameReport],
    target: &str,
) -> OldAndNew<'a> {
    let of_target = renames.iter().filter(|rename| rename.target == target);
    let known: HashSet<&BenchmarkId> =
        of_target.flat_map(|rename| rename.from.iter().chain(&rename.to)).collect();
    let is_open = |benchmark: &&BenchmarkReport| benchmark.target == target && !known.contains(&benchmark.id);
    let open = || benchmarks.iter().filter(is_open);
    let missing = open().filter(|benchmark| benchmark.verdict == Verdict::Missing);
    let new = open().filter(|benchmark| is_new(benchmark));
    (missing.map(|benchmark| &benchmark.id).collect(), new.map(|benchmark| &benchmark.id).collect())
}

/// Whether a benchmark was measured and has no baseline. One that is above its budget already is new, too.
fn is_new(benchmark: &BenchmarkReport) -> bool {
    benchmark.processes > 0 && benchmark.metrics.iter().all(|metric| metric.base.is_none())
}

/// Adds what was found: each pair, and those of which nothing tells which is which, as long as they have something in common.
pub(super) fn add(
    found: &mut Vec<RenameReport>,
    target: &str,
    paired: Paired<'_>,
    by: RenameEvidence,
    is_telling: bool,
) {
    let one = |from: Vec<&BenchmarkId>, to: Vec<&BenchmarkId>| RenameReport {
        target: target.to_owned(),
        from: from.into_iter().cloned().collect(),
        to: to.into_iter().cloned().collect(),
        by,
    };
    found.extend(paired.pairs.into_iter().map(|(old, new)| one(vec![old], vec![new])));
    if is_telling && !paired.old.is_empty() && !paired.new.is_empty() {
        found.push(one(paired.old, paired.new));
    }
}

/// What an update drops and adds, and what of it looks like one: the triple, the benchmark and its numbers of each.
#[must_use]
pub fn renames_of_update<'a>(
    dropped: impl IntoIterator<Item = (&'a str, &'a BenchmarkId, &'a MetricMap)>,
    added: impl IntoIterator<Item = (&'a str, &'a BenchmarkId, &'a MetricMap)>,
) -> Vec<RenameReport> {
    let numbers =
        |metrics: &MetricMap| -> Numbers { metrics.iter().map(|(key, value)| (key, exact(value))).collect() };
    let mut alike = Alike::default();
    for (target, id, metrics) in dropped {
        alike.add_old(target, id, numbers(metrics));
    }
    for (target, id, metrics) in added {
        alike.add_new(target, id, numbers(metrics));
    }
    alike.renames()
}

/// Benchmarks by their triples and numbers.
#[derive(Default)]
struct Alike<'a>(BTreeMap<(&'a str, Numbers), OldAndNew<'a>>);

impl<'a> Alike<'a> {
    fn add_old(&mut self, target: &'a str, id: &'a BenchmarkId, numbers: Numbers) {
        self.0.entry((target, numbers)).or_default().0.push(id);
    }

    fn add_new(&mut self, target: &'a str, id: &'a BenchmarkId, numbers: Numbers) {
        self.0.entry((target, numbers)).or_default().1.push(id);
    }

    fn renames(self) -> Vec<RenameReport> {
        let mut found = Vec::new();
        for ((target, numbers), (old, new)) in self.0 {
            if old.is_empty() || new.is_empty() {
                continue;
            }
            let is_telling = numbers.iter().any(|(_, value)| value.is_some_and(|value| value != 0));
            add(&mut found, target, paired(old, new, is_telling), RenameEvidence::Numbers, is_telling);
        }
        found
    }
}

fn exact(value: &Observation) -> Option<i64> {
    match value {
        Observation::Exact(value) => Some(*value),
        Observation::Noisy(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::{ComparisonInput, compare};
    use crate::rules::Policy;
    use crate::samples::{baselines_of, measured, metrics, part, run_of, steady};

    fn found(base: &[(&str, MetricMap)], head: &[(&str, MetricMap)]) -> Vec<String> {
        let bases = base.iter().map(|(name, metrics)| ((*name).to_owned(), steady(metrics)));
        let heads: BTreeMap<_, _> =
            head.iter().map(|(name, metrics)| ((*name).to_owned(), measured(metrics.clone()))).collect();
        let report = compare(ComparisonInput {
            runs: &[run_of(vec![part("memory", heads)])],
            baselines: &baselines_of("memory", bases.collect()),
            policy: &Policy::default(),
            today: jiff::civil::date(2026, 7, 1),
            strict: false,
        });
        let joined =
            |ids: &[BenchmarkId]| ids.iter().map(|id| id.name.as_str()).collect::<Vec<_>>().join(" ");
        report.renames.iter().map(|one| format!("{} -> {}", joined(&one.from), joined(&one.to))).collect()
    }

    #[test]
    fn equal_numbers_are_one_benchmark_where_they_tell_something() {
        let (few, many, none) = (metrics(&[64], 2), metrics(&[4_096], 12), metrics(&[0], 0));
        assert_eq!(
            found(
                &[("a", few.clone()), ("b", many.clone()), ("stays", few.clone())],
                &[("c", many.clone()), ("stays", few.clone()), ("d/1", few.clone())]
            ),
            ["a -> d/1", "b -> c"]
        );
        assert_eq!(found(&[("a/1", none.clone())], &[("b", none)]), Vec::<String>::new());
        assert_eq!(found(&[("a", few.clone())], &[("b", many.clone())]), Vec::<String>::new());
        assert_eq!(
            found(&[("a", few.clone()), ("b", few.clone())], &[("c", few.clone()), ("d", few)]),
            ["a b -> c d"]
        );
    }

    #[test]
    fn noise_alone_is_no_likeness() {
        let noisy = metrics(&[64, 96], 2);
        assert_eq!(found(&[("a", noisy.clone())], &[("b", noisy)]), ["a -> b"]);
    }
}
