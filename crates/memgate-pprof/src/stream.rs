//! A profile that is written while it is put together.

use std::io::{self, Write};

use crate::data::{Line, Mapping, Summary};
use crate::messages::{self, Functions, SummaryFields, part};
use crate::protobuf::Message;
use crate::strings::Strings;

/// Writes a profile part by part, and keeps nothing of it but the texts: for whoever has no memory for the whole.
///
/// What a reader gets is what [`ProfileBuilder`](crate::ProfileBuilder) would have given it, with its parts in another order.
/// After an error nothing more is written; [`finish`](Self::finish) says which it was.
///
/// # Example
/// ```
/// use memgate_pprof::{ProfileStream, Summary};
///
/// # fn main() -> std::io::Result<()> {
/// let mut profile = ProfileStream::new(Vec::new(), &[("inuse_space", "bytes")]);
/// let location = profile.location(0, 0x123, &[]);
/// profile.sample([location], &[64]);
/// let bytes = profile.finish(&Summary { period_type: ("space", "bytes"), period: 1, ..Summary::default() })?;
/// assert!(!bytes.is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct ProfileStream<W> {
    out: W,
    error: Option<io::Error>,
    strings: Strings,
    mapping_count: u64,
    location_count: u64,
    functions: Functions,
}

impl<W: Write> ProfileStream<W> {
    /// Begins a profile whose samples have values of these kinds, each with its unit.
    #[must_use]
    pub fn new(out: W, sample_types: &[(&str, &str)]) -> Self {
        let mut stream = Self {
            out,
            error: None,
            strings: Strings::new(),
            mapping_count: 0,
            location_count: 0,
            functions: Functions::default(),
        };
        for value_type in sample_types {
            let message = messages::value_type(&mut stream.strings, *value_type);
            stream.part(part::SAMPLE_TYPE, &message);
        }
        stream
    }

    /// Writes a mapping and gives its id: 1, 2, 3, …. The first should be the program.
    pub fn mapping(&mut self, mapping: &Mapping<'_>) -> u64 {
        self.mapping_count += 1;
        let message = messages::mapping(&mut self.strings, self.mapping_count, mapping);
        self.part(part::MAPPING, &message);
        self.mapping_count
    }

    /// Writes a location and gives its id: 1, 2, 3, ….
    pub fn location(&mut self, mapping: u64, address: u64, lines: &[Line<'_>]) -> u64 {
        self.location_count += 1;
        let mut ids = Vec::with_capacity(lines.len());
        for line in lines {
            let (function, new) = self.functions.id(&mut self.strings, line.function, line.file);
            if let Some(message) = new {
                self.part(part::FUNCTION, &message);
            }
            ids.push((function, line.line));
        }
        let message = messages::location(self.location_count, mapping, address, ids);
        self.part(part::LOCATION, &message);
        self.location_count
    }

    /// Writes a sample: locations with the innermost first, and a value for each sample type.
    pub fn sample(&mut self, locations: impl IntoIterator<Item = u64>, values: &[i64]) {
        self.labelled_sample(locations, values, &[]);
    }

    /// Writes a sample that is told apart by more than its stack: names and texts.
    pub fn labelled_sample(
        &mut self,
        locations: impl IntoIterator<Item = u64>,
        values: &[i64],
        labels: &[(&str, &str)],
    ) {
        let message = messages::sample(&mut self.strings, locations, values, labels);
        self.part(part::SAMPLE, &message);
    }

    /// Writes the rest, and gives back what was written to.
    ///
    /// # Errors
    /// The first error of a write.
    pub fn finish(mut self, summary: &Summary<'_>) -> io::Result<W> {
        let fields = SummaryFields::new(&mut self.strings, summary);
        let mut rest = self.strings.take_message();
        fields.add_to(&mut rest, summary);
        self.write(&rest);
        self.error.map_or(Ok(self.out), Err)
    }

    /// Writes a part, and before it the texts that came up with it.
    fn part(&mut self, field: u32, message: &Message) {
        let mut fields = self.strings.take_message();
        fields.message(field, message);
        self.write(&fields);
    }

    fn write(&mut self, fields: &Message) {
        if self.error.is_none() {
            self.error = self.out.write_all(fields.bytes()).err();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builder::ProfileBuilder;

    const TYPES: [(&str, &str); 2] = [("alloc_space", "bytes"), ("inuse_space", "bytes")];

    /// The fields of a profile as they follow each other, those of one number in their order.
    fn sorted(mut bytes: &[u8]) -> Vec<(u8, Vec<u8>)> {
        let mut fields = Vec::new();
        while let [key, rest @ ..] = bytes {
            // All numbers and lengths here fit into one byte.
            let length = if key & 7 == 2 { usize::from(rest[0]) + 1 } else { 1 };
            fields.push((key >> 3, rest[..length].to_vec()));
            bytes = &rest[length..];
        }
        fields.sort_by_key(|(number, _)| *number);
        fields
    }

    #[test]
    fn what_is_streamed_is_what_is_built_in_another_order() {
        let mapping = Mapping { start: 1, limit: 9, path: "/bin/a", build_id: "ab", ..Mapping::default() };
        let lines =
            [Line { function: "f", file: "f.rs", line: 3 }, Line { function: "g", file: "", line: 0 }];
        let comments = ["one".to_owned(), "two".to_owned()];
        let summary =
            Summary { period_type: ("space", "bytes"), period: 5, comments: &comments, ..Summary::default() };
        let mut built = ProfileBuilder::new(&TYPES);
        let mut streamed = ProfileStream::new(Vec::new(), &TYPES);
        assert_eq!(built.mapping(&mapping), streamed.mapping(&mapping));
        for lines in [&lines[..], &lines[1..], &[]] {
            assert_eq!(built.location(1, 7, lines), streamed.location(1, 7, lines));
        }
        built.sample([1, 3], &[5, -1]);
        streamed.sample([1, 3], &[5, -1]);
        let streamed = streamed.finish(&summary).unwrap();
        assert_eq!(sorted(&streamed), sorted(&built.finish(&summary)));
        assert!(streamed.windows(2).any(|pair| pair == [0x32, 0]), "the empty text is there");
    }

    #[test]
    fn the_first_error_is_the_last_write() {
        struct Full(usize);
        impl Write for Full {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0 = self.0.checked_sub(1).ok_or(io::ErrorKind::StorageFull)?;
                Ok(bytes.len())
            }

            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut stream = ProfileStream::new(Full(3), &TYPES);
        for _ in 0..5 {
            stream.sample([], &[1, 1]);
        }
        let summary = Summary { period_type: ("space", "bytes"), ..Summary::default() };
        assert_eq!(stream.finish(&summary).err().map(|error| error.kind()), Some(io::ErrorKind::StorageFull));
    }
}
