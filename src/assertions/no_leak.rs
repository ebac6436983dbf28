//! Finds what a closure leaves behind.

use super::failure::fail_if;
use super::measure::{cannot_count, try_measure};
use super::message::leak;
use super::recording::{call_sites, of_new_blocks};
use crate::alloc::{ThreadRecorded, ThreadRecording};
use memgate_protocol::Metric;
use memgate_protocol::capture::node;

/// Runs `routine`, drops its output, and looks whether anything is left of what the calling thread allocated meanwhile.
///
/// A block that was there before stays whose it is, also when it is reallocated: what grows, such as a vector that `routine` pushes to, is no
/// leak of it; [`Limits::retained_bytes`](crate::Limits::retained_bytes) limits that. What is meant to stay, such as a cache that is filled once, has
/// to be filled before: run `routine` once. A block that another thread has yet to free is left.
///
/// # Panics
/// When something is left, with how much, and with the feature `call-sites` the lines that allocated it. And as
/// [`measure`](crate::measure), where nothing could be counted.
///
/// # Example
/// ```
/// memgate::install!();
///
/// # fn main() {
/// memgate::assert_no_leak(|| "one two three".split(' ').map(String::from).collect::<Vec<_>>());
///
/// // It has its block already, which grows. An empty one would get one here, and keep it.
/// let mut numbers = vec![1];
/// memgate::assert_no_leak(|| numbers.push(2));
/// # }
/// ```
#[track_caller]
pub fn assert_no_leak<T>(routine: impl FnOnce() -> T) {
    let recording = of_new_blocks();
    if let Err(problem) = try_measure(Some(&recording), || drop(routine())) {
        cannot_count("assert_no_leak", problem);
    }
    fail_if(|| what_is_left(&recording));
}

/// What is said of blocks that are left, or could not be followed, if there are any.
fn what_is_left(recording: &ThreadRecording) -> Option<String> {
    let recorded = match recording.end() {
        Ok(ThreadRecorded { recorded, .. }) if recorded.lost_blocks == 0 => recorded,
        // What can't be followed is not said to be gone.
        Ok(_) => return Some("memgate::assert_no_leak: failed to follow so many blocks at once".to_owned()),
        Err(_) => {
            let text =
                "memgate::assert_no_leak: failed to follow blocks: there is no memory for a table of them";
            return Some(text.to_owned());
        }
    };
    let own = || recorded.rows.iter().filter(|row| row.node != node::OLDER);
    let bytes: i64 = own().map(|row| row.numbers.retained_bytes).sum();
    let blocks: i64 = own().map(|row| row.numbers.retained_blocks).sum();
    (blocks > 0).then(|| leak(bytes, blocks) + &call_sites(Some(recording), &[Metric::RetainedBytes]))
}
