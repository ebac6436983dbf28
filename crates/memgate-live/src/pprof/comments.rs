//! What a profile says of itself in words.

use std::time::Duration;

use super::no_stack::{BEYOND_LIMIT, without_addresses};
use crate::profile::HeapProfile;
use crate::stack::WHY_THERE_ARE_NONE;

/// Whether a profile is everything since the start, or a difference of so much time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    SinceStart,
    Within(Duration),
}

/// What `pprof -comments` shows.
pub(super) fn comments(profile: &HeapProfile, taken: Taken, process_id: u32) -> Vec<String> {
    let mut comments = vec![format!("memgate-live {}, process {process_id}", env!("CARGO_PKG_VERSION"))];
    comments.push(match profile.sampling_interval_bytes {
        0 => "sampling is stopped now: nothing new is in it".to_owned(),
        interval => {
            format!("one sample in {interval} bytes on average; values are scaled to all bytes already")
        }
    });
    comments.push(match taken {
        Taken::SinceStart => format!(
            "alloc_*: since sampling began, {} s before; inuse_*: what of that is live",
            profile.sampled_for.as_secs()
        ),
        Taken::Within(time) => format!(
            "alloc_*: within the {} s of this profile; inuse_*: what is live at its end, not a difference",
            time.as_secs()
        ),
    });
    if !profile.has_frame_pointers {
        comments.push(WHY_THERE_ARE_NONE.to_owned());
    }
    if profile.is_table_full {
        comments.push(format!(
            "the table of {} stacks is full: what came later is in {}",
            profile.counters.stacks_capacity, BEYOND_LIMIT
        ));
    }
    if profile.unfollowed_live_bytes > 0.0 {
        comments.push(format!(
            "the table of {} live samples was full: inuse_* of single stacks may lack up to {:.0} bytes, which are in {}",
            profile.counters.live_samples_capacity,
            profile.unfollowed_live_bytes,
            without_addresses(profile)
        ));
    }
    if profile.counters.dropped > 0 {
        comments.push(format!(
            "{} samples were not put down as they should: a table was full",
            profile.counters.dropped
        ));
    }
    comments
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::samples::profile;

    #[test]
    fn what_a_reader_has_to_know_is_said() {
        let said = |profile: &HeapProfile, taken| comments(profile, taken, 7).join("\n");
        let mut profile = profile(Vec::new());
        let all = said(&profile, Taken::SinceStart);
        assert!(
            all.contains("process 7")
                && all.contains("one sample in 524288 bytes")
                && all.contains("60 s before"),
            "{all}"
        );
        assert!(!all.contains("no stacks") && !all.contains("full"), "{all}");
        profile.has_frame_pointers = false;
        profile.is_table_full = true;
        profile.unfollowed_live_bytes = 4_000.4;
        profile.sampling_interval_bytes = 0;
        profile.sampled_for = Duration::ZERO;
        let all = said(&profile, Taken::SinceStart);
        assert!(all.contains(WHY_THERE_ARE_NONE) && all.contains("8192 stacks is full"), "{all}");
        assert!(
            all.contains("may lack up to 4000 bytes, which are in [stacks without frame pointers]"),
            "{all}"
        );
        assert!(all.contains("stopped") && all.contains(" 0 s before"), "{all}");
        assert!(said(&profile, Taken::Within(Duration::from_secs(5))).contains("within the 5 s"));
    }
}
