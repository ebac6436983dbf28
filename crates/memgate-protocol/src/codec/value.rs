//! What can be encoded and decoded.

use std::path::PathBuf;

use super::{Decode, DecodeError, Encode, Reader, Writer};

/// A value as the whole of a text.
pub(crate) fn to_bytes(value: &impl Encode) -> Vec<u8> {
    let mut writer = Writer::default();
    value.encode(&mut writer);
    writer.into_bytes()
}

/// The value that a text is.
pub(crate) fn from_bytes<T: Decode>(bytes: &[u8]) -> Result<T, DecodeError> {
    let mut reader = Reader::new(bytes)?;
    let value = T::decode(&mut reader)?;
    reader.end()?;
    Ok(value)
}

impl<T: Encode + ?Sized> Encode for &T {
    fn encode(&self, writer: &mut Writer) {
        T::encode(self, writer);
    }
}

impl Encode for str {
    fn encode(&self, writer: &mut Writer) {
        writer.string(self);
    }
}

impl Encode for String {
    fn encode(&self, writer: &mut Writer) {
        writer.string(self);
    }
}

impl Decode for String {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.string().map(Self::from)
    }
}

impl Encode for PathBuf {
    /// What is not Unicode is replaced; requests, which alone have paths, refuse it before.
    fn encode(&self, writer: &mut Writer) {
        writer.string(&self.to_string_lossy());
    }
}

impl Decode for PathBuf {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        String::decode(reader).map(Self::from)
    }
}

impl Encode for bool {
    fn encode(&self, writer: &mut Writer) {
        writer.bytes.extend_from_slice(if *self { b"true" } else { b"false" });
    }
}

#[cfg(any(feature = "asking", test))]
impl Decode for bool {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        if reader.take_word("true") {
            Ok(true)
        } else if reader.take_word("false") {
            Ok(false)
        } else {
            Err(reader.expected("`true` or `false`"))
        }
    }
}

impl<T: Encode> Encode for Option<T> {
    fn encode(&self, writer: &mut Writer) {
        match self {
            Some(value) => value.encode(writer),
            None => writer.bytes.extend_from_slice(b"null"),
        }
    }
}

impl<T: Decode> Decode for Option<T> {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        if reader.take_word("null") { Ok(None) } else { T::decode(reader).map(Some) }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: Encode> Encode for Vec<T> {
    fn encode(&self, writer: &mut Writer) {
        writer.array(self);
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut elements = reader.array()?;
        let mut values = Self::new();
        while elements.element(reader)? {
            values.push(T::decode(reader)?);
        }
        Ok(values)
    }
}
