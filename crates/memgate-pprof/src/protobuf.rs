//! Just enough of the wire format of Protocol Buffers to write a message.
//!
//! The format: <https://protobuf.dev/programming-guides/encoding/>.

/// The fields of a message as they are written so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Message {
    bytes: Vec<u8>,
}

impl Message {
    /// Adds a number; zero is what a reader takes a missing field for, and is left out.
    ///
    /// A negative `int64` is its two's complement: `value as u64`.
    pub(crate) fn number(&mut self, field: u32, value: u64) {
        if value != 0 {
            self.key(field, WireType::Varint);
            self.varint(value);
        }
    }

    /// Adds a boolean.
    pub(crate) fn boolean(&mut self, field: u32, value: bool) {
        self.number(field, u64::from(value));
    }

    /// Adds a text, also when it is empty: it may be one of several.
    pub(crate) fn text(&mut self, field: u32, text: &str) {
        self.delimited(field, text.as_bytes());
    }

    /// Adds a message, also when it is empty: it may be one of several.
    pub(crate) fn message(&mut self, field: u32, message: &Message) {
        self.delimited(field, &message.bytes);
    }

    /// Adds several numbers as one packed field, zeros included.
    pub(crate) fn packed(&mut self, field: u32, values: impl IntoIterator<Item = u64>) {
        let mut numbers = Message::default();
        for value in values {
            numbers.varint(value);
        }
        if !numbers.bytes.is_empty() {
            self.message(field, &numbers);
        }
    }

    /// Adds all fields of another message of the same kind.
    pub(crate) fn append(&mut self, other: Message) {
        self.bytes.extend(other.bytes);
    }

    /// What is written so far.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The message as it goes into a file.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    fn delimited(&mut self, field: u32, bytes: &[u8]) {
        self.key(field, WireType::Delimited);
        self.varint(bytes.len() as u64);
        self.bytes.extend_from_slice(bytes);
    }

    fn key(&mut self, field: u32, wire_type: WireType) {
        self.varint(u64::from(field) << 3 | wire_type as u64);
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }
}

#[derive(Clone, Copy)]
enum WireType {
    Varint = 0,
    Delimited = 2,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the format's description.
    #[test]
    fn messages_are_written_as_the_format_says() {
        let mut inner = Message::default();
        inner.number(1, 150);
        assert_eq!(inner.bytes, [0x08, 0x96, 0x01]);

        let mut message = Message::default();
        message.text(2, "testing");
        assert_eq!(message.bytes, b"\x12\x07testing");

        let mut message = Message::default();
        message.message(3, &inner);
        assert_eq!(message.bytes, [0x1a, 0x03, 0x08, 0x96, 0x01]);

        let mut message = Message::default();
        message.packed(6, [3, 270, 86_942]);
        assert_eq!(message.bytes, [0x32, 0x06, 0x03, 0x8e, 0x02, 0x9e, 0xa7, 0x05]);

        let mut message = Message::default();
        message.number(1, -2_i64 as u64);
        assert_eq!(message.bytes, [0x08, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]);
    }

    #[test]
    fn only_single_values_can_be_left_out() {
        let mut message = Message::default();
        message.number(1, 0);
        message.boolean(2, false);
        message.packed(3, []);
        assert!(message.bytes.is_empty());
        message.packed(4, [0]);
        message.text(6, "");
        assert_eq!(message.bytes, [0x22, 0x01, 0x00, 0x32, 0x00]);
    }
}
