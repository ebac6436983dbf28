//! Rules against rules, by what they mean for the benchmarks that there are: order, spelling and moved lines say nothing.

use std::collections::{BTreeMap, HashMap};

use crate::config::Config;
use crate::model::{BenchmarkId, MetricKey};
use crate::rules::{Limit, Policy, Rules, Waiver};
use crate::text::span;

/// Sentences on what the configuration of a change forbids less than that of the revision that it is based on, for the
/// benchmarks `ids`.
#[must_use]
pub fn loosened_rules<'a>(
    base: &Config,
    head: &Config,
    ids: impl IntoIterator<Item = &'a BenchmarkId>,
) -> Vec<String> {
    let mut changes: BTreeMap<String, Vec<&BenchmarkId>> = BTreeMap::new();
    for id in ids {
        for change in of_benchmark(&base.policy, &head.policy, id) {
            changes.entry(change).or_default().push(id);
        }
    }
    let sentences = changes.into_iter().map(|(change, ids)| match ids.as_slice() {
        [id] => format!("{change}, for `{id}`"),
        ids => format!("{change}, for {} benchmarks such as `{}`", ids.len(), ids[0]),
    });
    let mut sentences: Vec<String> = sentences.collect();
    sentences.extend(waivers(&base.policy.waivers, &head.policy.waivers));
    let (before, after) = (base.policy.exponent, head.policy.exponent);
    if after.is_looser_than(before) {
        sentences.push(format!("the limit of growth goes from `{before}` to `{after}`"));
    }
    for field in head.policy.tolerated.iter().filter(|field| !base.policy.tolerated.contains(field)) {
        sentences.push(format!("baselines are compared across another `{}` now", field.name()));
    }
    for package in head.excluded_packages.iter().filter(|package| !base.excluded_packages.contains(package)) {
        sentences.push(match package.split_once('/') {
            None => format!("the package `{package}` is not measured any more, unless -p asks for it"),
            Some(_) => {
                format!("the bench target `{package}` is not measured any more, unless --bench asks for it")
            }
        });
    }
    sentences
}

fn of_benchmark(base: &Policy, head: &Policy, id: &BenchmarkId) -> Vec<String> {
    let mut changes = Vec::new();
    let rules = |policy: &Policy| policy.rules_for(id, MetricKey::all().chain(MetricKey::KERNEL));
    for ((metric, before), (_, after)) in rules(base).into_iter().zip(rules(head)) {
        changes.extend(limit(metric, before, after));
        changes.extend(budget(metric, before, after));
    }
    let (before, after) = (base.time_limit(id), head.time_limit(id));
    if is_looser(before, after) {
        let shown =
            |limit: Option<Limit>| limit.map_or_else(|| "off".to_owned(), |limit| limit.shown_with(span));
        changes.push(format!("the limit of times goes from `{}` to `{}`", shown(before), shown(after)));
    }
    changes
}

fn is_looser(before: Option<Limit>, after: Option<Limit>) -> bool {
    match (before, after) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(before), Some(after)) => after.relative > before.relative || after.absolute > before.absolute,
    }
}

fn limit(metric: MetricKey, before: Rules, after: Rules) -> Option<String> {
    let shown =
        |rules: Rules| rules.limit.map_or_else(|| "off".to_owned(), |limit| limit.shown(metric.unit()));
    is_looser(before.limit, after.limit)
        .then(|| format!("the limit of `{metric}` goes from `{}` to `{}`", shown(before), shown(after)))
}

fn budget(metric: MetricKey, before: Rules, after: Rules) -> Option<String> {
    let human = |value| memgate_protocol::units::human(value, metric.unit());
    match (before.budget?, after.budget) {
        (before, None) => Some(format!("the budget of `{metric}`, `{}`, is gone", human(before))),
        (before, Some(after)) if after > before => {
            Some(format!("the budget of `{metric}` goes from `{}` to `{}`", human(before), human(after)))
        }
        _ => None,
    }
}

fn waivers(base: &[Waiver], head: &[Waiver]) -> Vec<String> {
    let mut sentences = Vec::new();
    let mut known: HashMap<(&str, MetricKey), Vec<&Waiver>> = HashMap::new();
    for waiver in base {
        known.entry((&waiver.benchmark, waiver.metric)).or_default().push(waiver);
    }
    for waiver in head {
        let Waiver { benchmark, metric, limit, reason, expires } = waiver;
        let before = known.get(&(benchmark.as_str(), *metric)).map_or(&[][..], Vec::as_slice);
        let is_known = !before.is_empty();
        let allows_as_much = |before: &&Waiver| {
            let lasts = before.expires.is_none_or(|old| expires.is_some_and(|new| new <= old));
            before.limit >= *limit && lasts
        };
        if before.iter().any(allows_as_much) {
            continue;
        }
        let what = if is_known { "a waiver that allows more" } else { "a new waiver" };
        let until = expires.map_or_else(|| "without an end".to_owned(), |day| format!("until {day}"));
        let limit = memgate_protocol::units::human(*limit, metric.unit());
        sentences.push(format!("{what}: `{metric}` of `{benchmark}` up to `{limit}`, {until}: {reason}"));
    }
    sentences
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse_config;

    fn loosened(base: &str, head: &str) -> Vec<String> {
        let ids = ["p/t/a", "p/t/b"].map(|id| id.parse().unwrap());
        loosened_rules(&parse_config(base).unwrap(), &parse_config(head).unwrap(), &ids)
    }

    #[test]
    fn what_forbids_less_is_said_and_what_forbids_more_is_not() {
        let strict =
            "[limits]\nallocs = {}\n[[benchmark]]\nmatch = \"p/t/a\"\nbudget = { peak_bytes = \"1 KiB\" }";
        let loose = "[limits]\nallocs = { absolute = 3 }\npeak_bytes = \"off\"\ntime = { relative = \"5%\" }\n\
                     [environment]\ntolerate = [\"rustc\"]\n[build]\nexclude = [\"q\"]";
        insta::assert_snapshot!(loosened(strict, loose).join("\n"), @r"
        the budget of `peak_bytes`, `1,024 B`, is gone, for `p/t/a`
        the limit of `allocs` goes from `any rise` to `> 3`, for 2 benchmarks such as `p/t/a`
        the limit of `peak_bytes` goes from `> 1 % and > 256 B` to `off`, for 2 benchmarks such as `p/t/a`
        baselines are compared across another `rustc` now
        the package `q` is not measured any more, unless -p asks for it
        ");
        assert_eq!(
            loosened(loose, strict),
            ["the limit of times goes from `> 5 %` to `off`, for 2 benchmarks such as `p/t/a`"]
        );
        assert_eq!(loosened(strict, strict), [] as [&str; 0]);
        assert_eq!(
            loosened("", "[limits]\nexponent = \"off\""),
            ["the limit of growth goes from `0.10` to `off`"]
        );
        assert_eq!(loosened("[limits]\nexponent = 0.2", ""), [] as [&str; 0]);
    }

    #[test]
    fn a_waiver_is_new_or_allows_more_or_longer() {
        let waiver = |limit: u32, expires: &str| {
            format!(
                "[[waiver]]\nbenchmark = \"p/*\"\nmetric = \"allocs\"\nlimit = {limit}\nreason = \"later\"\n{expires}"
            )
        };
        let until = |day: &str| format!("expires = \"{day}\"");
        let base = waiver(10, &until("2027-01-31"));
        assert_eq!(
            loosened("", &base),
            ["a new waiver: `allocs` of `p/*` up to `10`, until 2027-01-31: later"]
        );
        assert_eq!(
            loosened(&base, &waiver(11, &until("2027-01-31"))),
            ["a waiver that allows more: `allocs` of `p/*` up to `11`, until 2027-01-31: later"]
        );
        assert_eq!(
            loosened(&base, &waiver(10, "")),
            ["a waiver that allows more: `allocs` of `p/*` up to `10`, without an end: later"]
        );
        for same_or_less in [base.clone(), waiver(9, &until("2027-01-31")), waiver(10, &until("2026-01-31"))]
        {
            assert_eq!(loosened(&base, &same_or_less), [] as [&str; 0]);
        }
    }
}
