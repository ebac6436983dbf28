//! What leads to a snapshot.

use std::time::Duration;

use crate::health::Threshold;

/// How much more has to be live than in the highest snapshot so far, or than when snapshots began: both.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Growth {
    /// So many per cent more.
    pub percent: f64,
    /// And so many bytes more.
    pub bytes: u64,
}

impl Default for Growth {
    /// 20 per cent and 64 MiB.
    fn default() -> Self {
        Self { percent: 20.0, bytes: 64 << 20 }
    }
}

/// How steadily what is live has to rise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slope {
    /// The time over which it is looked at.
    pub window: Duration,
    /// How soon the limit would be reached at that rate.
    pub until_limit: Duration,
}

impl Default for Slope {
    /// Over ten minutes, an hour before the limit.
    fn default() -> Self {
        Self { window: Duration::from_secs(600), until_limit: Duration::from_secs(3_600) }
    }
}

/// All triggers. What is none or empty is off.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Triggers {
    /// Of what can't be taken back.
    pub(super) levels: Vec<Threshold>,
    /// Of what is live.
    pub(super) live_levels: Vec<u64>,
    pub(super) growth: Option<Growth>,
    pub(super) slope: Option<Slope>,
    /// Of the time, in which tasks wait for memory.
    pub(super) pressure_percent: Option<f64>,
    /// How long after the start there is one in any case.
    pub(super) start: Option<Duration>,
    /// Between two by the same trigger.
    pub(super) cool_down: Duration,
}

impl Default for Triggers {
    fn default() -> Self {
        Self {
            // Between the crossing and the kernel's kill lie milliseconds once it is close.
            levels: vec![Threshold::Percent(75.0), Threshold::Percent(90.0)],
            live_levels: Vec::new(),
            growth: Some(Growth::default()),
            slope: Some(Slope::default()),
            pressure_percent: Some(10.0),
            start: Some(Duration::from_secs(300)),
            cool_down: Duration::from_secs(600),
        }
    }
}

impl Triggers {
    /// What is wrong with them: a trigger that can never fire is worse than none.
    pub(super) fn problem(&self) -> Option<String> {
        let is_positive = |number: f64| number.is_finite() && number > 0.0;
        for level in &self.levels {
            match level {
                Threshold::Bytes(0) => return Some("a level of 0 bytes".to_owned()),
                Threshold::Percent(percent) if !is_positive(*percent) || *percent > 100.0 => {
                    return Some(format!("a level of {percent} per cent"));
                }
                Threshold::Bytes(_) | Threshold::Percent(_) => {}
            }
        }
        if self.live_levels.contains(&0) {
            return Some("a level of 0 live bytes".to_owned());
        }
        if let Some(growth) = self.growth
            && (!is_positive(growth.percent) || growth.bytes == 0)
        {
            return Some(format!("growth by {} per cent and {} bytes", growth.percent, growth.bytes));
        }
        if let Some(percent) = self.pressure_percent
            && (!is_positive(percent) || percent > 100.0)
        {
            return Some(format!("pressure of {percent} per cent"));
        }
        match self.slope {
            Some(slope) if slope.window < Duration::from_secs(1) || slope.until_limit.is_zero() => {
                Some(format!("a slope over {:?} and {:?} before the limit", slope.window, slope.until_limit))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_is_named_and_the_defaults_are_none() {
        assert_eq!(Triggers::default().problem(), None);
        let wrong = [
            Triggers { levels: vec![Threshold::Percent(f64::NAN)], ..Triggers::default() },
            Triggers { levels: vec![Threshold::Percent(101.0)], ..Triggers::default() },
            Triggers { levels: vec![Threshold::Bytes(0)], ..Triggers::default() },
            Triggers { live_levels: vec![1, 0], ..Triggers::default() },
            Triggers { growth: Some(Growth { percent: -1.0, bytes: 1 }), ..Triggers::default() },
            Triggers { growth: Some(Growth { percent: 1.0, bytes: 0 }), ..Triggers::default() },
            Triggers { pressure_percent: Some(f64::INFINITY), ..Triggers::default() },
            Triggers {
                slope: Some(Slope { window: Duration::ZERO, ..Slope::default() }),
                ..Triggers::default()
            },
        ];
        for triggers in wrong {
            assert!(triggers.problem().is_some(), "{triggers:?}");
        }
    }
}
