//! What the rules say of a whole history.

use std::collections::BTreeMap;

use super::rules::{Alarm, Creep, CreepOutcome, CreepRule, Point, Statistic, WindowedRule, creep, windowed};
use super::{Acceptances, Series, SeriesKey, Timeline};
use crate::rules::{Limit, Relative};

/// The rules of a check, for every series.
#[derive(Clone, Debug, PartialEq)]
pub struct DriftRules {
    /// How many values before a streak are what was usual.
    pub window: usize,
    /// How many values in a row have to be too high.
    pub streak: usize,
    /// What the window is summed up by.
    pub statistic: Statistic,
    /// How many standard deviations are too much.
    pub factor: f64,
    /// The relative part of what is too little to speak of; none for the default.
    pub floor: Option<Relative>,
    /// The relative part of the budget for creep; none for the default.
    pub creep_budget: Option<Relative>,
    /// What creep is compared with.
    pub anchor: Anchor,
}

/// What creep is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The values at a commit.
    Position(usize),
    /// The values at a commit for each package, by name; those of the others as with [`Self::LastAcceptance`].
    Positions(BTreeMap<String, usize>),
    /// The values at the newest commit that changed the series' baseline, or else the oldest values.
    LastAcceptance,
}

/// Something to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drift {
    /// The series.
    pub key: SeriesKey,
    /// What is found.
    pub finding: Finding,
}

/// What a rule found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Several values in a row above what was usual; it stands.
    Rise(Alarm),
    /// Too far from the anchor.
    Creep(Creep),
}

/// What the rules say of a whole history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DriftReport {
    /// What is to be looked at, in the order of the series.
    pub findings: Vec<Drift>,
    /// How many series there are.
    pub series: usize,
    /// How many of them have too few values for the windowed rule: as yet, or since their newest acceptance.
    pub not_judged: usize,
    /// How many of them have too few values since what creep is compared with.
    pub not_anchored: usize,
    /// How many of them are no longer measured.
    pub gone: usize,
}

/// A benchmark that the newest records do not have is gone after so many.
const GONE_AFTER_RECORDS: usize = 20;

/// Holds every series against the rules.
#[must_use]
pub fn check_drift(timeline: &Timeline, acceptances: &Acceptances, rules: &DriftRules) -> DriftReport {
    let mut report = DriftReport { series: timeline.series.len(), ..DriftReport::default() };
    for (key, series) in &timeline.series {
        if is_gone(timeline, key, series) {
            report.gone += 1;
            continue;
        }
        let accepted = acceptances.of(key);
        let floor = Limit::floor_of(key.metric.metric);
        let rule = WindowedRule {
            window: rules.window,
            streak: rules.streak,
            statistic: rules.statistic,
            factor: rules.factor,
            ..WindowedRule::new(rules.floor.map_or(floor, |relative| Limit { relative, ..floor }))
        };
        let mut restarts = [accepted, &series.other_environments].concat();
        restarts.sort_unstable();
        let since_restart = restarts.last().copied().unwrap_or_default();
        let newest = series.points.iter().filter(|point| point.position >= since_restart);
        report.not_judged += usize::from(newest.count() < rule.minimum.min(rule.window) + rule.streak);
        let mut found: Vec<Finding> = windowed(&series.points, &restarts, &rule)
            .into_iter()
            .filter(|alarm| alarm.end.is_none())
            .map(Finding::Rise)
            .collect();
        match judge_creep(key, series, accepted, rules) {
            CreepOutcome::Beyond(crept) => found.push(Finding::Creep(crept)),
            CreepOutcome::NotJudged => report.not_anchored += 1,
            CreepOutcome::Within => {}
        }
        report.findings.extend(found.into_iter().map(|finding| Drift { key: key.clone(), finding }));
    }
    report
}

fn is_gone(timeline: &Timeline, key: &SeriesKey, series: &Series) -> bool {
    let recorded = timeline.recorded.get(&key.target).map_or(&[][..], Vec::as_slice);
    let newest = series.points.last().map_or(0, |point| point.position);
    recorded.iter().rev().take_while(|position| **position > newest).count() >= GONE_AFTER_RECORDS
}

/// Values of another environment can't be compared with each other: creep is judged from the newest environment's first value.
fn judge_creep(key: &SeriesKey, series: &Series, accepted: &[usize], rules: &DriftRules) -> CreepOutcome {
    let comparable_since = series.other_environments.last().copied().unwrap_or_default();
    let comparable = series.points.partition_point(|point| point.position < comparable_since);
    let points: &[Point] = series.points.get(comparable..).unwrap_or_default();
    let first = points.first().map_or(0, |point| point.position);
    let position = match &rules.anchor {
        Anchor::Position(position) => Some(position),
        Anchor::Positions(positions) => positions.get(&key.id.package),
        Anchor::LastAcceptance => None,
    };
    let anchor = position.or_else(|| accepted.last()).copied().unwrap_or_default();
    let mut rule = CreepRule { streak: rules.streak, ..CreepRule::default_of(key.metric.metric) };
    if let Some(relative) = rules.creep_budget {
        rule.budget.relative = relative;
    }
    creep(points, anchor.max(first), &rule)
}

#[cfg(test)]
mod tests {
    use memgate_protocol::Metric;

    use super::*;
    use crate::model::MetricKey;

    const RULES: DriftRules = DriftRules {
        window: 20,
        streak: 3,
        statistic: Statistic::Median,
        factor: 3.0,
        floor: None,
        creep_budget: None,
        anchor: Anchor::Position(0),
    };

    fn history(
        values: impl IntoIterator<Item = i64>,
        other_environments: Vec<usize>,
    ) -> (SeriesKey, Timeline) {
        let key = SeriesKey {
            id: "p/t/b".parse().unwrap(),
            target: "triple".to_owned(),
            metric: MetricKey::steady(Metric::PeakBytes),
        };
        let points: Vec<Point> =
            values.into_iter().enumerate().map(|(position, value)| Point { position, value }).collect();
        let mut timeline = Timeline::default();
        timeline.recorded.insert(key.target.clone(), (0..points.len()).collect());
        timeline.series.insert(key.clone(), Series { points, other_environments });
        (key, timeline)
    }

    fn kinds(report: &DriftReport) -> Vec<&'static str> {
        let kind = |drift: &Drift| match drift.finding {
            Finding::Rise(_) => "rise",
            Finding::Creep(_) => "creep",
        };
        report.findings.iter().map(kind).collect()
    }

    #[test]
    fn a_step_is_both_and_a_small_one_is_a_rise_alone() {
        let step = |by: i64| {
            history((0..60).map(move |at| if at < 40 { 100_000 } else { 100_000 + by }), Vec::new()).1
        };
        let none = Acceptances::default();
        assert_eq!(kinds(&check_drift(&step(20_000), &none, &RULES)), ["rise", "creep"]);
        assert_eq!(kinds(&check_drift(&step(2_000), &none, &RULES)), ["rise"]);
        let generous = DriftRules { floor: "50%".parse().ok(), creep_budget: "50%".parse().ok(), ..RULES };
        assert_eq!(kinds(&check_drift(&step(20_000), &none, &generous)), [""; 0]);
    }

    #[test]
    fn a_ramp_is_creep_alone_and_another_environment_begins_anew() {
        let ramp = || (0..200).map(|at| 100_000 + 50 * at);
        let none = Acceptances::default();
        assert_eq!(kinds(&check_drift(&history(ramp(), Vec::new()).1, &none, &RULES)), ["creep"]);
        assert_eq!(kinds(&check_drift(&history(ramp(), vec![120]).1, &none, &RULES)), [""; 0]);
        let accepted = DriftRules { anchor: Anchor::LastAcceptance, ..RULES };
        assert_eq!(kinds(&check_drift(&history(ramp(), Vec::new()).1, &none, &accepted)), ["creep"]);
    }

    #[test]
    fn what_is_no_longer_measured_is_not_red_for_ever() {
        let (key, mut timeline) =
            history((0..60).map(|at| if at < 40 { 100_000 } else { 120_000 }), Vec::new());
        timeline.recorded.get_mut(&key.target).unwrap().extend(60..79);
        assert_eq!(check_drift(&timeline, &Acceptances::default(), &RULES).gone, 0);
        timeline.recorded.get_mut(&key.target).unwrap().push(79);
        let report = check_drift(&timeline, &Acceptances::default(), &RULES);
        assert_eq!((report.gone, kinds(&report)), (1, vec![]));
    }
}
