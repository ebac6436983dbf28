//! How steadily something rises: the median of the slopes between all pairs of points, after Theil and Sen.
//!
//! A saw's teeth, a spike or a step move it little, where a line through all points by least squares would follow them.

use std::collections::VecDeque;
use std::time::Duration;

/// So many points make up a window: 1,770 pairs, some microseconds every few seconds.
const POINTS: u32 = 60;

/// The points of a window.
#[derive(Clone, Debug)]
pub(super) struct Trend {
    window: Duration,
    points: VecDeque<(f64, f64)>,
    slopes: Vec<f64>,
    rise: Option<Rise>,
}

/// How something rises.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Rise {
    /// The median of all slopes.
    pub(super) bytes_per_second: f64,
    /// In what part of all pairs the later value is the higher one.
    pub(super) steadiness: f64,
}

impl Trend {
    pub(super) fn new(window: Duration) -> Self {
        let points = POINTS as usize + 1;
        Self {
            window,
            points: VecDeque::with_capacity(points),
            slopes: Vec::with_capacity(points * (points - 1) / 2),
            rise: None,
        }
    }

    /// Looks at a value; most looks are too close to the last to be a point.
    pub(super) fn look(&mut self, at: Duration, value: u64) {
        let seconds = at.as_secs_f64();
        let spacing = self.window.as_secs_f64() / f64::from(POINTS);
        if self.points.back().is_some_and(|(last, _)| seconds - last < spacing) {
            return;
        }
        // A process that did not run for a while has a gap, and no points from before it.
        while self.points.len() > POINTS as usize
            || self.points.front().is_some_and(|(first, _)| seconds - first > self.window.as_secs_f64() * 1.1)
        {
            self.points.pop_front();
        }
        self.points.push_back((seconds, value as f64));
        self.rise = self.median();
    }

    /// None until a window is full.
    pub(super) fn rise(&self) -> Option<Rise> {
        self.rise
    }

    fn median(&mut self) -> Option<Rise> {
        let (first, last) = (self.points.front()?.0, self.points.back()?.0);
        if last - first < self.window.as_secs_f64() * 0.9 {
            return None;
        }
        self.slopes.clear();
        for (index, (earlier, before)) in self.points.iter().enumerate() {
            for (later, after) in self.points.iter().skip(index + 1) {
                self.slopes.push((after - before) / (later - earlier));
            }
        }
        let rising = self.slopes.iter().filter(|slope| **slope > 0.0).count();
        let steadiness = rising as f64 / self.slopes.len() as f64;
        let middle = self.slopes.len() / 2;
        let (_, median, _) = self.slopes.select_nth_unstable_by(middle, f64::total_cmp);
        Some(Rise { bytes_per_second: *median, steadiness })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The slope at the end of a series with a value each second, for a window of a minute.
    fn slope(values: impl IntoIterator<Item = u64>) -> Option<f64> {
        rise(values).map(|rise| rise.bytes_per_second)
    }

    fn rise(values: impl IntoIterator<Item = u64>) -> Option<Rise> {
        let mut trend = Trend::new(Duration::from_secs(60));
        for (second, value) in (0..).zip(values) {
            trend.look(Duration::from_secs(second), value);
        }
        trend.rise()
    }

    #[test]
    fn a_leak_has_its_rate_and_a_saw_a_step_and_a_spike_have_none() {
        assert_eq!(slope((0..120).map(|second| 1_000 + 50 * second)), Some(50.0));
        // Leaks beneath what comes and goes.
        let over = slope((0..120).map(|second| 50 * second + 10_000 * u64::from(second % 7 == 0))).unwrap();
        assert!((45.0..55.0).contains(&over), "{over}");
        let saw = slope((0..120).map(|second| second % 10 * 1_000)).unwrap();
        assert!(saw.abs() < 40.0, "{saw}");
        assert_eq!(slope((0..120).map(|second| u64::from(second > 110) * 1_000_000)), Some(0.0));
        assert_eq!(slope((0..120).map(|second| u64::from(second == 90) << 40)), Some(0.0));
        assert!(slope((0..120).rev()).unwrap() < 0.0);
    }

    #[test]
    fn what_goes_up_and_down_is_not_steady() {
        let steadiness = |values: &dyn Fn(u64) -> u64| rise((0..120).map(values)).unwrap().steadiness;
        assert_eq!(steadiness(&|second| second), 1.0);
        assert!(steadiness(&|second| 50 * second + 10_000 * u64::from(second % 7 == 0)) > 0.85);
        for period in 2..40 {
            // A window may have a part of a tooth in front of a whole one.
            let saw = steadiness(&|second| (second + 7) % period * 1_000);
            assert!(saw < 0.85, "{period}: {saw}");
        }
        for at in 61..119 {
            let step = steadiness(&|second| u64::from(second >= at) * 1_000 + second % 2);
            assert!(step < 0.85, "{at}: {step}");
        }
    }

    #[test]
    fn nothing_is_said_before_a_window_is_full_or_after_a_gap() {
        assert_eq!(slope((0..50).map(|second| 50 * second)), None);
        let mut trend = Trend::new(Duration::from_secs(60));
        for second in (0..61).chain(1_000..1_003) {
            trend.look(Duration::from_secs(second), second);
        }
        assert_eq!(trend.rise(), None);
    }
}
