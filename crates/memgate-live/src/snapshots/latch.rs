//! One snapshot for each time that something gets bad, rather than one for each look at it.

use std::time::Duration;

use super::reason::Skip;

/// What a trigger says at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    /// It is as bad as that.
    On,
    /// Neither, or nothing is known.
    Between,
    /// It is well below.
    Off,
}

impl Condition {
    /// Of a value that is on from a threshold on, and off below a part of it.
    pub(super) fn of(value: f64, threshold: f64, off_below: f64) -> Self {
        if value >= threshold {
            Self::On
        } else if value < threshold * off_below {
            Self::Off
        } else {
            Self::Between
        }
    }
}

/// What follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Quiet,
    Due,
    Skipped(Skip),
}

/// The state of one trigger. After a snapshot it is silent until it has been well below.
#[derive(Clone, Copy, Debug)]
pub(super) struct Latch {
    is_armed: bool,
    was_on: bool,
    /// It has been said that the time is not over.
    is_waiting: bool,
    last: Option<Duration>,
}

impl Latch {
    pub(super) const fn new() -> Self {
        Self { is_armed: true, was_on: false, is_waiting: false, last: None }
    }

    /// Each skip is said once, at the moment at which it begins.
    pub(super) fn step(&mut self, at: Duration, condition: Condition, cool_down: Duration) -> Step {
        let is_edge = !self.was_on;
        self.was_on = condition == Condition::On;
        match condition {
            Condition::Between => Step::Quiet,
            Condition::Off => {
                self.is_armed = true;
                self.is_waiting = false;
                Step::Quiet
            }
            Condition::On if !self.is_armed && is_edge => Step::Skipped(Skip::Latched),
            Condition::On if !self.is_armed => Step::Quiet,
            Condition::On if self.last.is_none_or(|last| at.saturating_sub(last) >= cool_down) => Step::Due,
            Condition::On if self.is_waiting => Step::Quiet,
            Condition::On => {
                self.is_waiting = true;
                Step::Skipped(Skip::CoolDown)
            }
        }
    }

    /// A snapshot shows what this trigger has found, whichever led to it.
    pub(super) fn taken(&mut self, at: Duration) {
        if self.was_on {
            self.is_armed = false;
            self.is_waiting = false;
            self.last = Some(at);
        }
    }

    /// Of what is something new each time, so that it need not have been well below.
    pub(super) fn rearm(&mut self) {
        self.is_armed = true;
        self.was_on = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Condition::{Between, Off, On};

    /// What follows from a condition a minute, with five minutes between two.
    fn steps(conditions: &[Condition]) -> String {
        let mut latch = Latch::new();
        let mut said = String::new();
        for (minute, condition) in (0..).zip(conditions) {
            let at = Duration::from_secs(60 * minute);
            said.push(match latch.step(at, *condition, Duration::from_secs(300)) {
                Step::Quiet => '.',
                Step::Due => {
                    latch.taken(at);
                    '!'
                }
                Step::Skipped(Skip::Latched) => 'l',
                Step::Skipped(Skip::CoolDown) => 'c',
                Step::Skipped(Skip::NoRoom) => '?',
            });
        }
        said
    }

    #[test]
    fn a_plateau_is_one() {
        assert_eq!(steps(&[Off, On, On, On, On, On, On, On, On, On]), ".!........");
    }

    #[test]
    fn without_having_been_well_below_it_is_the_same_one() {
        assert_eq!(steps(&[On, Between, On, Between, Between, Between, On, On]), "!.l...l.");
    }

    #[test]
    fn what_comes_again_too_soon_waits_and_is_taken_if_it_lasts() {
        assert_eq!(steps(&[On, Off, On, On, On, On, On]), "!.c..!.");
        assert_eq!(steps(&[On, Off, On, Off, Off, Off, On]), "!.c...!");
    }

    #[test]
    fn a_time_that_goes_backwards_is_no_time() {
        let mut latch = Latch::new();
        let cool_down = Duration::from_secs(5);
        assert_eq!(latch.step(Duration::from_secs(100), On, cool_down), Step::Due);
        latch.taken(Duration::from_secs(100));
        latch.step(Duration::from_secs(1), Off, cool_down);
        assert_eq!(latch.step(Duration::from_secs(1), On, cool_down), Step::Skipped(Skip::CoolDown));
        assert_eq!(latch.step(Duration::from_secs(105), On, cool_down), Step::Due);
    }
}
