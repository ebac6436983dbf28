//! The windowed rule: several values in a row that lie above what was usual before them.

use std::collections::VecDeque;

use super::spread::{Spread, median, spread};
use super::{Point, Statistic};
use crate::rules::Limit;

/// The settings of the windowed rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WindowedRule {
    /// How many values before the streak are what was usual.
    pub window: usize,
    /// With fewer values than this, nothing is usual yet.
    pub minimum: usize,
    /// How many values in a row have to be too high.
    pub streak: usize,
    /// What the window is summed up by.
    pub statistic: Statistic,
    /// How many standard deviations above the middle is too high.
    pub factor: f64,
    /// What is too little to speak of, whatever the spread is.
    pub floor: Limit,
}

impl WindowedRule {
    /// With fewer values before it, nothing is judged.
    pub const MINIMUM: usize = 10;

    /// The rule with its usual settings: three in a row, more than three deviations above the median of twenty.
    #[must_use]
    pub const fn new(floor: Limit) -> Self {
        Self {
            window: 20,
            minimum: Self::MINIMUM,
            streak: 3,
            statistic: Statistic::Median,
            factor: 3.0,
            floor,
        }
    }
}

/// A rise that the windowed rule noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// The position of the first value of the streak: about where the rise is.
    pub since: usize,
    /// The position of the value with which the streak was long enough.
    pub noticed: usize,
    /// The middle of the window before the streak.
    pub before: i64,
    /// The median of the streak.
    pub after: i64,
    /// What ended it; none while it stands.
    pub end: Option<End>,
}

/// What ends an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The numbers were accepted, or begin anew in another environment, from this position on.
    Restarted(usize),
    /// As many values in a row as it took to raise the alarm were usual again, from this position on.
    Fixed(usize),
}

/// Every rise in a series, oldest first.
///
/// The window ends before the streak begins: if the streak were part of it, its first value would raise the threshold for the
/// others. An alarm is latched: the values after it become no window of their own, or it would go out by itself as soon as the
/// window has filled with them. It ends when the rise is accepted or undone. Several low values in a row begin a new window, so
/// that what was gained is not silently lost again.
///
/// `restarts` are the positions, in rising order, from which on the numbers are accepted or not comparable with those before.
#[must_use]
pub fn windowed(points: &[Point], restarts: &[usize], rule: &WindowedRule) -> Vec<Alarm> {
    let mut watch =
        Watch { rule, window: VecDeque::new(), streak: Vec::new(), side: Side::Usual, frozen: None };
    let mut alarms: Vec<Alarm> = Vec::new();
    let mut restarts = restarts.iter().copied().peekable();
    let mut restarted_at = 0;
    for (index, point) in points.iter().enumerate() {
        let mut restart = None;
        while let Some(position) = restarts.next_if(|position| *position <= point.position) {
            restart = Some(position);
        }
        if let Some(position) = restart {
            if watch.frozen.is_some() {
                end_last(&mut alarms, End::Restarted(position));
            }
            watch.begin_anew([]);
            restarted_at = index;
        }
        let known = alarms.len();
        watch.see(*point, &mut alarms);
        if let (Some(alarm), Some(frozen)) = (alarms.get_mut(known), watch.frozen) {
            alarm.since =
                beginning(points.get(restarted_at..=index).unwrap_or_default(), frozen, &watch, alarm.since);
        }
    }
    alarms
}

/// Where a rise began that was noticed in the streak from `since` on: with the values before it that were as high, and could not
/// be judged when they came because too little was known, or since others came between them.
fn beginning(points: &[Point], frozen: Spread, watch: &Watch<'_>, since: usize) -> usize {
    let before = points.iter().rev().filter(|point| point.position <= since);
    let high = before.take_while(|point| watch.side_of(point.value, frozen) == Side::High);
    high.last().map_or(since, |point| point.position)
}

/// On which side of the window a value lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Usual,
    High,
    Low,
}

struct Watch<'a> {
    rule: &'a WindowedRule,
    window: VecDeque<i64>,
    /// The values in a row that lie on one side, or, while an alarm stands, that are usual again.
    streak: Vec<Point>,
    side: Side,
    /// The window that the standing alarm was raised against.
    frozen: Option<Spread>,
}

impl Watch<'_> {
    fn see(&mut self, point: Point, alarms: &mut Vec<Alarm>) {
        if let Some(frozen) = self.frozen {
            self.see_while_latched(point, frozen, alarms);
            return;
        }
        let usual = self.usual();
        let side = usual.map_or(Side::Usual, |usual| self.side_of(point.value, usual));
        if side != self.side {
            self.absorb();
            self.side = side;
        }
        self.streak.push(point);
        if side == Side::Usual {
            self.absorb();
        } else if self.streak.len() >= self.rule.streak.max(1) {
            let values: Vec<i64> = self.streak.iter().map(|point| point.value).collect();
            match (side, usual, self.streak.first()) {
                (Side::High, Some(usual), Some(first)) => {
                    let after = median(values).unwrap_or(point.value);
                    let since = first.position;
                    alarms.push(Alarm {
                        since,
                        noticed: point.position,
                        before: usual.center,
                        after,
                        end: None,
                    });
                    self.frozen = Some(usual);
                    self.streak.clear();
                }
                _ => self.begin_anew(values),
            }
        }
    }

    fn see_while_latched(&mut self, point: Point, frozen: Spread, alarms: &mut [Alarm]) {
        if self.side_of(point.value, frozen) == Side::High {
            self.streak.clear();
            return;
        }
        self.streak.push(point);
        if self.streak.len() >= self.rule.streak.max(1) {
            let from = self.streak.first().map_or(point.position, |first| first.position);
            end_last(alarms, End::Fixed(from));
            self.frozen = None;
            self.side = Side::Usual;
            self.absorb();
        }
    }

    fn usual(&self) -> Option<Spread> {
        if self.window.len() < self.rule.minimum.max(1) {
            return None;
        }
        let values: Vec<i64> = self.window.iter().copied().collect();
        spread(&values, self.rule.statistic)
    }

    fn side_of(&self, value: i64, usual: Spread) -> Side {
        let distance = value as f64 - usual.center as f64;
        let far = self.rule.factor * usual.deviation;
        if distance > far && self.rule.floor.is_exceeded(usual.center, value) {
            Side::High
        } else if distance < -far && self.rule.floor.is_undercut(usual.center, value) {
            Side::Low
        } else {
            Side::Usual
        }
    }

    /// Makes the streak, which led to nothing, a part of what is usual. Also what was too high: leaving it out would make the
    /// spread of a noisy series look smaller than it is.
    fn absorb(&mut self) {
        self.window.extend(self.streak.drain(..).map(|point| point.value));
        while self.window.len() > self.rule.window.max(1) {
            self.window.pop_front();
        }
    }

    fn begin_anew(&mut self, values: impl IntoIterator<Item = i64>) {
        self.window = values.into_iter().collect();
        self.streak.clear();
        self.side = Side::Usual;
        self.frozen = None;
    }
}

fn end_last(alarms: &mut [Alarm], end: End) {
    if let Some(last) = alarms.last_mut() {
        last.end = Some(end);
    }
}

#[cfg(test)]
mod tests {
    use super::super::point::series;
    use super::*;
    use crate::rules::Relative;

    const RULE: WindowedRule = WindowedRule::new(Limit::DEFAULT_BYTES);
    const MEAN: WindowedRule = WindowedRule { statistic: Statistic::Mean, ..RULE };

    fn step(before: usize, after: usize) -> Vec<Point> {
        series(std::iter::repeat_n(100_000, before).chain(std::iter::repeat_n(120_000, after)))
    }

    #[test]
    fn a_step_is_noticed_with_the_third_value_and_stays_noticed() {
        for rule in [RULE, MEAN] {
            for after in [3, 10, 200] {
                let expected = Alarm { since: 30, noticed: 32, before: 100_000, after: 120_000, end: None };
                assert_eq!(windowed(&step(30, after), &[], &rule), [expected], "{after} after it");
            }
            assert_eq!(windowed(&step(30, 2), &[], &rule), []);
        }
    }

    #[test]
    fn a_rise_before_there_were_enough_values_begins_where_it_began() {
        let alarms = windowed(&step(7, 9), &[], &RULE);
        assert_eq!(
            alarms.iter().map(|alarm| (alarm.since, alarm.before)).collect::<Vec<_>>(),
            [(7, 100_000)]
        );
        // What was accepted in between is none of it.
        assert_eq!(windowed(&step(7, 30), &[9], &RULE), []);
    }

    #[test]
    fn a_streak_does_not_raise_its_own_threshold() {
        // With the first two in the window of ten, mean + 2σ would be above the third: 104,000 + 2 × 8,433.
        let rule = WindowedRule { window: 10, factor: 2.0, ..MEAN };
        assert_eq!(windowed(&step(10, 3), &[], &rule).len(), 1);
    }

    #[test]
    fn a_spike_and_a_sawtooth_are_no_rise() {
        for rule in [RULE, MEAN] {
            let spike = series((0..60).map(|at| if (30..32).contains(&at) { 500_000 } else { 100_000 }));
            assert_eq!(windowed(&spike, &[], &rule), []);
            let sawtooth = series((0..120).map(|at| 100_000 + 2_000 * (at % 6)));
            assert_eq!(windowed(&sawtooth, &[], &rule), []);
        }
    }

    #[test]
    fn without_spread_the_floor_decides() {
        let rise = |by: i64| series((0..40).map(move |at| if at < 20 { 100_000 } else { 100_000 + by }));
        assert_eq!(windowed(&rise(1_000), &[], &RULE), [], "1 % is not more than 1 %");
        assert_eq!(windowed(&rise(1_001), &[], &RULE).len(), 1);
        let tiny = series((0..40).map(|at| if at < 20 { 100 } else { 356 }));
        assert_eq!(windowed(&tiny, &[], &RULE), [], "256 B are not more than 256 B");
        let from_nothing = series((0..40).map(|at| i64::from(at >= 20)));
        let counts = WindowedRule::new(Limit { relative: Relative::percent(1), absolute: 0 });
        assert_eq!(windowed(&from_nothing, &[], &counts).len(), 1);
    }

    #[test]
    fn an_acceptance_ends_the_alarm_and_begins_anew() {
        let points = step(30, 40);
        let alarms = windowed(&points, &[50], &RULE);
        assert_eq!(alarms.len(), 1);
        assert_eq!(alarms[0].end, Some(End::Restarted(50)));
        assert_eq!(windowed(&points, &[30], &RULE), [], "accepted with the step itself");
        // A second step after the acceptance is a second alarm.
        let two = series((0..90).map(|at| [100_000, 120_000, 150_000][at / 30]));
        let alarms = windowed(&two, &[40], &RULE);
        assert_eq!(alarms.iter().map(|alarm| alarm.since).collect::<Vec<_>>(), [30, 60]);
        assert_eq!(alarms[1].end, None);
    }

    #[test]
    fn an_acceptance_between_two_values_counts() {
        let mut points = step(30, 40);
        points.retain(|point| !(45..=55).contains(&point.position));
        assert_eq!(windowed(&points, &[47, 52], &RULE)[0].end, Some(End::Restarted(52)));
    }

    #[test]
    fn what_is_undone_is_fixed_and_one_good_value_is_not_enough() {
        let undone =
            series((0..60).map(|at| if (20..40).contains(&at) && at != 30 { 120_000 } else { 100_000 }));
        let alarms = windowed(&undone, &[], &RULE);
        assert_eq!(alarms.len(), 1, "{alarms:?}");
        assert_eq!(alarms[0].end, Some(End::Fixed(40)));
    }

    #[test]
    fn what_was_gained_is_not_lost_again_unnoticed() {
        let values = series((0..60).map(|at| if (20..35).contains(&at) { 50_000 } else { 100_000 }));
        let alarms = windowed(&values, &[], &RULE);
        assert_eq!(
            alarms.iter().map(|alarm| (alarm.since, alarm.before)).collect::<Vec<_>>(),
            [(35, 50_000)]
        );
    }

    #[test]
    fn gaps_and_short_series_are_no_rise() {
        let mut points = step(30, 30);
        points.retain(|point| point.position % 2 == 0);
        assert_eq!(windowed(&points, &[], &RULE).iter().map(|alarm| alarm.since).collect::<Vec<_>>(), [30]);
        assert_eq!(windowed(&[], &[3], &RULE), []);
        assert_eq!(windowed(&step(9, 3), &[], &RULE), [], "nine values are not usual yet");
    }

    #[test]
    fn steady_creep_is_not_seen_by_any_window() {
        // By construction: the window follows. This is what the rule for creep is there for.
        let creeping = series((0..400).map(|at| 100_000 + 40 * at));
        for rule in [RULE, MEAN] {
            assert_eq!(windowed(&creeping, &[], &rule), []);
        }
    }
}
