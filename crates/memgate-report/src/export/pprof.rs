//! pprof's `profile.proto`, for `go tool pprof`, pprof, Pyroscope, speedscope and others.
//!
//! The format: <https://github.com/google/pprof/blob/main/proto/profile.proto>. What readers make of it beyond that
//! was read in their source; the places say so.

use std::collections::HashMap;
use std::io::Write;

use flate2::{Compression, GzBuilder};
use memgate_protocol::StackNumbers;

use super::protobuf::Message;
use super::row::{Frame, Row, name, rows};
use crate::sites::{Module, PhysicalFrame, Profile};

/// The moment of which a profile shows what was live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Moment {
    /// When the routine has returned: `retained_*`. What is shown first is `alloc_space`.
    End,
    /// At the peak of the window, over all threads: `peak_*`. What is shown first is `inuse_space`.
    Peak,
}

/// The sample types with their units: those of Go's heap profiles, so that tools know what to call them.
const SAMPLE_TYPES: [(&str, &str); 4] = [
    ("alloc_objects", "count"),
    ("alloc_space", "bytes"),
    ("inuse_objects", "count"),
    ("inuse_space", "bytes"),
];

/// Writes a profile for pprof: `profile.proto`, compressed with gzip.
///
/// | sample type | unit | sums to |
/// | --- | --- | --- |
/// | `alloc_objects` | count | the metric `allocs`: reallocs are not in it |
/// | `alloc_space` | bytes | the metric `total_bytes`: a realloc counts its growth |
/// | `inuse_objects` | count | blocks live at the moment |
/// | `inuse_space` | bytes | the metric `peak_bytes` or `retained_bytes`, by the moment |
///
/// Values below zero occur, for blocks from before the window. The file has no time in it: of the same profile, it has
/// the same bytes. `name` is the benchmark's; it is in the comments, which `pprof -comments` shows.
///
/// # Example
/// ```
/// use memgate_report::export::{Moment, pprof};
/// use memgate_report::sites::Profile;
///
/// let file = pprof(&Profile::default(), Moment::Peak, "package/target/name");
/// assert!(file.starts_with(&[0x1f, 0x8b]));
/// ```
#[must_use]
pub fn pprof(profile: &Profile, moment: Moment, name: &str) -> Vec<u8> {
    gzip(&encode(profile, moment, name))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzBuilder::new().mtime(0).write(Vec::new(), Compression::default());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .expect("nothing fails that is written into memory")
}

/// The profile before it is compressed. Numbers of fields are those of `message Profile`.
fn encode(profile: &Profile, moment: Moment, name: &str) -> Vec<u8> {
    let comments = comments(moment, name);
    let mut tables = Tables::new(profile.modules.len());
    let mut file = Message::default();
    for (kind, unit) in SAMPLE_TYPES {
        let value_type = tables.value_type(kind, unit);
        file.message(1, &value_type);
    }
    for row in rows(profile) {
        if let Some(sample) = tables.sample(&row, moment) {
            file.message(2, &sample);
        }
    }
    for mapping in tables.mappings(&profile.modules) {
        file.message(3, &mapping);
    }
    let period_type = tables.value_type("space", "bytes");
    let comments: Vec<u64> = comments.iter().map(|comment| tables.strings.index(comment)).collect();
    let default_sample_type = tables.strings.index(match moment {
        Moment::End => "alloc_space",
        Moment::Peak => "inuse_space",
    });
    file.append(tables.locations);
    file.append(tables.functions);
    for text in tables.strings.all {
        file.text(6, text);
    }
    file.message(11, &period_type);
    // Every allocation is in it. With a period above 1, readers would scale the values.
    file.number(12, 1);
    file.packed(13, comments);
    file.number(14, default_sample_type);
    file.into_bytes()
}

fn comments(moment: Moment, name: &str) -> [String; 4] {
    let in_use = match moment {
        Moment::End => "inuse_*: what the window left live when the routine had returned (retained_bytes)",
        Moment::Peak => "inuse_*: what was live at the peak of the window, over all threads (peak_bytes)",
    };
    [
        format!("benchmark: {name}"),
        format!("memgate {}", env!("CARGO_PKG_VERSION")),
        "alloc_*: alloc_objects sums to memgate's metric allocs (alloc and alloc_zeroed calls, no reallocs), \
         alloc_space to total_bytes (the bytes of these; a realloc counts its growth)"
            .to_owned(),
        in_use.to_owned(),
    ]
}

fn values(numbers: &StackNumbers, moment: Moment) -> [i64; 4] {
    let (in_use_blocks, in_use_bytes) = match moment {
        Moment::End => (numbers.retained_blocks, numbers.retained_bytes),
        Moment::Peak => (numbers.peak_blocks, numbers.peak_bytes),
    };
    [numbers.allocs, numbers.total_bytes, in_use_blocks, in_use_bytes]
}

/// What samples refer to by id or index, and the messages of it.
struct Tables<'a> {
    strings: Strings<'a>,
    /// By the indices of name and file.
    function_ids: HashMap<(u64, u64), u64>,
    functions: Message,
    location_ids: HashMap<Frame<'a>, u64>,
    locations: Message,
    module_count: usize,
}

impl<'a> Tables<'a> {
    fn new(module_count: usize) -> Self {
        Self {
            strings: Strings::new(),
            function_ids: HashMap::new(),
            functions: Message::default(),
            location_ids: HashMap::new(),
            locations: Message::default(),
            module_count,
        }
    }

    /// A `ValueType`.
    fn value_type(&mut self, kind: &'a str, unit: &'a str) -> Message {
        let mut message = Message::default();
        message.number(1, self.strings.index(kind));
        message.number(2, self.strings.index(unit));
        message
    }

    /// A `Sample`, unless there is nothing in it to show.
    fn sample(&mut self, row: &Row<'a>, moment: Moment) -> Option<Message> {
        let values = values(&row.numbers, moment);
        if values == [0; 4] {
            return None;
        }
        let locations: Vec<u64> = row.frames.iter().map(|frame| self.location(*frame)).collect();
        let mut message = Message::default();
        message.packed(1, locations);
        message.packed(2, values.map(|value| value as u64));
        Some(message)
    }

    /// The id of a `Location`.
    fn location(&mut self, frame: Frame<'a>) -> u64 {
        if let Some(id) = self.location_ids.get(&frame) {
            return *id;
        }
        let id = self.location_ids.len() as u64 + 1;
        self.location_ids.insert(frame, id);
        let mut message = Message::default();
        message.number(1, id);
        match frame {
            Frame::Mark(mark) => {
                let line = self.line(mark, "", 0);
                message.message(4, &line);
            }
            Frame::Recorded(frame) => {
                message.number(2, self.mapping_id(frame));
                message.number(3, frame.address);
                for function in &frame.functions {
                    let file = function.file.as_deref().unwrap_or_default();
                    let line = self.line(name(function), file, function.line);
                    message.message(4, &line);
                }
            }
        }
        self.locations.message(4, &message);
        id
    }

    /// The id of the mapping that a frame lies in; 0, for none, also when the profile has no such module: readers
    /// refuse a file with an id that leads nowhere.
    fn mapping_id(&self, frame: &PhysicalFrame) -> u64 {
        match frame.module {
            Some(index) if index < self.module_count => index as u64 + 1,
            _ => 0,
        }
    }

    /// A `Line`.
    fn line(&mut self, name: &'a str, file: &'a str, line: u32) -> Message {
        let mut message = Message::default();
        message.number(1, self.function(name, file));
        message.number(2, u64::from(line));
        message
    }

    /// The id of a `Function`.
    fn function(&mut self, name: &'a str, file: &'a str) -> u64 {
        let key = (self.strings.index(name), self.strings.index(file));
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

    /// A `Mapping` for each module.
    ///
    /// Where there is none, one without addresses: pprof would make one up, and look for symbols in it.
    fn mappings(&mut self, modules: &'a [Module]) -> Vec<Message> {
        if modules.is_empty() {
            return vec![symbolized(1)];
        }
        let mapping = |(id, module): (u64, &'a Module)| {
            let mut message = symbolized(id);
            message.number(2, module.start);
            message.number(3, module.limit);
            message.number(4, module.file_offset);
            message.number(5, self.strings.index(&module.path));
            message.number(6, self.strings.index(&module.build_id));
            message
        };
        (1..).zip(modules).map(mapping).collect()
    }
}

/// A `Mapping` that says that symbols are there: otherwise pprof would run its own tools on the file.
fn symbolized(id: u64) -> Message {
    let mut message = Message::default();
    message.number(1, id);
    for has in 7..=10 {
        message.boolean(has, true);
    }
    message
}

/// The string table.
struct Strings<'a> {
    all: Vec<&'a str>,
    indices: HashMap<&'a str, u64>,
}

impl<'a> Strings<'a> {
    /// With the empty text at index 0, where readers expect it.
    fn new() -> Self {
        Self { all: vec![""], indices: HashMap::from([("", 0)]) }
    }

    fn index(&mut self, text: &'a str) -> u64 {
        let next = self.all.len() as u64;
        *self.indices.entry(text).or_insert_with(|| {
            self.all.push(text);
            next
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_that_is_not_there_is_no_mapping() {
        let frame = |module| PhysicalFrame { address: 1, module, functions: Vec::new() };
        let tables = Tables::new(2);
        let ids = [Some(0), Some(1), Some(2), None].map(|module| tables.mapping_id(&frame(module)));
        assert_eq!(ids, [1, 2, 0, 0]);
    }

    #[test]
    fn the_moment_decides_what_was_in_use() {
        let numbers = StackNumbers::from_array(std::array::from_fn(|index| index as i64));
        assert_eq!(values(&numbers, Moment::Peak), [0, 2, 6, 5]);
        assert_eq!(values(&numbers, Moment::End), [0, 2, 8, 7]);
    }

    #[test]
    fn an_empty_profile_has_its_types_and_one_mapping() {
        let bytes = encode(&Profile::default(), Moment::End, "name");
        let mapping = [0x1a, 10, 0x08, 1, 0x38, 1, 0x40, 1, 0x48, 1, 0x50, 1];
        assert!(bytes.windows(mapping.len()).any(|window| window == mapping), "{bytes:?}");
        // The string table begins with the empty text, and no sample is before it.
        let types = [0x0a, 4, 0x08, 1, 0x10, 2, 0x0a, 4, 0x08, 3, 0x10, 4];
        assert!(bytes.starts_with(&types), "{bytes:?}");
        assert!(bytes.windows(4).any(|window| window == [0x32, 0, 0x32, 13]), "{bytes:?}");
    }
}
