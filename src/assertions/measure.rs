//! Measures what one thread does.

use super::heap::Heap;
use super::installed::{self, CannotCount};
use crate::alloc::{ThreadRecording, counted};

/// Runs `routine`, and gives its output and what the calling thread did with the heap meanwhile.
///
/// Other threads don't count, neither those that run beside this one nor those that `routine` starts. A block that is handed to
/// another thread counts as allocated here; where that thread frees it, this one goes on counting it as live. Blocks from before
/// `routine` that it frees lower the live bytes. Measuring may be nested: what is done within the inner one counts in both.
/// What is measured ends when `routine` unwinds, too.
///
/// # Panics
/// Where [`Alloc`](crate::Alloc) is not the global allocator (see [`install!`](crate::install!)), and within a benchmark that the gate
/// is measuring: nothing could be counted.
///
/// # Example
/// ```
/// memgate::install!();
///
/// # fn main() {
/// let (squares, heap) = memgate::measure(|| (0..100_u64).map(|n| n * n).collect::<Vec<_>>());
/// assert_eq!((heap.allocs, heap.reallocs, heap.peak_bytes), (1, 0, 800));
/// # drop(squares);
/// # }
/// ```
#[track_caller]
pub fn measure<T>(routine: impl FnOnce() -> T) -> (T, Heap) {
    match try_measure(None, routine) {
        Ok(measured) => measured,
        Err(problem) => cannot_count("measure", problem),
    }
}

/// As [`measure`], for whoever says what is wrong.
pub(super) fn try_measure<T>(
    recording: Option<&ThreadRecording>,
    routine: impl FnOnce() -> T,
) -> Result<(T, Heap), CannotCount> {
    installed::check()?;
    let (output, counts) = counted(recording, routine)?;
    Ok((output, Heap::from(counts)))
}

/// Fails, since nothing was counted.
#[cold]
#[track_caller]
pub(super) fn cannot_count(function: &str, problem: CannotCount) -> ! {
    panic!("memgate::{function}: {problem}")
}
