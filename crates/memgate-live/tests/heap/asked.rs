//! What these tests ask of a profile.

use memgate_live::{Counters, Estimate, HeapProfile};

/// What was allocated at all stacks together, and what of it is live.
pub(crate) fn totals(profile: &HeapProfile) -> (Estimate, Estimate) {
    let mut totals = (Estimate::default(), Estimate::default());
    for stack in &profile.stacks {
        for (total, estimate) in [(&mut totals.0, stack.allocated), (&mut totals.1, stack.live)] {
            total.samples += estimate.samples;
            total.objects += estimate.objects;
            total.bytes += estimate.bytes;
            total.objects_variance += estimate.objects_variance;
            total.bytes_variance += estimate.bytes_variance;
        }
    }
    totals
}

/// The counters, which are there, since the allocator is.
pub(crate) fn counters() -> Counters {
    memgate_live::counters().expect("it is installed")
}

/// Has every block sampled that has some tens of bytes, for what is to be compared to the last.
pub(crate) fn sample_everything() {
    memgate_live::set_sampling_interval(1);
}
