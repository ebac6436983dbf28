//! How many may do something at once.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// A gate for so many at once. A few more wait for a moment: scrapers ask for two profiles at the same instant.
#[derive(Debug)]
pub(crate) struct Gate {
    capacity: usize,
    waiting_capacity: usize,
    patience: Duration,
    state: Mutex<State>,
    left: Condvar,
}

#[derive(Debug, Default)]
struct State {
    inside: usize,
    waiting: usize,
}

/// That somebody is inside, until it is dropped.
#[derive(Debug)]
pub(crate) struct Pass<'a>(&'a Gate);

impl Gate {
    pub(crate) const fn new(capacity: usize, waiting_capacity: usize, patience: Duration) -> Self {
        let state = Mutex::new(State { inside: 0, waiting: 0 });
        Self { capacity, waiting_capacity, patience, state, left: Condvar::new() }
    }

    /// Goes in; none when there are too many already.
    pub(crate) fn enter(&self) -> Option<Pass<'_>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.inside >= self.capacity {
            if state.waiting >= self.waiting_capacity {
                return None;
            }
            state.waiting += 1;
            (state, _) = self
                .left
                .wait_timeout_while(state, self.patience, |state| state.inside >= self.capacity)
                .unwrap_or_else(PoisonError::into_inner);
            state.waiting -= 1;
            if state.inside >= self.capacity {
                return None;
            }
        }
        state.inside += 1;
        Some(Pass(self))
    }

    /// Goes in, however long that takes and whoever else waits: for those who have what would be lost.
    pub(crate) fn enter_at_last(&self) -> Pass<'_> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = self
            .left
            .wait_while(state, |state| state.inside >= self.capacity)
            .unwrap_or_else(PoisonError::into_inner);
        state.inside += 1;
        Pass(self)
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner).inside -= 1;
        self.0.left.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_are_inside_and_the_rest_is_sent_away() {
        let gate = Gate::new(2, 0, Duration::ZERO);
        let first = gate.enter().unwrap();
        let _second = gate.enter().unwrap();
        assert!(gate.enter().is_none());
        drop(first);
        assert!(gate.enter().is_some());
    }

    #[test]
    fn who_waits_gets_in_when_somebody_leaves_or_loses_patience() {
        let gate = Gate::new(1, 1, Duration::from_secs(3_600));
        std::thread::scope(|scope| {
            let inside = gate.enter().unwrap();
            let waiting = scope.spawn(|| gate.enter().is_some());
            while gate.state.lock().unwrap().waiting == 0 {
                std::thread::yield_now();
            }
            assert!(gate.enter().is_none());
            drop(inside);
            assert!(waiting.join().unwrap());
        });
        let patient = Gate::new(1, 0, Duration::ZERO);
        std::thread::scope(|scope| {
            let inside = patient.enter().unwrap();
            let waiting: Vec<_> = (0..3).map(|_| scope.spawn(|| drop(patient.enter_at_last()))).collect();
            std::thread::sleep(Duration::from_millis(10));
            assert!(waiting.iter().all(|thread| !thread.is_finished()));
            drop(inside);
        });
        let impatient = Gate::new(1, 1, Duration::from_millis(1));
        let _inside = impatient.enter().unwrap();
        assert!(impatient.enter().is_none());
    }
}
