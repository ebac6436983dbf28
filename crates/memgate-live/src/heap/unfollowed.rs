//! What is live of samples that were never put down as live.

use crate::profile::{Counters, Estimate};

/// How much of what was dropped lives still.
///
/// Nobody sees the end of a sample for which there was no room. As live for ever, what comes and goes would look like a leak; as live
/// never, every leak from then on would be nowhere. But what is live in all is counted: the rest of it, beyond what is followed, is what this
/// gives, unless it may be chance alone, which the estimate of what is followed has.
pub(super) fn unfollowed(dropped: &Estimate, followed: &Estimate, counters: &Counters) -> Estimate {
    let live_bytes = counters.allocated_bytes.saturating_sub(counters.freed_bytes) as f64;
    let rest = live_bytes - followed.bytes;
    if dropped.bytes <= 0.0 || rest <= 0.0 || rest < 1.96 * followed.bytes_variance.sqrt() {
        return Estimate::NONE;
    }
    let bytes = rest.min(dropped.bytes);
    let part = bytes / dropped.bytes;
    Estimate {
        samples: (dropped.samples as f64 * part).ceil() as u64,
        objects: dropped.objects * part,
        bytes,
        objects_variance: dropped.objects_variance * part,
        // Of a number that is known less one that is not.
        bytes_variance: followed.bytes_variance,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::samples::estimate;

    fn bytes(dropped: f64, followed: f64, live: u64) -> f64 {
        let counters = Counters { allocated_bytes: live + 7, freed_bytes: 7, ..Counters::default() };
        unfollowed(&estimate(10, dropped), &estimate(10, followed), &counters).bytes
    }

    #[test]
    fn it_is_what_is_counted_and_not_followed_as_far_as_it_was_dropped() {
        assert_eq!(bytes(5_000.0, 10_000.0, 14_000), 4_000.0);
        // Freed since, and more allocated while sampling was stopped.
        assert_eq!(bytes(5_000.0, 10_000.0, 9_000), 0.0);
        assert_eq!(bytes(5_000.0, 10_000.0, 20_000), 5_000.0);
        // Chance: 1.96 times 100.
        assert_eq!((bytes(5_000.0, 10_000.0, 10_195), bytes(5_000.0, 10_000.0, 10_197)), (0.0, 197.0));
        let counters = Counters { allocated_bytes: 1 << 30, ..Counters::default() };
        assert_eq!(unfollowed(&Estimate::NONE, &estimate(1, 5.0), &counters), Estimate::NONE);
        let half =
            unfollowed(&estimate(11, 100.0), &Estimate::NONE, &Counters { allocated_bytes: 50, ..counters });
        assert_eq!((half.samples, half.objects), (6, 50.0));
    }
}
