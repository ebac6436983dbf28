//! How often each rule finds what is there, how often it finds what is not, and how late.

use std::fmt::Write;
use std::num::NonZero;

use memgate_protocol::Metric;

use super::rules::{
    ChangePoint, ChangePointRule, CreepOutcome, CreepRule, Point, Statistic, WindowedRule, change_points,
    creep, windowed,
};
use super::{Random, Scenario};
use crate::rules::Limit;

/// A rule with its settings, as the table names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleName {
    /// The windowed rule over median and deviation from it.
    Median,
    /// The windowed rule over mean and standard deviation.
    Mean,
    /// Creep against the value at the change.
    Creep,
    /// Change points.
    ChangePoints,
}

impl RuleName {
    /// Every rule.
    pub const ALL: [Self; 4] = [Self::Median, Self::Mean, Self::Creep, Self::ChangePoints];

    /// The rule for people.
    #[must_use]
    pub fn shown(self) -> &'static str {
        match self {
            Self::Median => "window, median + 3 MAD",
            Self::Mean => "window, mean + 3 σ",
            Self::Creep => "creep, 5 % from anchor",
            Self::ChangePoints => "change points",
        }
    }

    /// The positions at which the rule noticed a rise, and where it says that the rise is.
    fn noticed(self, points: &[Point]) -> Vec<Noticed> {
        let floor = Limit::floor_of(Metric::PeakBytes);
        let windows = |statistic| {
            let alarms = windowed(points, &[], &WindowedRule { statistic, ..WindowedRule::new(floor) });
            alarms.iter().map(|alarm| Noticed { since: alarm.since, noticed: alarm.noticed }).collect()
        };
        match self {
            Self::Median => windows(Statistic::Median),
            Self::Mean => windows(Statistic::Mean),
            Self::Creep => creep_noticed(points),
            Self::ChangePoints => change_points_noticed(points, &ChangePointRule::new(floor)),
        }
    }
}

#[derive(Clone, Copy)]
struct Noticed {
    since: usize,
    noticed: usize,
}

/// Asked after each value, as it is in practice, and taken at its first word.
fn creep_noticed(points: &[Point]) -> Vec<Noticed> {
    let rule = CreepRule::default_of(Metric::PeakBytes);
    let outcomes = (1..=points.len()).filter_map(|length| {
        match creep(points.get(..length)?, Scenario::CHANGE - 1, &rule) {
            CreepOutcome::Beyond(found) => {
                Some(Noticed { since: found.since.position, noticed: found.noticed })
            }
            CreepOutcome::Within | CreepOutcome::NotJudged => None,
        }
    });
    outcomes.take(1).collect()
}

/// Over the whole series, as `show` has it; a rise was noticed with the first value after which it is found about there.
fn change_points_noticed(points: &[Point], rule: &ChangePointRule) -> Vec<Noticed> {
    let is_found_with = |place: usize, length: usize| {
        let known = change_points(points.get(..length).unwrap_or_default(), rule);
        known.iter().any(|change| change.is_rise() && change.position.abs_diff(place) <= SAME_PLACE)
    };
    let noticed = |change: &ChangePoint| {
        let first = points.partition_point(|point| point.position < change.position) + 1;
        let length = (first..=points.len()).find(|length| is_found_with(change.position, *length));
        let newest = points.get(length.unwrap_or(points.len()).saturating_sub(1));
        Noticed { since: change.position, noticed: newest.map_or(change.position, |point| point.position) }
    };
    change_points(points, rule).iter().map(noticed).collect()
}

/// Two places this near to each other are the same.
const SAME_PLACE: usize = 3;

/// How a rule does in a scenario.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    /// Of how many series, in per cent, the change was noticed; none when there is no change.
    pub found_percent: Option<f64>,
    /// Of how many series, in per cent, something was noticed before the change, or at all when there is none.
    pub false_alarm_percent: f64,
    /// How many commits after the change it was noticed, in the middle of all series; none when it never was.
    pub delay_commits: Option<usize>,
}

/// Measures a rule over many series of a scenario.
#[must_use]
pub fn measure_rates(rule: RuleName, scenario: Scenario, series: u32, seed: u64) -> Rates {
    let mut random = Random::new(seed);
    let (mut found, mut false_alarms) = (0, 0);
    let mut delays = Vec::new();
    for _ in 0..series {
        let noticed = rule.noticed(&scenario.series(&mut random));
        let is_true = |one: &&Noticed| scenario.has_change() && one.since + SAME_PLACE >= Scenario::CHANGE;
        if let Some(one) = noticed.iter().filter(is_true).map(|one| one.noticed).min() {
            found += 1;
            delays.push(one.saturating_sub(Scenario::CHANGE));
        }
        false_alarms += u32::from(noticed.iter().any(|one| !is_true(&one)));
    }
    delays.sort_unstable();
    let percent = |count: u32| 100.0 * f64::from(count) / f64::from(series.max(1));
    Rates {
        found_percent: scenario.has_change().then(|| percent(found)),
        false_alarm_percent: percent(false_alarms),
        delay_commits: delays.get(delays.len().saturating_sub(1) / 2).copied(),
    }
}

/// The rates of every rule in each `every`th scenario, from the first on, as a table in Markdown.
#[must_use]
pub fn rates_table(series: u32, seed: u64, every: NonZero<usize>) -> String {
    let mut table = String::from("| series |");
    for rule in RuleName::ALL {
        write!(table, " {} |", rule.shown()).unwrap_or_default();
    }
    table += "\n| --- |";
    table += &" --- |".repeat(RuleName::ALL.len());
    table.push('\n');
    for scenario in Scenario::ALL.into_iter().step_by(every.get()) {
        write!(table, "| {scenario} |").unwrap_or_default();
        for rule in RuleName::ALL {
            write!(table, " {} |", shown(measure_rates(rule, scenario, series, seed))).unwrap_or_default();
        }
        table.push('\n');
    }
    table
}

fn shown(rates: Rates) -> String {
    let Rates { found_percent, false_alarm_percent, delay_commits } = rates;
    let false_alarms = format!("{false_alarm_percent:.1} % false");
    match (found_percent, delay_commits) {
        (None, _) => false_alarms,
        (Some(found), Some(delay)) => format!("{found:.1} % found, after {delay}; {false_alarms}"),
        (Some(found), None) => format!("{found:.1} % found; {false_alarms}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERIES: u32 = 200;

    #[test]
    fn quiet_series_raise_no_alarm() {
        for rule in [RuleName::Median, RuleName::Mean, RuleName::Creep] {
            for scenario in [Scenario::Constant, Scenario::Sawtooth] {
                let rates = measure_rates(rule, scenario, SERIES, 1);
                assert_eq!(rates.false_alarm_percent, 0.0, "{rule:?}, {scenario}");
            }
        }
    }

    #[test]
    fn a_step_is_found_within_three_commits() {
        for rule in [RuleName::Median, RuleName::Mean, RuleName::Creep] {
            let rates = measure_rates(rule, Scenario::Step { percent: 10 }, SERIES, 1);
            assert!(rates.found_percent.is_some_and(|found| found > 98.0), "{rule:?}: {rates:?}");
            assert_eq!(rates.delay_commits, Some(2), "{rule:?}");
        }
    }

    #[test]
    fn only_creep_and_change_points_see_a_slow_ramp() {
        let found = |rule| measure_rates(rule, Scenario::Ramp { percent: 20 }, SERIES, 1).found_percent;
        assert!(found(RuleName::Creep) > Some(99.0), "{:?}", found(RuleName::Creep));
        assert!(found(RuleName::Mean) < Some(50.0), "{:?}", found(RuleName::Mean));
    }
}
