//! How soon to look again.

use std::time::Duration;

/// When nothing is near.
const CALM: Duration = Duration::from_millis(250);
/// Between a level and the end there may be some tens of milliseconds.
const HURRY: Duration = Duration::from_millis(20);

/// What was seen last.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pace {
    before: Option<(Duration, f64)>,
}

impl Pace {
    /// The time until the next look: a quarter of that in which the next level would be reached at the rate of the last two.
    pub(super) fn next(&mut self, at: Duration, used: Option<f64>, next_level: Option<f64>) -> Duration {
        let Some(used) = used else {
            self.before = None;
            return CALM;
        };
        let before = self.before.replace((at, used));
        let (Some((then, less)), Some(level)) = (before, next_level) else { return CALM };
        let rate = (used - less) / at.saturating_sub(then).as_secs_f64();
        let quarter = (level - used) / rate / 4.0;
        if rate > 0.0 && quarter.is_finite() {
            Duration::try_from_secs_f64(quarter).unwrap_or(CALM).clamp(HURRY, CALM)
        } else {
            CALM
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearer_the_sooner() {
        let mut pace = Pace::default();
        let mut next = |milliseconds, used| {
            pace.next(Duration::from_millis(milliseconds), Some(used), Some(1_000.0)).as_millis()
        };
        // One a millisecond from 250 to 500; then 500 are left, and a quarter of that is 125.
        assert_eq!([next(0, 250.0), next(250, 500.0), next(500, 600.0)], [250, 125, 250]);
        assert_eq!(
            [next(600, 960.0), next(700, 960.0), next(700, 970.0), next(800, 10.0)],
            [20, 250, 20, 250]
        );
        assert_eq!(Pace::default().next(Duration::ZERO, None, None), CALM);
    }
}
