//! Samples of any kind, with the locations and mappings that they lie in.

use std::collections::HashMap;

use memgate_pprof::{Line, Mapping, ProfileBuilder};

use crate::process::{LoadedObject, find_object};

/// A return address is that of the instruction after the call, which may be another line or even another function.
pub(super) const fn call_address(return_address: u64) -> u64 {
    return_address.saturating_sub(1)
}

/// The samples as they are written so far.
pub(super) struct Samples<'a> {
    pub(super) builder: ProfileBuilder,
    objects: &'a [LoadedObject],
    /// By the index in `objects`; only what samples lie in gets a mapping.
    mapping_ids: HashMap<usize, u64>,
    location_ids: HashMap<u64, u64>,
    /// Of what stands for stacks that there are none of.
    named_ids: HashMap<String, u64>,
}

impl<'a> Samples<'a> {
    /// `objects` is what was loaded when the samples were taken, the program first.
    pub(super) fn new(sample_types: &[(&str, &str)], objects: &'a [LoadedObject]) -> Self {
        let mut samples = Self {
            builder: ProfileBuilder::new(sample_types),
            objects,
            mapping_ids: HashMap::new(),
            location_ids: HashMap::new(),
            named_ids: HashMap::new(),
        };
        // First in any case: readers take the first mapping for the program.
        if !objects.is_empty() {
            samples.mapping(0);
        }
        samples
    }

    /// Adds a sample; `without_addresses` is its name where it has none.
    pub(super) fn add(
        &mut self,
        return_addresses: impl Iterator<Item = u64>,
        values: &[i64],
        without_addresses: &str,
        labels: &[(&str, &str)],
    ) {
        let mut ids: Vec<u64> =
            return_addresses.map(|address| self.location(call_address(address))).collect();
        if ids.is_empty() {
            ids.push(self.named(without_addresses));
        }
        self.builder.labelled_sample(ids, values, labels);
    }

    fn named(&mut self, name: &str) -> u64 {
        if let Some(id) = self.named_ids.get(name) {
            return *id;
        }
        let id = self.builder.location(0, 0, &[Line { function: name, file: "", line: 0 }]);
        self.named_ids.insert(name.to_owned(), id);
        id
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
