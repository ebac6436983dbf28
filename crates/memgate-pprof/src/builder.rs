//! A profile, part by part. Numbers of fields are those of `message Profile`.

use std::collections::HashMap;

use crate::protobuf::Message;
use crate::strings::Strings;

/// An object that was mapped into the process: its executable part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mapping<'a> {
    /// Its first address.
    pub start: u64,
    /// The address after its last.
    pub limit: u64,
    /// Where its first byte is in the file.
    pub file_offset: u64,
    /// The file.
    pub path: &'a str,
    /// In hexadecimal digits; empty where the file has none.
    pub build_id: &'a str,
    /// Whether its locations have their lines already, inlined functions included. Otherwise readers look for symbols, each in
    /// its own way.
    pub is_symbolized: bool,
}

/// A function that a location is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Line<'a> {
    /// The function, as it is shown.
    pub function: &'a str,
    /// Its file; may be empty.
    pub file: &'a str,
    /// The line that is executed; may be zero.
    pub line: u32,
}

/// What is said once of a whole profile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary<'a> {
    /// When it was taken, in nanoseconds since 1970; zero for none.
    pub time_nanoseconds: u64,
    /// What time it covers; zero where it is a state.
    pub duration_nanoseconds: u64,
    /// Of what there is one sample in each period, and in which unit.
    pub period_type: (&'a str, &'a str),
    /// The mean distance of two samples.
    pub period: u64,
    /// What is shown first: the name of a sample type.
    pub default_sample_type: &'a str,
    /// What `pprof -comments` shows.
    pub comments: &'a [String],
}

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
    /// By the indices of name and file.
    function_ids: HashMap<(u64, u64), u64>,
}

impl ProfileBuilder {
    /// Begins a profile whose samples have values of these kinds, each with its unit.
    #[must_use]
    pub fn new(sample_types: &[(&str, &str)]) -> Self {
        let mut strings = Strings::new();
        let mut types = Message::default();
        for value_type in sample_types {
            types.message(1, &self::value_type(&mut strings, *value_type));
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
            function_ids: HashMap::new(),
        }
    }

    /// Adds a mapping and gives its id: 1, 2, 3, …, as readers want them. The first should be the program: pprof takes it for that.
    pub fn mapping(&mut self, mapping: &Mapping<'_>) -> u64 {
        self.mapping_count += 1;
        let mut message = Message::default();
        message.number(1, self.mapping_count);
        for has in 7..=10 {
            message.boolean(has, mapping.is_symbolized);
        }
        message.number(2, mapping.start);
        message.number(3, mapping.limit);
        message.number(4, mapping.file_offset);
        message.number(5, self.strings.index(mapping.path));
        message.number(6, self.strings.index(mapping.build_id));
        self.mappings.message(3, &message);
        self.mapping_count
    }

    /// Adds a location and gives its id: 1, 2, 3, …. `mapping` is 0 where it lies in none; `lines` begin with the innermost
    /// function. Which locations are one and the same is the caller's to know.
    pub fn location(&mut self, mapping: u64, address: u64, lines: &[Line<'_>]) -> u64 {
        self.location_count += 1;
        let mut message = Message::default();
        message.number(1, self.location_count);
        message.number(2, mapping);
        message.number(3, address);
        for line in lines {
            let mut inner = Message::default();
            inner.number(1, self.function(line));
            inner.number(2, u64::from(line.line));
            message.message(4, &inner);
        }
        self.locations.message(4, &message);
        self.location_count
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
        let mut message = Message::default();
        message.packed(1, locations);
        message.packed(2, values.iter().map(|value| *value as u64));
        for (name, text) in labels {
            let mut label = Message::default();
            label.number(1, self.strings.index(name));
            label.number(2, self.strings.index(text));
            message.message(3, &label);
        }
        self.samples.message(2, &message);
    }

    /// The profile, as it goes into a file.
    #[must_use]
    pub fn finish(mut self, summary: &Summary<'_>) -> Vec<u8> {
        let period_type = value_type(&mut self.strings, summary.period_type);
        let comments: Vec<u64> = summary.comments.iter().map(|comment| self.strings.index(comment)).collect();
        let default_sample_type = self.strings.index(summary.default_sample_type);
        let mut file = self.sample_types;
        file.append(self.samples);
        file.append(self.mappings);
        file.append(self.locations);
        file.append(self.functions);
        file.append(self.strings.into_message());
        file.number(9, summary.time_nanoseconds);
        file.number(10, summary.duration_nanoseconds);
        file.message(11, &period_type);
        file.number(12, summary.period);
        file.packed(13, comments);
        file.number(14, default_sample_type);
        file.into_bytes()
    }

    /// The id of a `Function`.
    fn function(&mut self, line: &Line<'_>) -> u64 {
        let key = (self.strings.index(line.function), self.strings.index(line.file));
        if let Some(id) = self.function_ids.get(&key) {
            return *id;
        }
        let id = self.function_ids.len() as u64 + 1;
        self.function_ids.insert(key, id);
        let mut message = Message::default();
        message.number(1, id);
        message.number(2, key.0);
        // No system_name (3): where it equals the name, pprof takes it for a demangled C++ name and removes what is
        // in `<>` and `()`; with `-symbolize=demangle=full` it replaces the name.
        message.number(4, key.1);
        self.functions.message(5, &message);
        id
    }
}

/// A `ValueType`.
fn value_type(strings: &mut Strings, (kind, unit): (&str, &str)) -> Message {
    let mut message = Message::default();
    message.number(1, strings.index(kind));
    message.number(2, strings.index(unit));
    message
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
