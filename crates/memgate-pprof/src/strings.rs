//! The string table.

use std::collections::HashMap;

use crate::protobuf::Message;

/// The texts of a profile, each once, in the order in which they first came up.
#[derive(Clone, Debug)]
pub(crate) struct Strings {
    indices: HashMap<Box<str>, u64>,
    message: Message,
}

impl Strings {
    /// The number of the field `string_table`.
    const FIELD: u32 = 6;

    /// With the empty text at index 0, where readers expect it.
    pub(crate) fn new() -> Self {
        let mut strings = Self { indices: HashMap::new(), message: Message::default() };
        strings.index("");
        strings
    }

    /// Where a text is.
    pub(crate) fn index(&mut self, text: &str) -> u64 {
        if let Some(index) = self.indices.get(text) {
            return *index;
        }
        let index = self.indices.len() as u64;
        self.indices.insert(text.into(), index);
        self.message.text(Self::FIELD, text);
        index
    }

    /// The fields of what is new since this was asked for the last time.
    pub(crate) fn take_message(&mut self) -> Message {
        std::mem::take(&mut self.message)
    }

    /// The fields of the table.
    pub(crate) fn into_message(self) -> Message {
        self.message
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_text_is_empty_and_each_is_there_once() {
        let mut strings = Strings::new();
        assert_eq!(["a", "", "b", "a"].map(|text| strings.index(text)), [1, 0, 2, 1]);
        assert_eq!(strings.into_message().into_bytes(), b"\x32\x00\x32\x01a\x32\x01b");
    }
}
