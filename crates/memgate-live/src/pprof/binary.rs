//! `profile.proto`, uncompressed: every client that was read takes it as it is.

use std::time::{Duration, SystemTime};

use memgate_pprof::Summary;

use super::comments::{Taken, comments};
use super::kind::HeapKind;
use super::no_stack::without_addresses;
use super::samples::Samples;
use crate::process::LoadedObject;
use crate::profile::{Estimate, HeapProfile, SampledStack};

/// In Go's order, with Go's names: tools know what to call them, and which to add up.
const SAMPLE_TYPES: [(&str, &str); 4] = [
    ("alloc_objects", "count"),
    ("alloc_space", "bytes"),
    ("inuse_objects", "count"),
    ("inuse_space", "bytes"),
];

/// Writes a profile. `objects` is what was loaded when it was taken, the program first.
///
/// It has addresses and build ids and no names: whoever looks at it has the program at hand, or asks for the symbols.
pub(crate) fn binary(
    profile: &HeapProfile,
    objects: &[LoadedObject],
    kind: HeapKind,
    taken: Taken,
) -> Vec<u8> {
    let mut samples = Samples::new(&SAMPLE_TYPES, objects);
    for stack in &profile.stacks {
        let values = values(stack);
        if values != [0; 4] {
            let addresses = stack.return_addresses.iter().map(|address| *address as u64);
            samples.add(addresses, &values, without_addresses(profile), &[]);
        }
    }
    samples.builder.finish(&Summary {
        time_nanoseconds: nanoseconds(
            profile.taken_at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default(),
        ),
        duration_nanoseconds: match taken {
            Taken::SinceStart => 0,
            Taken::Within(time) => nanoseconds(time),
        },
        period_type: ("space", "bytes"),
        period: profile.sampling_interval_bytes,
        default_sample_type: kind.default_sample_type(),
        comments: &comments(profile, taken, std::process::id()),
    })
}

/// The four values of a stack, rounded: what never falls doesn't fall when it is rounded, either.
pub(super) fn values(stack: &SampledStack) -> [i64; 4] {
    let both = |estimate: &Estimate| [estimate.objects.round() as i64, estimate.bytes.round() as i64];
    let ([objects, bytes], [live_objects, live_bytes]) = (both(&stack.allocated), both(&stack.live));
    [objects, bytes, live_objects, live_bytes]
}

pub(super) fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
