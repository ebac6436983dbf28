//! Enums: one list of variants, from which both directions are made.

use std::borrow::Cow;

use super::read::Items;
use super::{DecodeError, DecodeProblem, Reader};

/// The variant of an enum that is being read.
#[derive(Debug)]
pub(crate) struct Variant<'a> {
    name: Cow<'a, str>,
    /// The object whose only key is the name, where there is one.
    object: Option<Items>,
    offset: usize,
}

impl<'a> Variant<'a> {
    /// Reads a variant's name: a string, or the only key of an object.
    pub(crate) fn read(reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        match reader.peek() {
            Some(b'"') => {
                let offset = reader.position();
                Ok(Self { name: reader.string()?, object: None, offset })
            }
            Some(b'{') => {
                let mut object = reader.object()?;
                let offset = reader.position();
                let name = object.key(reader)?;
                let name =
                    name.ok_or(DecodeError::new(offset, DecodeProblem::Expected("a variant's name")))?;
                Ok(Self { name, object: Some(object), offset })
            }
            _ => Err(reader.expected("a variant's name, or an object with it")),
        }
    }

    /// The name, and whether what is in the variant follows.
    pub(crate) fn form(&self) -> (&str, bool) {
        (&self.name, self.object.is_some())
    }

    /// Ends the variant, after what is in it has been read.
    pub(crate) fn end(self, reader: &mut Reader<'_>) -> Result<(), DecodeError> {
        self.object.map_or(Ok(()), |object| object.end(reader))
    }

    /// The error that there is no such variant in this form.
    pub(crate) fn unknown(self, known: &'static [&'static str]) -> DecodeError {
        DecodeError::new(self.offset, DecodeProblem::UnknownVariant { name: self.name.into_owned(), known })
    }
}

/// Implements `Encode` and `Decode` for an enum: variants without content first, then those with one value each. `asked` and
/// `answered` are as in `structure!`.
macro_rules! choice {
    (asked $type:ident $($rest:tt)+) => {
        #[cfg(any(feature = "asking", test))]
        $crate::codec::choice!(@encode $type $($rest)+);
        $crate::codec::choice!(@decode $type $($rest)+);
    };
    (answered $type:ident $($rest:tt)+) => {
        $crate::codec::choice!(@encode $type $($rest)+);
        #[cfg(any(feature = "asking", test))]
        $crate::codec::choice!(@decode $type $($rest)+);
    };
    (@encode $type:ident { $($plain_name:literal => $plain:ident),* $(,)? } holding { $($name:literal => $holding:ident),* $(,)? }) => {
        impl $crate::codec::Encode for $type {
            fn encode(&self, writer: &mut $crate::codec::Writer) {
                match self {
                    $(Self::$plain => writer.string($plain_name),)*
                    $(Self::$holding(content) => writer.variant($name, content),)*
                }
            }
        }
    };
    (@decode $type:ident { $($plain_name:literal => $plain:ident),* $(,)? } holding { $($name:literal => $holding:ident),* $(,)? }) => {
        impl $crate::codec::Decode for $type {
            fn decode(reader: &mut $crate::codec::Reader<'_>) -> Result<Self, $crate::DecodeError> {
                let variant = $crate::codec::Variant::read(reader)?;
                let value = match variant.form() {
                    $(($plain_name, false) => Self::$plain,)*
                    $(($name, true) => Self::$holding($crate::codec::Decode::decode(reader)?),)*
                    (_, false) => return Err(variant.unknown(&[$($plain_name),*])),
                    (_, true) => return Err(variant.unknown(&[$($name),*])),
                };
                variant.end(reader)?;
                Ok(value)
            }
        }
    };
}

pub(crate) use choice;
