//! One benchmark's run within this process, as its [`Bencher`](super::Bencher) sees it.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

use super::inject::Injected;
use super::measure::{self, Iteration, Measured};
use super::record_sites::record_sites;
use crate::alloc::Recording;
use memgate_protocol::capture::Capture;
use memgate_protocol::{Engine, Injection, WindowPlan};

/// What a benchmark's routine is to be run for.
#[derive(Clone, Debug)]
pub(super) enum Purpose {
    /// To be measured; with a file for the report of an engine that writes one.
    Measure(Engine, WindowPlan, Option<PathBuf>),
    /// To be measured with our own engine and a regression on purpose.
    MeasureInjected(Injection, WindowPlan),
    /// To have its call stacks recorded.
    Record(Recording, WindowPlan),
    /// To be run once, to see that it works.
    #[cfg_attr(not(feature = "suites"), expect(dead_code, reason = "a facade's own harness does that"))]
    Test,
}

/// What came of it; empty until a routine has run.
#[derive(Debug)]
pub(super) enum Done {
    Nothing,
    Tested,
    Measured(Measured),
    Recorded(Measured, Capture),
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
    pub(super) fn run(self, iteration: &mut dyn Iteration) {
        let done = match self.purpose {
            Purpose::Test => {
                measure::run_once(iteration);
                Done::Tested
            }
            Purpose::Measure(engine, plan, file) => {
                Done::Measured(measure::run(iteration, engine, plan, file.as_deref()))
            }
            Purpose::MeasureInjected(injection, plan) => {
                let mut iteration = Injected { iteration, injection };
                Done::Measured(measure::run(&mut iteration, Engine::Count, plan, None))
            }
            Purpose::Record(recording, plan) => {
                let (measured, capture) = record_sites(iteration, recording, plan);
                Done::Recorded(measured, capture)
            }
        };
        *self.done.borrow_mut() = done;
    }

    /// What came of it.
    pub(super) fn finish(self) -> Done {
        self.done.replace(Done::Nothing)
    }
}
