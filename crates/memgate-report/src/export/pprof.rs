//! pprof's `profile.proto`, for `go tool pprof`, pprof, Pyroscope, speedscope and others.

use std::collections::HashMap;
use std::io::Write;

use flate2::{Compression, GzBuilder};
use memgate_pprof::{Line, Mapping, ProfileBuilder, Summary};
use memgate_protocol::StackNumbers;

use super::row::{Frame, Row, name, rows};
use crate::sites::{Function, Module, PhysicalFrame, Profile};

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

/// The profile before it is compressed.
fn encode(profile: &Profile, moment: Moment, name: &str) -> Vec<u8> {
    let mut file = Samples::new(&profile.modules);
    for row in rows(profile) {
        file.add(&row, moment);
    }
    let default_sample_type = match moment {
        Moment::End => "alloc_space",
        Moment::Peak => "inuse_space",
    };
    file.builder.finish(&Summary {
        period_type: ("space", "bytes"),
        // Every allocation is in it. With a period above 1, readers would scale the values.
        period: 1,
        default_sample_type,
        comments: &comments(moment, name),
        ..Summary::default()
    })
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

/// The samples as they are written so far.
struct Samples<'a> {
    builder: ProfileBuilder,
    location_ids: HashMap<Frame<'a>, u64>,
    module_count: usize,
}

impl<'a> Samples<'a> {
    fn new(modules: &[Module]) -> Self {
        let mut builder = ProfileBuilder::new(&SAMPLE_TYPES);
        if modules.is_empty() {
            // One without addresses: pprof would make one up, and look for symbols in it.
            builder.mapping(&Mapping { is_symbolized: true, ..Mapping::default() });
        }
        for module in modules {
            builder.mapping(&Mapping {
                start: module.start,
                limit: module.limit,
                file_offset: module.file_offset,
                path: &module.path,
                build_id: &module.build_id,
                // Otherwise pprof would run its own tools on the file.
                is_symbolized: true,
            });
        }
        Self { builder, location_ids: HashMap::new(), module_count: modules.len() }
    }

    /// Adds a row, unless there is nothing in it to show.
    fn add(&mut self, row: &Row<'a>, moment: Moment) {
        let values = values(&row.numbers, moment);
        if values != [0; 4] {
            let locations: Vec<u64> = row.frames.iter().map(|frame| self.location(*frame)).collect();
            self.builder.sample(locations, &values);
        }
    }

    /// The id of a frame's location.
    fn location(&mut self, frame: Frame<'a>) -> u64 {
        if let Some(id) = self.location_ids.get(&frame) {
            return *id;
        }
        let id = match frame {
            Frame::Mark(mark) => self.builder.location(0, 0, &[Line { function: mark, file: "", line: 0 }]),
            Frame::Recorded(frame) => {
                let line = |function: &'a Function| Line {
                    function: name(function),
                    file: function.file.as_deref().unwrap_or_default(),
                    line: function.line,
                };
                let lines: Vec<Line<'_>> = frame.functions.iter().map(line).collect();
                self.builder.location(self.mapping_id(frame), frame.address, &lines)
            }
        };
        self.location_ids.insert(frame, id);
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_that_is_not_there_is_no_mapping() {
        let frame = |module| PhysicalFrame { address: 1, module, functions: Vec::new() };
        let module =
            Module { path: String::new(), build_id: String::new(), start: 0, limit: 0, file_offset: 0 };
        let samples = Samples::new(&[module.clone(), module]);
        let ids = [Some(0), Some(1), Some(2), None].map(|module| samples.mapping_id(&frame(module)));
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
