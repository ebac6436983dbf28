//! Samples of any kind, with the locations and mappings that they lie in, wherever they go.

use std::collections::HashMap;
use std::io::Write;
use std::time::{Duration, SystemTime};

use memgate_pprof::{Line, Mapping, ProfileBuilder, ProfileStream, Summary};

use super::comments::Taken;
use super::kind::HeapKind;
use crate::process::{LoadedObject, find_object};
use crate::profile::{Estimate, HeapProfile};

/// In Go's order, with Go's names: tools know what to call them, and which to add up.
pub(super) const SAMPLE_TYPES: [(&str, &str); 4] = [
    ("alloc_objects", "count"),
    ("alloc_space", "bytes"),
    ("inuse_objects", "count"),
    ("inuse_space", "bytes"),
];

/// The four values of a stack, rounded: what never falls doesn't fall when it is rounded, either.
pub(super) fn values(allocated: &Estimate, live: &Estimate) -> [i64; 4] {
    let both = |estimate: &Estimate| [estimate.objects.round() as i64, estimate.bytes.round() as i64];
    let ([objects, bytes], [live_objects, live_bytes]) = (both(allocated), both(live));
    [objects, bytes, live_objects, live_bytes]
}

/// A return address is that of the instruction after the call, which may be another line or even another function.
pub(super) const fn call_address(return_address: u64) -> u64 {
    return_address.saturating_sub(1)
}

/// What is said once of a whole profile.
pub(super) fn summary<'a>(
    profile: &HeapProfile,
    kind: HeapKind,
    taken: Taken,
    comments: &'a [String],
) -> Summary<'a> {
    let since_1970 = profile.taken_at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Summary {
        time_nanoseconds: nanoseconds(since_1970),
        duration_nanoseconds: match taken {
            Taken::SinceStart => 0,
            Taken::Within(time) => nanoseconds(time),
        },
        period_type: ("space", "bytes"),
        period: profile.sampling_interval_bytes,
        default_sample_type: kind.default_sample_type(),
        comments,
    }
}

pub(super) fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// Where the parts of a profile go: into memory, or straight out.
pub(super) trait Sink {
    fn mapping(&mut self, mapping: &Mapping<'_>) -> u64;
    fn location(&mut self, mapping: u64, address: u64, lines: &[Line<'_>]) -> u64;
    fn sample(&mut self, locations: &[u64], values: &[i64], labels: &[(&str, &str)]);
}

impl Sink for ProfileBuilder {
    fn mapping(&mut self, mapping: &Mapping<'_>) -> u64 {
        self.mapping(mapping)
    }

    fn location(&mut self, mapping: u64, address: u64, lines: &[Line<'_>]) -> u64 {
        self.location(mapping, address, lines)
    }

    fn sample(&mut self, locations: &[u64], values: &[i64], labels: &[(&str, &str)]) {
        self.labelled_sample(locations.iter().copied(), values, labels);
    }
}

impl<W: Write> Sink for ProfileStream<W> {
    fn mapping(&mut self, mapping: &Mapping<'_>) -> u64 {
        self.mapping(mapping)
    }

    fn location(&mut self, mapping: u64, address: u64, lines: &[Line<'_>]) -> u64 {
        self.location(mapping, address, lines)
    }

    fn sample(&mut self, locations: &[u64], values: &[i64], labels: &[(&str, &str)]) {
        self.labelled_sample(locations.iter().copied(), values, labels);
    }
}

/// The ids of locations by their addresses.
#[derive(Debug)]
pub(crate) struct LocationIds {
    ids: HashMap<u64, u64>,
    most: usize,
}

impl Default for LocationIds {
    fn default() -> Self {
        Self { ids: HashMap::new(), most: usize::MAX }
    }
}

impl LocationIds {
    /// With memory for so many, which is there from now on: what has only been asked for is not.
    pub(crate) fn reserved(most: usize) -> Self {
        let mut ids: HashMap<u64, u64> = (0..most as u64).map(|address| (address, 0)).collect();
        ids.clear();
        Self { ids, most }
    }
}

/// The samples as they are written so far.
#[derive(Debug)]
pub(super) struct Samples<'a, S> {
    sink: S,
    objects: &'a [LoadedObject],
    /// By the index in `objects`; only what samples lie in gets a mapping.
    mapping_ids: HashMap<usize, u64>,
    location_ids: &'a mut LocationIds,
    /// Of what stands for stacks that there are none of.
    named_ids: HashMap<String, u64>,
    locations: Vec<u64>,
}

impl<'a, S: Sink> Samples<'a, S> {
    /// `objects` is what was loaded when the samples were taken, the program first.
    pub(super) fn new(sink: S, objects: &'a [LoadedObject], location_ids: &'a mut LocationIds) -> Self {
        location_ids.ids.clear();
        let mut samples = Self {
            sink,
            objects,
            mapping_ids: HashMap::new(),
            location_ids,
            named_ids: HashMap::new(),
            locations: Vec::new(),
        };
        // First in any case: readers take the first mapping for the program.
        if !objects.is_empty() {
            samples.mapping(0);
        }
        samples
    }

    pub(super) fn into_sink(self) -> S {
        self.sink
    }

    /// Adds a sample, from the innermost return address outwards; `without_addresses` is its name where it has none.
    pub(super) fn add(
        &mut self,
        return_addresses: impl Iterator<Item = u64>,
        values: &[i64],
        without_addresses: &str,
        labels: &[(&str, &str)],
    ) {
        let mut locations = std::mem::take(&mut self.locations);
        locations.clear();
        locations.extend(return_addresses.map(|address| self.location(call_address(address))));
        if locations.is_empty() {
            locations.push(self.named(without_addresses));
        }
        self.sink.sample(&locations, values, labels);
        self.locations = locations;
    }

    fn named(&mut self, name: &str) -> u64 {
        if let Some(id) = self.named_ids.get(name) {
            return *id;
        }
        let id = self.sink.location(0, 0, &[Line { function: name, file: "", line: 0 }]);
        self.named_ids.insert(name.to_owned(), id);
        id
    }

    /// The id of an address's location. Within one moment an address is in one object, so that it is enough of a key.
    fn location(&mut self, address: u64) -> u64 {
        if let Some(id) = self.location_ids.ids.get(&address) {
            return *id;
        }
        let mapping = find_object(self.objects, address).map_or(0, |index| self.mapping(index));
        let id = self.sink.location(mapping, address, &[]);
        // Without room, an address gets a location again each time, which is longer and as right.
        if self.location_ids.ids.len() < self.location_ids.most {
            self.location_ids.ids.insert(address, id);
        }
        id
    }

    fn mapping(&mut self, index: usize) -> u64 {
        if let Some(id) = self.mapping_ids.get(&index) {
            return *id;
        }
        let object = &self.objects[index];
        let id = self.sink.mapping(&Mapping {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_room_for_their_ids_locations_come_again() {
        let mut written = Vec::new();
        for most in [0, 1, 10] {
            let mut ids = LocationIds::reserved(most);
            let sink = ProfileStream::new(Vec::new(), &SAMPLE_TYPES);
            let mut samples = Samples::new(sink, &[], &mut ids);
            for addresses in [[5, 6], [5, 6], [6, 5]] {
                samples.add(addresses.into_iter(), &[1; 4], "", &[]);
            }
            // The next id says how many there were.
            written.push(samples.into_sink().location(0, 9, &[]) - 1);
        }
        assert_eq!(written, [6, 4, 2]);
    }
}
