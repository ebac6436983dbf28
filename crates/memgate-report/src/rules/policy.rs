//! The rules of a comparison, and which of them apply to one benchmark.

use std::collections::BTreeMap;

use super::glob_index::GlobIndex;
use super::{ExponentLimit, Limit, Relative, Waiver};
use crate::model::{BenchmarkId, EnvironmentField, MetricKey, Phase};

/// The rules of a comparison, as configured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// For every benchmark.
    pub limits: BTreeMap<MetricKey, LimitRule>,
    /// For the times of every benchmark, in picoseconds. Not gated unless it is said, since shared machines are noisy.
    pub time: Option<LimitRule>,
    /// How far the exponents of series may rise.
    pub exponent: ExponentLimit,
    /// For the benchmarks that match; a later rule wins over an earlier one.
    pub benchmarks: BenchmarkRules,
    /// Permissions to rise.
    pub waivers: Vec<Waiver>,
    /// In what environments may differ and still be compared.
    pub tolerated: Vec<EnvironmentField>,
}

/// What is configured of one limit; what is not keeps its default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitRule {
    /// The metric is not gated.
    Off,
    /// The metric is gated with these parts of its limit.
    Gated {
        /// As a part of base.
        relative: Option<Relative>,
        /// In the metric's unit.
        absolute: Option<i64>,
    },
}

/// Rules for the benchmarks whose ids match a glob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BenchmarkRule {
    /// A glob over ids, in which `*` crosses slashes.
    pub pattern: glob::Pattern,
    /// Limits by metric.
    pub limits: BTreeMap<MetricKey, LimitRule>,
    /// The limit of their times.
    pub time: Option<LimitRule>,
    /// Hard caps by metric.
    pub budgets: BTreeMap<MetricKey, i64>,
}

/// Rules for benchmarks, in their order, of which those for one id are found without trying all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BenchmarkRules {
    rules: Vec<BenchmarkRule>,
    index: GlobIndex,
}

impl BenchmarkRules {
    /// Adds a rule, which wins over those before it.
    pub fn push(&mut self, rule: BenchmarkRule) {
        self.index.push(rule.pattern.as_str());
        self.rules.push(rule);
    }

    /// The places of the rules that match an id.
    pub(crate) fn places<'a>(&'a self, id: &'a str) -> impl Iterator<Item = usize> + 'a {
        let candidates = self.index.candidates(id).into_iter();
        candidates.filter(move |place| self.rules.get(*place).is_some_and(|rule| rule.pattern.matches(id)))
    }

    /// The rules that match an id.
    fn matching<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a BenchmarkRule> + 'a {
        self.places(id).filter_map(|place| self.rules.get(place))
    }
}

impl std::ops::Deref for BenchmarkRules {
    type Target = [BenchmarkRule];

    fn deref(&self) -> &[BenchmarkRule] {
        &self.rules
    }
}

impl From<Vec<BenchmarkRule>> for BenchmarkRules {
    fn from(rules: Vec<BenchmarkRule>) -> Self {
        let index = rules.iter().map(|rule| rule.pattern.as_str()).collect();
        Self { rules, index }
    }
}

/// The rules for one metric of one benchmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// How far it may rise; none means that it is not gated.
    pub limit: Option<Limit>,
    /// What it may never exceed.
    pub budget: Option<i64>,
}

impl Policy {
    /// The rules for every metric of a benchmark, in the order of [`MetricKey::all`].
    #[must_use]
    pub fn rules(&self, id: &BenchmarkId) -> Vec<(MetricKey, Rules)> {
        self.rules_for(id, MetricKey::all())
    }

    /// The rules of a benchmark, or a command, for these metrics.
    #[must_use]
    pub fn rules_for(
        &self,
        id: &BenchmarkId,
        keys: impl Iterator<Item = MetricKey>,
    ) -> Vec<(MetricKey, Rules)> {
        let text = (!self.benchmarks.is_empty()).then(|| id.to_string());
        let matching: Vec<&BenchmarkRule> = match &text {
            Some(text) => self.benchmarks.matching(text).collect(),
            None => Vec::new(),
        };
        keys.map(|key| {
            let limit_rules = self.limits.get(&key).into_iter();
            let limit_rules = limit_rules.chain(matching.iter().filter_map(|rule| rule.limits.get(&key)));
            let limit =
                limit_rules.fold(default_limit(key), |limit, rule| apply(rule, limit, key.usual_limit()));
            let budget = matching.iter().filter_map(|rule| rule.budgets.get(&key)).next_back().copied();
            (key, Rules { limit, budget })
        })
        .collect()
    }
}

impl Policy {
    /// Whether the time of any benchmark may have a limit.
    #[must_use]
    pub fn limits_times(&self) -> bool {
        let rules = self.time.iter().chain(self.benchmarks.iter().filter_map(|rule| rule.time.as_ref()));
        rules.into_iter().any(|rule| *rule != LimitRule::Off)
    }

    /// How far the time of a benchmark may rise, in picoseconds; none means that it is not gated.
    #[must_use]
    pub fn time_limit(&self, id: &BenchmarkId) -> Option<Limit> {
        let text = id.to_string();
        let matching = self.benchmarks.matching(&text);
        let rules = self.time.iter().chain(matching.filter_map(|rule| rule.time.as_ref()));
        rules.fold(None, |limit, rule| apply(rule, limit, Limit::DEFAULT_TIME))
    }
}

/// Steady metrics are gated unless configured otherwise; cold ones and the kernel's only when configured.
fn default_limit(key: MetricKey) -> Option<Limit> {
    (key.phase == Phase::Steady).then(|| Limit::default_of(key.metric))
}

fn apply(rule: &LimitRule, limit: Option<Limit>, default: Limit) -> Option<Limit> {
    match rule {
        LimitRule::Off => None,
        LimitRule::Gated { relative, absolute } => {
            let before = limit.unwrap_or(default);
            Some(Limit {
                relative: relative.unwrap_or(before.relative),
                absolute: absolute.unwrap_or(before.absolute),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use memgate_protocol::Metric;

    use super::*;

    #[test]
    fn the_last_matching_rule_wins_and_keeps_what_it_does_not_say() {
        let allocs = MetricKey::steady(Metric::Allocs);
        let cold_peak = MetricKey::cold(Metric::PeakBytes);
        let rule = |pattern: &str, limit| BenchmarkRule {
            pattern: glob::Pattern::new(pattern).unwrap(),
            limits: BTreeMap::from([(allocs, limit)]),
            time: None,
            budgets: BTreeMap::from([(allocs, 10)]),
        };
        let policy = Policy {
            limits: BTreeMap::from([
                (allocs, LimitRule::Gated { relative: Some(Relative::percent(5)), absolute: None }),
                (cold_peak, LimitRule::Gated { relative: None, absolute: Some(1) }),
            ]),
            benchmarks: vec![
                rule("p/*", LimitRule::Gated { relative: None, absolute: Some(3) }),
                rule("p/t/off*", LimitRule::Off),
            ]
            .into(),
            ..Policy::default()
        };
        let rules = |id: &str, key| {
            policy.rules(&id.parse().unwrap()).into_iter().find(|(found, _)| *found == key).unwrap().1
        };
        let percent = Relative::percent(5);
        assert_eq!(rules("q/t/a", allocs).limit, Some(Limit { relative: percent, absolute: 0 }));
        assert_eq!(rules("q/t/a", allocs).budget, None);
        assert_eq!(rules("p/t/a/b", allocs).limit, Some(Limit { relative: percent, absolute: 3 }));
        assert_eq!(rules("p/t/a/b", allocs).budget, Some(10));
        assert_eq!(rules("p/t/off", allocs).limit, None);
        let cold = Limit { relative: Relative::percent(1), absolute: 1 };
        assert_eq!(rules("q/t/a", cold_peak).limit, Some(cold));
        assert_eq!(rules("q/t/a", MetricKey::cold(Metric::Allocs)).limit, None);
    }
}
