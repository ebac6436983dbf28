//! The stacks that the page shows.

use crate::profile::{HeapProfile, SampledStack};

/// Names are looked up for so many stacks: what the page shows is the largest, and a request is to be bounded.
pub(super) const STACKS: usize = 500;
/// Whose functions are no site: what allocates for everybody.
const PLUMBING: [&str; 7] = ["alloc::", "core::", "std::", "hashbrown::", "memgate_live::", "__r", "malloc"];

/// The addresses of calls whose names are needed.
pub(crate) fn addresses(profile: &HeapProfile) -> Vec<u64> {
    largest(profile).into_iter().flat_map(calls).collect()
}

/// The stacks with the most live bytes, largest first.
pub(super) fn largest(profile: &HeapProfile) -> Vec<&SampledStack> {
    let mut stacks: Vec<&SampledStack> =
        profile.stacks.iter().filter(|stack| stack.live.samples > 0).collect();
    stacks.sort_by(|one, other| other.live.bytes.total_cmp(&one.live.bytes));
    stacks.truncate(STACKS);
    stacks
}

/// The addresses of a stack's calls, from the innermost outwards.
pub(super) fn calls(stack: &SampledStack) -> impl Iterator<Item = u64> {
    stack.return_addresses.iter().map(|address| address.saturating_sub(1) as u64)
}

/// Whether a function is none of the program's, but what allocates for everybody.
pub(super) fn is_plumbing(name: &str) -> bool {
    let path = name.trim_start_matches(['<', '&', '[', '(']);
    PLUMBING.iter().any(|prefix| path.starts_with(prefix))
}
