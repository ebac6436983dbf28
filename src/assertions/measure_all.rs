//! Measures what all threads do.

use super::heap::Heap;
use super::installed::{self, CannotCount};
use super::measure::cannot_count;
use crate::alloc::counted_in_all_threads;

/// Runs `routine`, and gives its output and what all threads of this process did with the heap meanwhile: those that it starts, and
/// all others.
///
/// So the numbers are those of `routine` only when nothing else runs: not beside other tests of the same process. cargo-nextest gives
/// each test a process of its own, and with `cargo test -- --test-threads=1` none runs beside another; but libtest's own thread may still
/// allocate a few blocks while a test begins. To the byte it is where there is no libtest: in a target with `harness = false`. Two such
/// measurements wait for each other, and [`measure`](crate::measure) and the assertions go on as ever beside one.
///
/// # Panics
/// As [`measure`](crate::measure), where nothing could be counted, and within another `measure_all_threads` of the same thread.
///
/// # Example
/// ```
/// memgate::install!();
///
/// # fn main() {
/// let ((), heap) = memgate::measure_all_threads(|| {
///     std::thread::scope(|scope| {
///         scope.spawn(|| drop(std::hint::black_box(vec![1_u8; 4_096])));
///     });
/// });
/// assert!(heap.peak_bytes >= 4_096);
/// # }
/// ```
#[track_caller]
pub fn measure_all_threads<T>(routine: impl FnOnce() -> T) -> (T, Heap) {
    let measured =
        installed::check().and_then(|()| counted_in_all_threads(routine).map_err(CannotCount::from));
    match measured {
        Ok((output, counts)) => (output, Heap::from(counts)),
        Err(problem) => cannot_count("measure_all_threads", problem),
    }
}
