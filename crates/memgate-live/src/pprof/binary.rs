//! `profile.proto`, uncompressed: every client that was read takes it as it is.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use memgate_pprof::{Line, Mapping, ProfileBuilder, Summary};

use super::comments::{Taken, comments};
use super::kind::HeapKind;
use super::no_stack::without_addresses;
use crate::process::{LoadedObject, find_object};
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
    let mut samples = Samples::new(objects, without_addresses(profile));
    for stack in &profile.stacks {
        samples.add(stack);
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

/// A return address is that of the instruction after the call, which may be another line or even another function.
pub(super) const fn call_address(return_address: usize) -> u64 {
    return_address.saturating_sub(1) as u64
}

/// The samples as they are written so far.
struct Samples<'a> {
    builder: ProfileBuilder,
    objects: &'a [LoadedObject],
    /// By the index in `objects`; only what samples lie in gets a mapping.
    mapping_ids: HashMap<usize, u64>,
    location_ids: HashMap<u64, u64>,
    without_addresses: Option<u64>,
    without_addresses_name: &'static str,
}

impl<'a> Samples<'a> {
    fn new(objects: &'a [LoadedObject], without_addresses_name: &'static str) -> Self {
        let mut samples = Self {
            builder: ProfileBuilder::new(&SAMPLE_TYPES),
            objects,
            mapping_ids: HashMap::new(),
            location_ids: HashMap::new(),
            without_addresses: None,
            without_addresses_name,
        };
        // First in any case: readers take the first mapping for the program.
        if !objects.is_empty() {
            samples.mapping(0);
        }
        samples
    }

    fn add(&mut self, stack: &SampledStack) {
        let values = values(stack);
        if values == [0; 4] {
            return;
        }
        if stack.return_addresses.is_empty() {
            let line = Line { function: self.without_addresses_name, file: "", line: 0 };
            let builder = &mut self.builder;
            let id = *self.without_addresses.get_or_insert_with(|| builder.location(0, 0, &[line]));
            self.builder.sample([id], &values);
            return;
        }
        let ids: Vec<u64> =
            stack.return_addresses.iter().map(|address| self.location(call_address(*address))).collect();
        self.builder.sample(ids, &values);
    }

    /// The id of an address's location. Within one moment an address is in one object, so that it is enough of a key.
    fn location(&mut self, address: u64) -> u64 {
        if let Some(id) = self.location_ids.get(&address) {
            return *id;
        }
        let mapping = find_object(self.objects, address).map_or(0, |index| self.mapping(index));
        let id = self.builder.location(mapping, address, &[]);
        self.location_ids.insert(address, id);
        id
    }

    fn mapping(&mut self, index: usize) -> u64 {
        if let Some(id) = self.mapping_ids.get(&index) {
            return *id;
        }
        let object = &self.objects[index];
        let id = self.builder.mapping(&Mapping {
            start: object.start,
            limit: object.limit,
            file_offset: object.file_offset,
            path: &object.path,
            build_id: &object.build_id,
            is_symbolized: false,
        });
        self.mapping_ids.insert(index, id);
        id
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
