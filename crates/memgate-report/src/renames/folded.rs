//! Renames as people say them: a whole package or bench target at once.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{BenchmarkId, below_group, split_last_level};
use crate::report::{RenameEvidence, RenameReport, Report};

/// One rename, of however many benchmarks, on however many triples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoldedRename {
    /// The old name: of a package, a bench target, a group of benchmarks, or a benchmark.
    pub from: String,
    /// The new name.
    pub to: String,
    /// How many benchmarks it is about.
    pub benchmarks: usize,
    /// What they have in common, the weakest of all.
    pub by: RenameEvidence,
}

type Pair<'a> = (&'a BenchmarkId, &'a BenchmarkId);

/// The renames of a report, each said once. Where everything of a package, a bench target or a group of benchmarks (`sort/…`) has
/// gone the same way, that is one.
#[must_use]
pub fn folded_renames(report: &Report) -> Vec<FoldedRename> {
    if report.renames.is_empty() {
        return Vec::new();
    }
    folded(&report.renames, report.benchmarks.iter().map(|benchmark| &benchmark.id))
}

/// Renames, each said once, among all benchmarks that there are under the old names and the new ones.
#[must_use]
pub fn folded<'a>(
    renames: &[RenameReport],
    benchmarks: impl IntoIterator<Item = &'a BenchmarkId>,
) -> Vec<FoldedRename> {
    let mut pairs: BTreeMap<Pair<'_>, RenameEvidence> = BTreeMap::new();
    for rename in renames {
        if let Some(pair) = rename.pair() {
            let by = pairs.entry(pair).or_insert(rename.by);
            *by = rename.by.max(*by);
        }
    }
    let here: BTreeSet<String> = benchmarks.into_iter().map(ToString::to_string).collect();
    let mut folded = Vec::new();
    for fold in [package, bench_target, outermost_group, group] {
        let mut groups: BTreeMap<(String, String), Vec<Pair<'_>>> = BTreeMap::new();
        for (from, to) in pairs.keys() {
            if let Some(names) = fold(from, to) {
                groups.entry(names).or_default().push((*from, *to));
            }
        }
        for ((from, to), members) in groups {
            if !is_whole(&here, &from, &members) {
                continue;
            }
            let by = members.iter().filter_map(|pair| pairs.remove(pair)).max();
            folded.extend(by.map(|by| FoldedRename { from, to, benchmarks: members.len(), by }));
        }
    }
    folded.extend(pairs.into_iter().map(|((from, to), by)| FoldedRename {
        from: from.to_string(),
        to: to.to_string(),
        benchmarks: 1,
        by,
    }));
    folded
}

fn package(from: &BenchmarkId, to: &BenchmarkId) -> Option<(String, String)> {
    let is_it = from.package != to.package && from.bench_target == to.bench_target && from.name == to.name;
    is_it.then(|| (from.package.clone(), to.package.clone()))
}

fn bench_target(from: &BenchmarkId, to: &BenchmarkId) -> Option<(String, String)> {
    let place = |id: &BenchmarkId| format!("{}/{}", id.package, id.bench_target);
    let (old, new) = (place(from), place(to));
    (old != new && from.name == to.name).then_some((old, new))
}

/// `suite::sort::u8::10` and `suite::sort::u16::10` that are `suite::order::…` now.
fn outermost_group(from: &BenchmarkId, to: &BenchmarkId) -> Option<(String, String)> {
    let mut names = group_names(&from.name, &to.name)?;
    while let Some(outer) = group_names(names.0, names.1) {
        names = outer;
    }
    groups((from, names.0), (to, names.1))
}

/// `sort/10` and `sort/100` that are `order/10` and `order/100` now.
fn group(from: &BenchmarkId, to: &BenchmarkId) -> Option<(String, String)> {
    let (old, new) = group_names(&from.name, &to.name)?;
    groups((from, old), (to, new))
}

/// Two names without their last level, which is the same.
fn group_names<'a>(from: &'a str, to: &'a str) -> Option<(&'a str, &'a str)> {
    let ((old, old_separator, old_last), (new, separator, last)) =
        (split_last_level(from)?, split_last_level(to)?);
    ((old_separator, old_last) == (separator, last)).then_some((old, new))
}

fn groups(from: (&BenchmarkId, &str), to: (&BenchmarkId, &str)) -> Option<(String, String)> {
    let group = |(id, name): (&BenchmarkId, &str)| format!("{}/{}/{name}", id.package, id.bench_target);
    let (old, new) = (group(from), group(to));
    (old != new).then_some((old, new))
}

/// Whether a report has nothing of the old name but these. One that is called like the whole group is not in it.
fn is_whole(here: &BTreeSet<String>, from: &str, members: &[Pair<'_>]) -> bool {
    let with_it = here.range(from.to_owned()..).take_while(|id| id.starts_with(from));
    let below = with_it.filter(|id| below_group(id, from).is_some()).count();
    let is_one_alone = members.len() == 1 && from.matches('/').count() > 1;
    below == members.len() && !here.contains(from) && !is_one_alone
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::BenchmarkReport;
    use crate::samples::report;

    /// `old -> new (count)` of each, of a report with these pairs and these benchmarks besides.
    fn of(pairs: &[(&str, &str)], others: &[&str]) -> Vec<String> {
        let one = |target: &str, from: &str, to: &str, by| RenameReport {
            target: target.to_owned(),
            from: vec![from.parse().unwrap()],
            to: vec![to.parse().unwrap()],
            by,
        };
        let benchmark =
            |id: &&str| BenchmarkReport { id: id.parse().unwrap(), ..report().benchmarks[0].clone() };
        let ids = pairs.iter().flat_map(|(from, to)| [from, to]).chain(others);
        let both = |(from, to): &(&str, &str)| {
            [one("x86", from, to, RenameEvidence::Numbers), one("arm", from, to, RenameEvidence::Sites)]
        };
        let report = Report {
            benchmarks: ids.map(benchmark).collect(),
            renames: pairs.iter().flat_map(both).collect(),
            ..Report::default()
        };
        let folded = folded_renames(&report);
        assert!(folded.iter().all(|one| one.by == RenameEvidence::Sites));
        folded.iter().map(|one| format!("{} -> {} ({})", one.from, one.to, one.benchmarks)).collect()
    }

    #[test]
    fn what_has_gone_as_a_whole_is_one() {
        let pairs = [("p/t/a", "q/t/a"), ("p/t/b/1", "q/t/b/1"), ("p/u/c", "q/u/c")];
        assert_eq!(of(&pairs, &["q/u/d"]), ["p -> q (3)"]);
        assert_eq!(of(&pairs, &["p/u/d"]), ["p/t -> q/t (2)", "p/u/c -> q/u/c (1)"]);
        assert_eq!(of(&[("p/t/a", "p/heap/a")], &[]), ["p/t -> p/heap (1)"]);
        assert_eq!(of(&[("p/t/a", "p/heap/a")], &["p/t/b"]), ["p/t/a -> p/heap/a (1)"]);
    }

    #[test]
    fn a_group_is_one_when_nothing_of_it_stays() {
        let pairs = [("p/t/sort/10", "p/t/order/10"), ("p/t/sort/99", "p/t/order/99")];
        assert_eq!(of(&pairs, &["p/t/sorted"]), ["p/t/sort -> p/t/order (2)"]);
        assert_eq!(of(&pairs, &["p/t/sort/5"]).len(), 2);
        assert_eq!(of(&pairs, &["p/t/sort"]).len(), 2);
        assert_eq!(of(&pairs[..1], &[]), ["p/t/sort/10 -> p/t/order/10 (1)"]);
    }

    #[test]
    fn modules_and_generic_functions_are_groups_too() {
        let pairs = [
            ("p/t/t::m::sort::u8::10", "p/t/t::m::order::u8::10"),
            ("p/t/t::m::sort::u8::99", "p/t/t::m::order::u8::99"),
            ("p/t/t::m::sort::Vec<a::B>::10", "p/t/t::m::order::Vec<a::B>::10"),
        ];
        assert_eq!(of(&pairs, &["p/t/t::m::sorted"]), ["p/t/t::m::sort -> p/t/t::m::order (3)"]);
        let of_one_type = "p/t/t::m::sort::u8 -> p/t/t::m::order::u8 (2)";
        let alone = "p/t/t::m::sort::Vec<a::B>::10 -> p/t/t::m::order::Vec<a::B>::10 (1)";
        assert_eq!(of(&pairs, &["p/t/t::m::sort::u16::10"]), [of_one_type, alone]);
        let modules = [("p/t/t::old::a", "p/t/t::new::a"), ("p/t/t::old::b::1", "p/t/t::new::b::1")];
        assert_eq!(of(&modules, &[]), ["p/t/t::old -> p/t/t::new (2)"]);
    }
}
