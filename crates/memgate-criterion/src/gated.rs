//! A benchmark manager when the gate runs this process.

use criterion::BenchmarkFilter;
use criterion::measurement::{Measurement, WallTime};
use memgate::__private::facade::{self, Gate};
use memgate_protocol::keep_criterion_marker;

use crate::Bencher;
use crate::bencher::Side;

/// What the gate asks of this process, or none when nobody asks. Also says in the executable that it is criterion otherwise.
pub(crate) fn gate() -> Option<&'static Gate> {
    keep_criterion_marker();
    facade::gate()
}

/// The gate's side of a `Criterion`.
pub(crate) struct Gated<M> {
    pub(crate) gate: &'static Gate,
    pub(crate) filter: BenchmarkFilter,
    /// Lives as long as criterion would keep it.
    _measurement: M,
    _checkpoint: Checkpoint,
}

/// Answers the gate when a `Criterion` is dropped, for mains that never call `final_summary`.
struct Checkpoint(&'static Gate);

impl Drop for Checkpoint {
    fn drop(&mut self) {
        // Half a list would look like a whole one.
        if !std::thread::panicking() {
            self.0.answer();
        }
    }
}

impl Gated<WallTime> {
    pub(crate) fn new(gate: &'static Gate) -> Self {
        Self {
            gate,
            filter: BenchmarkFilter::AcceptAll,
            _measurement: WallTime,
            _checkpoint: Checkpoint(gate),
        }
    }
}

impl<M: Measurement> Gated<M> {
    pub(crate) fn with_measurement<M2>(self, measurement: M2) -> Gated<M2> {
        let Self { gate, filter, _measurement: _, _checkpoint } = self;
        Gated { gate, filter, _measurement: measurement, _checkpoint }
    }

    /// Declares a benchmark, and runs it if the gate asks for it.
    pub(crate) fn bench(&self, id: &str, f: impl FnOnce(&mut Bencher<'_, M>)) {
        let is_selected = match &self.filter {
            BenchmarkFilter::AcceptAll => true,
            BenchmarkFilter::Regex(regex) => regex.is_match(id),
            BenchmarkFilter::Exact(exact) => id == exact,
            BenchmarkFilter::RejectAll => false,
        };
        if is_selected {
            self.gate.bench(id, |benchmark| f(&mut Bencher { side: Side::Gate(benchmark) }));
        }
    }
}
