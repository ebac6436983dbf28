//! In what part of the time tasks wait for memory.

use std::time::Duration;

/// The part is that of so much time.
const SPAN: Duration = Duration::from_secs(10);

/// The kernel's sum as it was.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Stall {
    before: Option<(Duration, Duration)>,
    percent: Option<f64>,
}

impl Stall {
    /// Looks at the sum of all waits since the machine's start.
    pub(super) fn look(&mut self, at: Duration, waited: Option<Duration>) {
        let Some(waited) = waited else {
            *self = Self::default();
            return;
        };
        let Some((before, sum)) = self.before else {
            self.before = Some((at, waited));
            return;
        };
        let time = at.saturating_sub(before);
        if time >= SPAN {
            // Another group's sum may be lower, if that is the one whose limit counts now.
            self.percent = Some(waited.saturating_sub(sum).as_secs_f64() / time.as_secs_f64() * 100.0);
            self.before = Some((at, waited));
        }
    }

    /// In how many per cent of the last seconds somebody waited; none until that is known.
    pub(super) fn percent(&self) -> Option<f64> {
        self.percent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_part_is_that_of_the_last_ten_seconds() {
        let mut stall = Stall::default();
        let mut seen = Vec::new();
        let waits = [(0, 0), (5, 4), (10, 5), (15, 5), (20, 5), (30, 1), (31, 1)];
        for (at, waited) in waits {
            stall.look(Duration::from_secs(at), Some(Duration::from_secs(waited)));
            seen.push(stall.percent());
        }
        assert_eq!(seen, [None, None, Some(50.0), Some(50.0), Some(0.0), Some(0.0), Some(0.0)]);
        stall.look(Duration::from_secs(40), None);
        assert_eq!(stall.percent(), None);
    }
}
