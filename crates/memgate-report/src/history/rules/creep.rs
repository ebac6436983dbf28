//! The rule for creep: how far a metric is from an anchor, however slowly it got there.

use super::Point;
use crate::rules::{Limit, Relative};
use memgate_protocol::{Metric, Unit};

/// The settings of the rule for creep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreepRule {
    /// How far the metric may be above the anchor.
    pub budget: Limit,
    /// How many of the newest values have to be beyond it.
    pub streak: usize,
}

impl CreepRule {
    /// The rule with its usual settings: the three newest values more than 5 % above the anchor, and more than 1 KiB where the
    /// metric counts bytes.
    #[must_use]
    pub fn default_of(metric: Metric) -> Self {
        let absolute = match metric.unit() {
            Unit::Bytes => 1_024,
            Unit::Count => 0,
        };
        Self { budget: Limit { relative: Relative::percent(5), absolute }, streak: 3 }
    }
}

/// What the rule for creep says of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreepOutcome {
    /// There are too few values after the anchor, or none at it or before it.
    NotJudged,
    /// The newest values are within the budget.
    Within,
    /// They are beyond it.
    Beyond(Creep),
}

/// A metric that has crept beyond its budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Creep {
    /// What the series is compared with.
    pub anchor: Point,
    /// The first of the newest values that are all beyond the budget.
    pub since: Point,
    /// The position of the value with which there were enough of them.
    pub noticed: usize,
    /// The newest value.
    pub newest: Point,
}

/// Whether a series has crept away from an anchor: from the newest value at `anchor` or before it.
///
/// The anchor is one value that does not move. A window that follows the series is blind here: under steady creep, the newest
/// value lies as many deviations above the window as it does at any slope.
#[must_use]
pub fn creep(points: &[Point], anchor: usize, rule: &CreepRule) -> CreepOutcome {
    let after = points.partition_point(|point| point.position <= anchor);
    let (before, after) = points.split_at(after);
    let Some(anchor) = before.last().copied() else { return CreepOutcome::NotJudged };
    let streak = rule.streak.max(1);
    if after.len() < streak {
        return CreepOutcome::NotJudged;
    }
    let is_beyond = |point: &&Point| rule.budget.is_exceeded(anchor.value, point.value);
    let beyond = after.iter().rev().take_while(is_beyond).count();
    let standing = after.get(after.len() - beyond..).unwrap_or_default();
    match (standing.first(), standing.get(streak - 1), standing.last()) {
        (Some(since), Some(noticed), Some(newest)) => {
            CreepOutcome::Beyond(Creep { anchor, since: *since, noticed: noticed.position, newest: *newest })
        }
        _ => CreepOutcome::Within,
    }
}

#[cfg(test)]
mod tests {
    use super::super::point::series;
    use super::*;

    fn rule() -> CreepRule {
        CreepRule::default_of(Metric::PeakBytes)
    }

    #[test]
    fn a_slow_ramp_is_noticed_once_three_values_are_beyond_the_budget() {
        let ramp = series((0..100).map(|at| 100_000 + 100 * at));
        let CreepOutcome::Beyond(found) = creep(&ramp, 10, &rule()) else { panic!("not noticed") };
        // 101,000 and 5 % are 106,050, which the value at 61 is the first to exceed.
        assert_eq!(found.anchor, Point { position: 10, value: 101_000 });
        assert_eq!((found.since.position, found.noticed, found.newest.position), (61, 63, 99));
        assert_eq!(creep(&ramp[..63], 10, &rule()), CreepOutcome::Within);
    }

    #[test]
    fn a_spike_at_the_end_and_what_came_back_are_no_creep() {
        let mut values = vec![100_000; 40];
        values[38..].fill(200_000);
        assert_eq!(creep(&series(values.clone()), 5, &rule()), CreepOutcome::Within);
        values[20..30].fill(200_000);
        values[38..].fill(100_000);
        assert_eq!(creep(&series(values), 5, &rule()), CreepOutcome::Within);
    }

    #[test]
    fn a_gap_at_the_anchor_falls_back_on_the_value_before_it() {
        let mut points = series((0..40).map(|at| if at < 20 { 100_000 } else { 120_000 }));
        points.retain(|point| !(15..=22).contains(&point.position));
        let CreepOutcome::Beyond(found) = creep(&points, 18, &rule()) else { panic!("not noticed") };
        assert_eq!((found.anchor.position, found.since.position, found.noticed), (14, 23, 25));
    }

    #[test]
    fn too_little_is_not_judged_and_small_things_may_grow() {
        let points = series([1_000, 1_500, 1_500, 1_500]);
        assert_eq!(creep(&points[1..], 0, &rule()), CreepOutcome::NotJudged, "nothing is at the anchor");
        assert_eq!(creep(&points[..3], 0, &rule()), CreepOutcome::NotJudged, "two values after it");
        assert_eq!(creep(&points, 0, &rule()), CreepOutcome::Within, "500 B are below the absolute part");
        assert_eq!(creep(&[], 0, &rule()), CreepOutcome::NotJudged);
        let leak = series([0, 2_048, 2_048, 2_048]);
        assert!(matches!(creep(&leak, 0, &rule()), CreepOutcome::Beyond(_)));
    }
}
