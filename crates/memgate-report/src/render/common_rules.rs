//! What most metrics were compared with, so that it is said once.

use std::collections::BTreeMap;

use super::shown;
use crate::model::MetricKey;
use crate::report::MetricReport;

/// The rule that most values of each metric are held to.
pub(super) struct CommonRules {
    rules: BTreeMap<MetricKey, String>,
}

impl CommonRules {
    pub(super) fn of<'a>(metrics: impl Iterator<Item = &'a MetricReport>) -> Self {
        let mut counts: BTreeMap<MetricKey, BTreeMap<String, usize>> = BTreeMap::new();
        for metric in metrics.filter(|metric| is_plain(metric)) {
            *counts.entry(metric.metric).or_default().entry(rule(metric)).or_default() += 1;
        }
        let most = |rules: BTreeMap<String, usize>| rules.into_iter().max_by_key(|(_, count)| *count);
        let rules = counts.into_iter().filter_map(|(key, rules)| Some((key, most(rules)?.0)));
        Self { rules: rules.collect() }
    }

    /// Whether a metric is held to the rule that most are held to, and to nothing else.
    pub(super) fn has(&self, metric: &MetricReport) -> bool {
        is_plain(metric) && self.rules.get(&metric.metric).is_some_and(|common| *common == rule(metric))
    }

    /// Such as `allocs and reallocs any rise`.
    pub(super) fn texts(&self) -> Vec<String> {
        let mut by_rule: Vec<(&str, Vec<String>)> = Vec::new();
        for (key, rule) in &self.rules {
            match by_rule.iter_mut().find(|(known, _)| known == rule) {
                Some((_, keys)) => keys.push(key.to_string()),
                None => by_rule.push((rule, vec![key.to_string()])),
            }
        }
        by_rule.iter().map(|(rule, keys)| format!("{} {rule}", listed(keys))).collect()
    }
}

fn listed(keys: &[String]) -> String {
    match keys {
        [first, second] => format!("{first} and {second}"),
        _ => keys.join(", "),
    }
}

/// Whether a metric is held to its limit and nothing else.
fn is_plain(metric: &MetricReport) -> bool {
    metric.waiver.is_none() && metric.budget.is_none() && metric.limit.is_some()
}

fn rule(metric: &MetricReport) -> String {
    metric.limit.map(|limit| limit.shown(metric.metric.unit())).unwrap_or_else(|| shown::rule(metric))
}
