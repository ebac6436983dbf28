//! Which benchmarks are to be measured, and how.

use memgate_protocol::Injection;
use memgate_report::model::BenchmarkId;

/// How a benchmark is to be measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// A regression that is to be done on purpose in every window.
    pub injection: Option<Injection>,
    /// Whether nothing may run beside it.
    pub alone: bool,
}

/// Which benchmarks are to be measured.
#[derive(Clone, Copy)]
pub struct Work<'a> {
    /// What it is called while it goes on; see [`Progress::begin`](super::Progress::begin).
    pub word: &'static str,
    /// How each is to be measured; none of those that are not.
    pub wanted: &'a dyn Fn(&BenchmarkId) -> Option<Wanted>,
}

impl std::fmt::Debug for Work<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Work").field("word", &self.word).finish_non_exhaustive()
    }
}
