//! The messages that a profile is made of. Numbers of fields are those of `profile.proto`.

use std::collections::HashMap;

use crate::data::{Mapping, Summary};
use crate::protobuf::Message;
use crate::strings::Strings;

/// Which part of a profile a message is: the number of its field.
pub(crate) mod part {
    pub(crate) const SAMPLE_TYPE: u32 = 1;
    pub(crate) const SAMPLE: u32 = 2;
    pub(crate) const MAPPING: u32 = 3;
    pub(crate) const LOCATION: u32 = 4;
    pub(crate) const FUNCTION: u32 = 5;
}

/// A `ValueType`.
pub(crate) fn value_type(strings: &mut Strings, (kind, unit): (&str, &str)) -> Message {
    let mut message = Message::default();
    message.number(1, strings.index(kind));
    message.number(2, strings.index(unit));
    message
}

pub(crate) fn mapping(strings: &mut Strings, id: u64, mapping: &Mapping<'_>) -> Message {
    let mut message = Message::default();
    message.number(1, id);
    for has in 7..=10 {
        message.boolean(has, mapping.is_symbolized);
    }
    message.number(2, mapping.start);
    message.number(3, mapping.limit);
    message.number(4, mapping.file_offset);
    message.number(5, strings.index(mapping.path));
    message.number(6, strings.index(mapping.build_id));
    message
}

/// `lines` are the ids of functions, each with its line.
pub(crate) fn location(
    id: u64,
    mapping: u64,
    address: u64,
    lines: impl IntoIterator<Item = (u64, u32)>,
) -> Message {
    let mut message = Message::default();
    message.number(1, id);
    message.number(2, mapping);
    message.number(3, address);
    for (function, line) in lines {
        let mut inner = Message::default();
        inner.number(1, function);
        inner.number(2, u64::from(line));
        message.message(4, &inner);
    }
    message
}

pub(crate) fn sample(
    strings: &mut Strings,
    locations: impl IntoIterator<Item = u64>,
    values: &[i64],
    labels: &[(&str, &str)],
) -> Message {
    let mut message = Message::default();
    message.packed(1, locations);
    message.packed(2, values.iter().map(|value| *value as u64));
    for (name, text) in labels {
        let mut label = Message::default();
        label.number(1, strings.index(name));
        label.number(2, strings.index(text));
        message.message(3, &label);
    }
    message
}

/// What is said once of a whole profile, with its texts in the table.
pub(crate) struct SummaryFields {
    period_type: Message,
    comments: Vec<u64>,
    default_sample_type: u64,
}

impl SummaryFields {
    pub(crate) fn new(strings: &mut Strings, summary: &Summary<'_>) -> Self {
        Self {
            period_type: value_type(strings, summary.period_type),
            comments: summary.comments.iter().map(|comment| strings.index(comment)).collect(),
            default_sample_type: strings.index(summary.default_sample_type),
        }
    }

    pub(crate) fn add_to(self, file: &mut Message, summary: &Summary<'_>) {
        file.number(9, summary.time_nanoseconds);
        file.number(10, summary.duration_nanoseconds);
        file.message(11, &self.period_type);
        file.number(12, summary.period);
        file.packed(13, self.comments);
        file.number(14, self.default_sample_type);
    }
}

/// The functions so far, by the indices of name and file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Functions {
    ids: HashMap<(u64, u64), u64>,
}

impl Functions {
    /// The id of a function, and its message where it is new.
    pub(crate) fn id(&mut self, strings: &mut Strings, name: &str, file: &str) -> (u64, Option<Message>) {
        let key = (strings.index(name), strings.index(file));
        if let Some(id) = self.ids.get(&key) {
            return (*id, None);
        }
        let id = self.ids.len() as u64 + 1;
        self.ids.insert(key, id);
        let mut message = Message::default();
        message.number(1, id);
        message.number(2, key.0);
        // No system_name (3): where it equals the name, pprof takes it for a demangled C++ name and removes what is
        // in `<>` and `()`; with `-symbolize=demangle=full` it replaces the name.
        message.number(4, key.1);
        (id, Some(message))
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }
}
