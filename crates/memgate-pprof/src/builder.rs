//! A profile, part by part.

use crate::data::{Line, Mapping, Summary};
use crate::messages::{self, Functions, SummaryFields, part};
use crate::protobuf::Message;
use crate::strings::Strings;

/// Builds a profile.
///
/// # Example
/// ```
/// use memgate_pprof::{Line, Mapping, ProfileBuilder, Summary};
///
/// let mut profile = ProfileBuilder::new(&[("inuse_space", "bytes")]);
/// let mapping = profile.mapping(&Mapping { limit: 0x1000, path: "/bin/service", ..Mapping::default() });
/// let location = profile.location(mapping, 0x123, &[Line { function: "main", file: "main.rs", line: 1 }]);
/// profile.sample([location], &[64]);
/// let bytes = profile.finish(&Summary { period_type: ("space", "bytes"), period: 1, ..Summary::default() });
/// assert!(!bytes.is_empty());
/// ```
#[derive(Clone, Debug)]
pub struct ProfileBuilder {
    strings: Strings,
    sample_types: Message,
    samples: Message,
    mappings: Message,
    mapping_count: u64,
    locations: Message,
    location_count: u64,
    functions: Message,
    function_ids: Functions,
}

impl ProfileBuilder {
    /// Begins a profile whose samples have values of these kinds, each with its unit.
    #[must_use]
    pub fn new(sample_types: &[(&str, &str)]) -> Self {
        let mut strings = Strings::new();
        let mut types = Message::default();
        for value_type in sample_types {
            types.message(part::SAMPLE_TYPE, &messages::value_type(&mut strings, *value_type));
        }
        Self {
            strings,
            sample_types: types,
            samples: Message::default(),
            mappings: Message::default(),
            mapping_count: 0,
            locations: Message::default(),
            location_count: 0,
            functions: Message::default(),
            function_ids: Functions::default(),
        }
    }

    /// Adds a mapping and gives its id: 1, 2, 3, …, as readers want them. The first should be the program: pprof takes it for that.
    pub fn mapping(&mut self, mapping: &Mapping<'_>) -> u64 {
        self.mapping_count += 1;
        let message = messages::mapping(&mut self.strings, self.mapping_count, mapping);
        self.mappings.message(part::MAPPING, &message);
        self.mapping_count
    }

    /// Adds a location and gives its id: 1, 2, 3, …. `mapping` is 0 where it lies in none; `lines` begin with the innermost
    /// function. Which locations are one and the same is the caller's to know.
    pub fn location(&mut self, mapping: u64, address: u64, lines: &[Line<'_>]) -> u64 {
        self.location_count += 1;
        let id = self.location_count;
        let lines = lines.iter().map(|line| {
            let (function, new) = self.function_ids.id(&mut self.strings, line.function, line.file);
            if let Some(message) = new {
                self.functions.message(part::FUNCTION, &message);
            }
            (function, line.line)
        });
        let message = messages::location(id, mapping, address, lines);
        self.locations.message(part::LOCATION, &message);
        id
    }

    /// Adds a sample: locations with the innermost first, and a value for each sample type.
    pub fn sample(&mut self, locations: impl IntoIterator<Item = u64>, values: &[i64]) {
        self.labelled_sample(locations, values, &[]);
    }

    /// Adds a sample that is told apart by more than its stack: names and texts.
    pub fn labelled_sample(
        &mut self,
        locations: impl IntoIterator<Item = u64>,
        values: &[i64],
        labels: &[(&str, &str)],
    ) {
        let message = messages::sample(&mut self.strings, locations, values, labels);
        self.samples.message(part::SAMPLE, &message);
    }

    /// The profile, as it goes into a file.
    #[must_use]
    pub fn finish(mut self, summary: &Summary<'_>) -> Vec<u8> {
        let fields = SummaryFields::new(&mut self.strings, summary);
        let mut file = self.sample_types;
        file.append(self.samples);
        file.append(self.mappings);
        file.append(self.locations);
        file.append(self.functions);
        file.append(self.strings.into_message());
        fields.add_to(&mut file, summary);
        file.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_counted_from_one_and_functions_are_kept() {
        let mut profile = ProfileBuilder::new(&[("space", "bytes")]);
        let mapping = Mapping { path: "a", ..Mapping::default() };
        assert_eq!([profile.mapping(&mapping), profile.mapping(&mapping)], [1, 2]);
        let lines = [Line { function: "f", file: "", line: 1 }, Line { function: "f", file: "", line: 2 }];
        assert_eq!([profile.location(1, 8, &lines), profile.location(0, 9, &lines[..1])], [1, 2]);
        assert_eq!(profile.function_ids.len(), 1);
    }

    #[test]
    fn an_empty_profile_has_its_types_and_the_table_of_texts() {
        let profile = ProfileBuilder::new(&[("alloc_space", "bytes"), ("inuse_space", "bytes")]);
        let bytes = profile.finish(&Summary { period_type: ("space", "bytes"), ..Summary::default() });
        let types = [0x0a, 4, 0x08, 1, 0x10, 2, 0x0a, 4, 0x08, 3, 0x10, 2];
        assert!(bytes.starts_with(&types), "{bytes:?}");
        assert_eq!(bytes[types.len()..types.len() + 3], [0x32, 0, 0x32], "{bytes:?}");
    }
}
