//! What happened between two profiles of one process.

use std::collections::HashMap;

use super::data::{Estimate, HeapProfile, SampledStack};

/// What was allocated between two profiles, and what is live at the second. Stacks at which neither is anything are left out.
///
/// Go's handler subtracts what is live, too: a leak of the minutes before is then nowhere, and what was freed is below zero. That
/// was not followed.
pub(crate) fn difference(earlier: &HeapProfile, later: HeapProfile) -> HeapProfile {
    let before: HashMap<&[usize], &Estimate> =
        earlier.stacks.iter().map(|stack| (stack.return_addresses.as_slice(), &stack.allocated)).collect();
    let since = |stack: SampledStack| {
        let allocated = match before.get(stack.return_addresses.as_slice()) {
            Some(before) => less(&stack.allocated, before),
            None => stack.allocated,
        };
        SampledStack { allocated, ..stack }
    };
    let is_something = |stack: &SampledStack| stack.allocated.samples > 0 || stack.live.samples > 0;
    HeapProfile {
        sampled_for: later.sampled_for.saturating_sub(earlier.sampled_for),
        stacks: later.stacks.into_iter().map(since).filter(is_something).collect(),
        ..later
    }
}

/// Samples are independent of each other, so that variances of what came later are differences, too.
fn less(later: &Estimate, earlier: &Estimate) -> Estimate {
    Estimate {
        samples: later.samples.saturating_sub(earlier.samples),
        objects: (later.objects - earlier.objects).max(0.0),
        bytes: (later.bytes - earlier.bytes).max(0.0),
        objects_variance: (later.objects_variance - earlier.objects_variance).max(0.0),
        bytes_variance: (later.bytes_variance - earlier.bytes_variance).max(0.0),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::profile::samples::{estimate, profile, stack};

    #[test]
    fn what_was_allocated_is_a_difference_and_what_is_live_is_not() {
        let earlier = profile(vec![
            stack(&[1], estimate(2, 20.0), estimate(2, 20.0)),
            stack(&[2], estimate(1, 5.0), estimate(0, 0.0)),
        ]);
        let mut later = profile(vec![
            stack(&[1], estimate(5, 50.0), estimate(3, 30.0)),
            stack(&[2], estimate(1, 5.0), estimate(0, 0.0)),
            stack(&[3], estimate(1, 7.0), estimate(1, 7.0)),
        ]);
        later.sampled_for += Duration::from_secs(30);
        let found = difference(&earlier, later);
        let rows: Vec<_> = found
            .stacks
            .iter()
            .map(|stack| {
                (stack.return_addresses[0], stack.allocated.samples, stack.allocated.bytes, stack.live.bytes)
            })
            .collect();
        assert_eq!(rows, [(1, 3, 30.0, 30.0), (3, 1, 7.0, 7.0)]);
        assert_eq!(found.sampled_for, Duration::from_secs(30));
    }
}
