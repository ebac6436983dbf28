//! How often something is tried, and how long is waited in between.

use std::time::Duration;

use super::answer::Fault;
use crate::comment::CommentError;

/// How often something is tried, and how long is waited in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Patience {
    /// How often one thing is tried.
    pub maximum_tries: u32,
    /// How long is waited altogether between tries.
    pub maximum_waiting: Duration,
    /// The first wait, when GitHub asks for none; each later one is twice as long.
    pub first_wait: Duration,
    /// How long connecting may take.
    pub connect_timeout: Duration,
    /// How long one answer may take, from the request to its last byte.
    pub answer_timeout: Duration,
    /// How long a second of waiting really is. A thousandth in tests.
    pub second: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            maximum_tries: 5,
            maximum_waiting: Duration::from_secs(60),
            first_wait: Duration::from_secs(1),
            connect_timeout: Duration::from_secs(10),
            answer_timeout: Duration::from_secs(30),
            second: Duration::from_secs(1),
        }
    }
}

/// What is left of one's patience.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waiting {
    patience: Patience,
    waited: Duration,
}

impl Waiting {
    pub(super) fn new(patience: Patience) -> Self {
        Self { patience, waited: Duration::ZERO }
    }

    /// Takes what is to be waited after a failure from what is left, and gives it.
    ///
    /// `tries` is how often it has been tried.
    ///
    /// # Errors
    /// The failure, when trying again would not help or patience is at its end.
    pub(super) fn after(&mut self, fault: Fault, tries: u32) -> Result<Duration, CommentError> {
        let (error, asked) = match fault {
            Fault::Lasting(error) => return Err(error),
            Fault::Passing { error, wait } => (error, wait),
        };
        let doubled = 1_u32.checked_shl(tries.saturating_sub(1)).unwrap_or(u32::MAX);
        let wait = asked.unwrap_or_else(|| self.patience.first_wait.saturating_mul(doubled));
        let waited = self.waited.saturating_add(wait);
        // To try earlier than asked would only make GitHub's limit last longer.
        if tries >= self.patience.maximum_tries || waited > self.patience.maximum_waiting {
            return Err(error);
        }
        self.waited = waited;
        Ok(self.patience.second.mul_f64(wait.as_secs_f64()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error() -> CommentError {
        CommentError::Unreachable { problem: "reset".into() }
    }

    fn passing(seconds: Option<u64>) -> Fault {
        Fault::Passing { error: error(), wait: seconds.map(Duration::from_secs) }
    }

    #[test]
    fn tries_are_bounded() {
        let mut waiting = Waiting::new(Patience::default());
        let seconds: Vec<u64> =
            (1..5).map(|tries| waiting.after(passing(None), tries).unwrap().as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8]);
        assert_eq!(waiting.after(passing(None), 5), Err(error()));
    }

    #[test]
    fn waiting_is_bounded_over_all_that_is_tried() {
        let mut waiting = Waiting::new(Patience { second: Duration::from_millis(1), ..Patience::default() });
        assert_eq!(waiting.after(passing(Some(40)), 1), Ok(Duration::from_millis(40)));
        assert_eq!(waiting.after(passing(Some(21)), 1), Err(error()));
        assert_eq!(waiting.after(passing(Some(20)), 1), Ok(Duration::from_millis(20)));
        assert_eq!(waiting.after(passing(Some(u64::MAX)), 1), Err(error()));
        assert_eq!(waiting.after(passing(Some(0)), 1), Ok(Duration::ZERO));
    }

    #[test]
    fn what_lasts_is_not_tried_again() {
        assert_eq!(Waiting::new(Patience::default()).after(Fault::Lasting(error()), 1), Err(error()));
    }
}
