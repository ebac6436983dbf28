//! One benchmark's run within this process, as its [`Bencher`](super::Bencher) sees it.

use std::cell::RefCell;
use std::rc::Rc;

use super::measure::{self, Iteration, Measured};
use crate::protocol::{Engine, WindowPlan};

/// What a benchmark's routine is to be run for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    /// To be measured.
    Measure(Engine, WindowPlan),
    /// To be run once, to see that it works.
    Test,
}

/// What came of it; empty until a routine has run.
#[derive(Debug)]
pub(super) enum Done {
    Nothing,
    Tested,
    Measured(Measured),
}

/// Shared between the harness and the [`Bencher`](super::Bencher) that it gives away.
///
/// Counted rather than borrowed, so that `Bencher` needs no lifetime in the user's signatures.
#[derive(Clone, Debug)]
pub(super) struct Session {
    purpose: Purpose,
    done: Rc<RefCell<Done>>,
}

impl Session {
    pub(super) fn new(purpose: Purpose) -> Self {
        Self { purpose, done: Rc::new(RefCell::new(Done::Nothing)) }
    }

    /// Runs a routine as the purpose says.
    pub(super) fn run(self, iteration: impl Iteration) {
        let done = match self.purpose {
            Purpose::Test => {
                measure::run_once(iteration);
                Done::Tested
            }
            Purpose::Measure(engine, plan) => Done::Measured(measure::run(iteration, engine, plan)),
        };
        *self.done.borrow_mut() = done;
    }

    /// What came of it.
    pub(super) fn finish(self) -> Done {
        self.done.replace(Done::Nothing)
    }
}
