//! Compares what one thread does with limits.

use super::failure::fail_if;
use super::heap::Heap;
use super::limits::Limits;
use super::measure::{cannot_count, try_measure};
use super::message::over_limits;
use super::recording::{call_sites, of_limits};
use crate::alloc::ThreadRecording;
use memgate_protocol::Metric;

/// Runs `routine`, which must not allocate: neither an alloc nor a realloc. Gives its output.
///
/// Frees are allowed. What counts is what [`measure`](crate::measure) counts.
///
/// # Panics
/// When `routine` allocates, with the numbers, and with the feature `call-sites` the lines that did it. And as
/// [`measure`](crate::measure), where nothing could be counted.
///
/// # Example
/// ```
/// memgate::install!();
///
/// # fn main() {
/// let numbers = [3, 1, 2];
/// let most = memgate::assert_no_alloc(|| numbers.iter().max());
/// assert_eq!(most, Some(&3));
/// # }
/// ```
#[track_caller]
pub fn assert_no_alloc<T>(routine: impl FnOnce() -> T) -> T {
    within("assert_no_alloc", Limits::new().allocs(0).reallocs(0), routine)
}

/// Runs `routine`, which must stay within `limits`. Gives its output.
///
/// What counts is what [`measure`](crate::measure) counts.
///
/// # Panics
/// When a number is over its limit, with all numbers, and with the feature `call-sites` the lines that did it; and when `limits`
/// limits nothing. And as [`measure`](crate::measure), where nothing could be counted.
///
/// # Example
/// ```
/// use memgate::{Limits, units::KIB};
///
/// memgate::install!();
///
/// # fn main() {
/// let limits = Limits::new().allocs(1).reallocs(0).peak_bytes(2 * KIB);
/// let words = memgate::assert_at_most(limits, || {
///     let mut words = Vec::with_capacity(64);
///     words.extend("one two three".split(' '));
///     words
/// });
/// # drop(words);
/// # }
/// ```
#[track_caller]
pub fn assert_at_most<T>(limits: Limits, routine: impl FnOnce() -> T) -> T {
    assert!(
        !limits.is_empty(),
        "memgate::assert_at_most: `Limits::new()` alone limits nothing, so nothing could fail"
    );
    within("assert_at_most", limits, routine)
}

#[track_caller]
fn within<T>(function: &str, limits: Limits, routine: impl FnOnce() -> T) -> T {
    let recording = of_limits();
    match try_measure(recording.as_ref(), routine) {
        Ok((output, heap)) => {
            fail_if(|| excess(function, &limits, &heap, recording.as_ref()));
            output
        }
        Err(problem) => cannot_count(function, problem),
    }
}

/// What is said of numbers that are over their limits, if any is.
fn excess(
    function: &str,
    limits: &Limits,
    heap: &Heap,
    recording: Option<&ThreadRecording>,
) -> Option<String> {
    let exceeded = limits.exceeded_by(heap);
    if exceeded.is_empty() {
        return None;
    }
    let metrics: Vec<Metric> = exceeded.iter().map(|exceeded| exceeded.metric).collect();
    Some(over_limits(function, &exceeded, heap) + &call_sites(recording, &metrics))
}
